import DataTestSupport
import Foundation
import NumPyFiles
import Readers
import Testing
import VideoFiles

/// What people have in their folders: every bad file gives an error that names it and says what is wrong.
@Suite struct BadInputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func picture(_ name: String) -> URL {
    GoldenFiles.folder("pictures").appendingPathComponent(name)
  }

  /// Opens a file and reads all its frames.
  private func read(_ url: URL, _ options: DataOptions = .init()) throws -> Int {
    let events = try openData(at: [url], options: options).events
    for event in events { for index in 0..<event.count { _ = try event.frame(at: index) } }
    return events.reduce(0) { $0 + $1.count }
  }

  /// The file, what was expected, what came and what to do all stand in the text.
  private func isExplained(_ error: DataError?, _ name: String) -> Bool {
    guard let error else { return false }
    return error.file?.hasSuffix(name) == true && error.description.contains(name) && !error.expected.isEmpty
      && !error.received.isEmpty && !error.remedy.isEmpty
  }

  @Test(arguments: [
    ("colour.png", "a.npy"), ("colour.png", "a.npz"), ("colour.png", "a.h5"), ("colour.png", "a.nc"),
    ("colour.png", "a.gif"), ("colour.png", "a.pgm"), ("colour.png", "a.idx"), ("palette.gif", "a.mp4"),
    ("grey.jpg", "a.png"), ("colour.png", "a.jpg"), ("colour.png", "a.tif"), ("colour.png", "a.bmp"),
    ("clip.mp4", "a.webp"), ("grey.jpg", "raa01-rw_1.bin"), ("grey.jpg", "a.pgm.gz"), ("clip.mp4", "a.xyz"),
    ("clip.mp4", "a"),
  ])
  func wrongEndings(_ source: String, _ name: String) throws {
    let file = try folder.file(name)
    try FileManager.default.copyItem(at: Self.picture(source), to: file)
    // GIF pictures are frames to FFmpeg whatever they are called.
    if source == "palette.gif", PictureDecoder.isAvailable {
      #expect(try read(file) == 1)
      return
    }
    let error = dataError { try read(file) }
    #expect(isExplained(error, name), "\(String(describing: error))")
  }

  @Test(arguments: ["a.npy", "a.npz", "a.h5", "a.nc", "a.gif", "a.pgm", "a.png", "a.mp4", "a.idx", "a.grib2"])
  func emptyFiles(_ name: String) throws {
    let file = try folder.file(name)
    try Data().write(to: file)
    let error = dataError { try read(file) }
    #expect(isExplained(error, name), "\(String(describing: error))")
    // In a folder of good ones it is named, or counted.
    if name.hasSuffix("pgm") {
      for number in 0..<3 { try pgm(height: 2, width: 3).write(to: folder.file("b\(number).pgm")) }
      #expect(isExplained(dataError { try read(folder.url) }, name))
      let skipped = SkipLog()
      let event = try openData(at: [folder.url], options: .init(skipBad: true), skipped: skipped).events[0]
      #expect(try event.frame(at: 0).missingCount == 6 && event.frame(at: 1).missingCount == 0)
      #expect(isExplained(skipped.reasons.first, name))
    }
  }

  @Test func missingGroups() throws {
    let file = GriddedFileTests.url("rate.h5")
    let odim = dataError { try read(file, .init(reader: .odim, dataset: "dataset3/data1")) }
    #expect(isExplained(odim, "rate.h5") && odim?.description.contains("dataset3") == true)
    let array = dataError { try read(file, .init(reader: .hdf5, dataset: "no/such")) }
    #expect(array?.kind == .missingObject && array?.description.contains("no/such") == true)
    let knmi = dataError { try read(file, .init(reader: .knmi)) }
    #expect(knmi?.kind == .missingObject && isExplained(knmi, "rate.h5"))
  }

  @Test func nothingAtAll() throws {
    let error = dataError { try openData(at: [folder.url]) }
    #expect(error?.kind == .noFrames && error?.description.contains(folder.url.path) == true)
    #expect(error?.expected.contains("netcdf") == true)
    let absent = folder.url.appendingPathComponent("ä b/none.npy")
    #expect(isExplained(dataError { try openData(at: [absent]) }, "none.npy"))
  }

  @Test(.enabled(if: PictureDecoder.isAvailable, "built without FFmpeg"))
  func brokenFramesOfVideos() throws {
    let whole = try Data(contentsOf: Self.picture("clip.mp4"))
    var broken = whole
    // Within the first picture's data, behind its header.
    for place in 0x60..<0x90 { broken[place] = 0xff }
    let name = "kaputt – 壊れた.mp4"
    let file = try folder.file("klasse A/\(name)")
    try broken.write(to: file)
    let error = dataError { try read(file) }
    #expect(error?.kind == .corrupt && isExplained(error, name), "\(String(describing: error))")
    #expect(error?.remedy.contains("--skip-bad") == true)
    for other in ["klasse A/ganz 1.mp4", "klasse A/ganz 2.mp4", "klasse B/ganz.mp4"] {
      try whole.write(to: folder.file(other))
    }
    #expect(isExplained(dataError { try openData(at: [folder.url]) }, name))
    let skipped = SkipLog()
    let clips = try openData(at: [folder.url], options: .init(skipBad: true), skipped: skipped).clips
    #expect(clips?.count == 3 && skipped.count == 1 && isExplained(skipped.reasons.first, name))
    #expect(clips?.names == ["klasse A/ganz 1.mp4", "klasse A/ganz 2.mp4", "klasse B/ganz.mp4"])
  }

  @Test(.enabled(if: !PictureDecoder.isAvailable, "built with FFmpeg"), arguments: ["clip.mp4", "deep.png"])
  func withoutFFmpegVideosAreRefused(_ name: String) {
    let error = dataError { try read(Self.picture(name)) }
    #expect(error?.kind == .unsupported && isExplained(error, name))
    #expect(error?.expected.contains("FFmpeg") == true && error?.remedy.contains("libavformat-dev") == true)
  }

  /// 16 bits stay 16 bits, palettes become their colours; beside others of their size they need --grey.
  @Test(.enabled(if: PictureDecoder.isAvailable, "built without FFmpeg"))
  func deepAndPalettedPictures() throws {
    let deep = try openData(at: [Self.picture("deep.png")]).events[0].frame(at: 0)
    #expect(Set(deep.values.map { ($0 * 65535).rounded() }).count > 256 || deep.values.count <= 256)
    #expect(deep.values.contains { ($0 * 255).rounded() != $0 * 255 })
    let paletted = try openData(at: [Self.picture("palette.png")]).events[0]
    #expect(paletted.shape.channels == 3)
    for (source, name) in [("palette.png", "1.png"), ("grey.png", "2.png")] {
      try FileManager.default.copyItem(at: Self.picture(source), to: folder.file(name))
    }
    let error = dataError { try read(folder.url) }
    #expect(error?.kind == .wrongShape && isExplained(error, "2.png"))
  }

  /// Every format below folders with spaces and letters of other scripts.
  @Test(arguments: ["clip.mp4", "clip.gif", "grey.png", "strips.tif", "palette.gif"])
  func pathsInAnyScript(_ name: String) throws {
    guard PictureDecoder.isAvailable || name.hasSuffix("gif") else { return }
    let file = try folder.file("данные 2020: 50% #1/ümläut 雨 \(name)")
    try FileManager.default.copyItem(at: Self.picture(name), to: file)
    #expect(try read(file) == read(Self.picture(name)))
    #expect(try read(file.deletingLastPathComponent()) >= 1)
  }

  @Test func gridsAndArraysInAnyScript() throws {
    for name in ["version4.nc", "classic.nc", "rate.h5"] {
      let file = try folder.file("данные 2020: 50% #1/雨 \(name)")
      try FileManager.default.copyItem(at: GriddedFileTests.url(name), to: file)
      #expect(try read(file) == read(GriddedFileTests.url(name)))
    }
    let file = try folder.file("雨 é/x y.npz")
    try NumPyArchive.encoded([("été", countingArray([6, 7, 5]))]).write(to: file)
    #expect(try read(file, .init(dataset: "été")) == 6)
  }

  /// A folder of 100,000 pictures is listed, put in order and read here and there.
  @Test func aHundredThousandFrames() throws {
    var originals: [URL] = []
    for number in 0..<2 {
      originals.append(try folder.file("\(number)/original.pgm"))
      try pgm(height: 2, width: 3, first: 7 * number).write(to: originals[number])
    }
    let frames = folder.url.appendingPathComponent("frames")
    try FileManager.default.createDirectory(at: frames, withIntermediateDirectories: true)
    // Links to two files: a file may have but 65,000 names.
    for number in 0..<100_000 {
      let name = frames.path + "/f\(number).pgm"
      guard link(originals[number % 2].path, name) == 0 else {
        Issue.record("no link \(number): \(String(cString: strerror(errno)))")
        return
      }
    }
    let event = try openData(at: [frames]).events[0]
    #expect(event.count == 100_000)
    for index in [0, 1, 99_999] {
      #expect(try event.frame(at: index).values[0] == Float(7 * (index % 2)) / 255)
    }
  }
}
