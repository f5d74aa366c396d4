import DataTestSupport
import Foundation
import Readers
import Testing
import VideoFiles

/// Folders of pictures, single pictures of every kind, and videos.
@Suite struct PictureOpeningTests {
  struct Golden: Decodable {
    var shape: [Int]
    var white: Float
    var values: [Float]?
    var means: [Float]?
  }

  static let golden = (try? GoldenFiles.json("pictures/values.json", as: [String: Golden].self)) ?? [:]
  static let needsFFmpeg: Set<String> = ["png", "jpg", "tif", "tiff", "bmp", "mp4"]

  /// Every value as Pillow and OpenCV read it.
  @Test(arguments: golden.keys.sorted())
  func asOtherLibrariesRead(_ name: String) throws {
    guard PictureDecoder.isAvailable || !Self.needsFFmpeg.contains(String(name.split(separator: ".")[1]))
    else {
      return
    }
    let golden = try #require(Self.golden[name])
    let event = try openData(at: [GoldenFiles.folder("pictures").appendingPathComponent(name)]).events[0]
    let shape = golden.shape.count == 4 ? golden.shape : [1] + golden.shape
    #expect([event.count, event.shape.height, event.shape.width, event.shape.channels] == shape)
    var values: [Float] = []
    for index in 0..<event.count { values += try event.frame(at: index).values }
    try #require(values.count == shape.reduce(1, *))
    if let expected = golden.values {
      let different = zip(values, expected).count {
        abs($0 * golden.white - $1) > 1e-3 * max(1, golden.white / 255)
      }
      #expect(different == 0, "\(name): \(different) of \(values.count) values")
    }
    let line = event.shape.width * event.shape.channels
    for (row, mean) in (golden.means ?? []).enumerated() {
      let sum = values[row * line..<(row + 1) * line].reduce(0, +)
      #expect(abs(sum / Float(line) * golden.white - mean) < 3, "\(name), row \(row)")
    }
  }

  @Test(
    .enabled(if: !GDALReader.isAvailable, "built with the trait GDAL"),
    arguments: ["tiles.tif", "floats.tif"])
  func whatWouldBeReadWronglyIsRefused(_ name: String) {
    let file = GoldenFiles.folder("pictures").appendingPathComponent(name)
    let error = dataError { try openData(at: [file]) }
    #expect(error?.kind == .unsupported)
    #expect(error?.remedy.contains("GDAL") == true)
  }

  @Test func naturalOrder() throws {
    let folder = try TemporaryFolder()
    for number in [1, 2, 10, 9, 100] {
      try pgm(height: 2, width: 3, first: number).write(to: folder.file("bild ü/f\(number).pgm"))
    }
    let event = try openData(at: [folder.url]).events[0]
    let firsts = try (0..<5).map { try event.frame(at: $0).values[0] * 255 }
    #expect(firsts.map { $0.rounded() } == [1, 2, 9, 10, 100])
    #expect(event.timestamps == nil)
  }

  @Test func timesFromNames() throws {
    let folder = try TemporaryFolder()
    for (minute, first) in [(10, 3), (0, 1), (5, 2), (25, 4)] {
      let name = String(format: "rain_2020-06-01_12-%02d.pgm", minute)
      try pgm(height: 2, width: 3, first: first).write(to: folder.file("day \(minute % 2)/\(name)"))
    }
    let event = try openData(at: [folder.url]).events[0]
    #expect(event.count == 4 && event.nominalStep == 5)
    #expect(try event.frame(at: 2).time == Date(timeIntervalSince1970: 1_591_013_400))
    #expect(try event.frame(at: 3).values[0] == 4.0 / 255)
    let options = DataOptions(timePattern: "_%Y-%m-%d_%H-%M", eventGap: 12)
    let events = try openData(at: [folder.url], options: options).events
    #expect(events.map(\.count) == [3, 1])
    #expect(
      dataError { try openData(at: [folder.url], options: .init(timePattern: "x%Y%j")) }?.kind == .badValue)
    #expect(
      dataError { try openData(at: [folder.url], options: .init(timePattern: "%Y%q")) }?.kind
        == .invalidOption)
  }

  @Test func mixedSizesAndDamage() throws {
    let folder = try TemporaryFolder()
    for number in 0..<4 { try pgm(height: 2, width: 3).write(to: folder.file("\(number).pgm")) }
    let odd = try folder.file("2.pgm")
    try pgm(height: 3, width: 2).write(to: odd)
    let event = try openData(at: [folder.url]).events[0]
    let error = dataError { try event.frame(at: 2) }
    #expect(error?.kind == .wrongShape && error?.file?.hasSuffix("2.pgm") == true)
    try Data("P5\n3 2\n255\n..".utf8).write(to: odd)
    #expect(dataError { try event.frame(at: 2) }?.kind == .corrupt)
    let skipped = SkipLog()
    let lenient = try openData(at: [folder.url], options: .init(skipBad: true), skipped: skipped).events[0]
    #expect(lenient.count == 4)
    #expect(try lenient.frame(at: 2).missingCount == 6)
    #expect(skipped.count == 1)
  }

  @Test func emptyAndMixedFolders() throws {
    let folder = try TemporaryFolder()
    #expect(dataError { try openData(at: [folder.url]) }?.kind == .noFrames)
    try Data("hello".utf8).write(to: folder.file("readme.txt"))
    #expect(dataError { try openData(at: [folder.url]) }?.kind == .noFrames)
    try pgm(height: 2, width: 3).write(to: folder.file("a.pgm"))
    try countingArray([2, 3, 5]).write(to: folder.file("b.npy"))
    #expect(dataError { try openData(at: [folder.url]) }?.kind == .foreignFormat)
    #expect(try openData(at: [folder.url], options: .init(reader: .npy)).events[0].count == 2)
    try Data("{}".utf8).write(to: folder.file("store.zarr/.zgroup"))
    #expect(dataError { try openData(at: [folder.url]) }?.kind == .unsupported)
    #expect(dataError { try openData(at: []) }?.kind == .noFrames)
  }

  @Test func deepAndDeclaredNumbers() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("a.pgm")
    try pgm(height: 1, width: 3, first: 1000, maximum: 4095).write(to: file)
    #expect(try openData(at: [file]).events[0].frame(at: 0).values[1] == 1001.0 / 4095)
    let options = DataOptions(unit: .dimensionless, gain: 0.5, offset: -1, missing: 1002)
    let frame = try openData(at: [file], options: options).events[0].frame(at: 0)
    #expect(frame.values == [499, 499.5, 0] && frame.isValid == [true, true, false])
  }

  @Test func cropGreyAndResize() throws {
    let shape = FrameShape(height: 2, width: 4)
    let frame = try Frame(shape: shape, values: [1, 3, 5, .nan, 5, 7, 9, 11])
    let half = try frame.resized(height: 1, width: 2)
    #expect(half.values == [4, 25.0 / 3])
    let wide = try Frame(shape: FrameShape(height: 1, width: 2), values: [0, 4]).resized(height: 1, width: 4)
    #expect(wide.values == [0, 1, 3, 4])
    let third = try Frame(shape: FrameShape(height: 1, width: 3), values: [3, 6, 9]).resized(
      height: 1, width: 2)
    #expect(zip(third.values, [4, 8]).allSatisfy { abs($0 - $1) < 1e-5 })
    let folder = try TemporaryFolder()
    try countingArray([2, 6, 8]).write(to: folder.file("x.npy"))
    let options = DataOptions(
      size: .init(height: 2, width: 2), crop: .init(row: 2, column: 4, height: 4, width: 4))
    let event = try openData(at: [folder.url], options: options).events[0]
    #expect(try event.frame(at: 1).values == [129.5, 131.5, 149.5, 151.5])
    let far = DataOptions(crop: .init(row: 5, column: 0, height: 4, width: 4))
    #expect(dataError { try openData(at: [folder.url], options: far) } != nil)
  }

  @Test(.enabled(if: PictureDecoder.isAvailable, "built without FFmpeg"))
  func videosAreReadInAnyOrder() throws {
    let file = GoldenFiles.folder("pictures").appendingPathComponent("clip.mp4")
    let video = try openData(at: [file], options: .init(grey: true)).events[0]
    let forward = try (0..<9).map { try video.frame(at: $0) }
    let again = try openData(at: [file], options: .init(grey: true)).events[0]
    for index in [8, 0, 4, 3, 7] { #expect(try again.frame(at: index) == forward[index]) }
    let slow = try openData(at: [file], options: .init(grey: true, frameRate: 5)).events[0]
    #expect(slow.count == 5)
    #expect(try slow.frame(at: 2).values == forward[4].values)
    let fast = try openData(at: [file], options: .init(grey: true, frameRate: 20)).events[0]
    #expect(fast.count == 18)
  }

  @Test(.enabled(if: PictureDecoder.isAvailable, "built without FFmpeg"))
  func damagedVideosAndPicturesGiveErrors() throws {
    let folder = try TemporaryFolder()
    for name in ["clip.mp4", "colour.png", "grey.jpg", "strips.tif", "clip.gif", "palette.gif"] {
      let whole = try Data(contentsOf: GoldenFiles.folder("pictures").appendingPathComponent(name))
      let file = try folder.file(name)
      for share in [0.0, 0.1, 0.5, 0.9] {
        try whole.prefix(Int(share * Double(whole.count))).write(to: file)
        let error = dataError {
          let event = try openData(at: [file]).events[0]
          _ = try (0..<event.count).map { try event.frame(at: $0) }
        }
        // A JPEG or TIFF that lacks its end may still give a picture.
        if share < 0.5 { #expect(error != nil, "\(name) cut to \(share)") }
      }
    }
    let text = try folder.file("text.mp4")
    try Data("#EXTM3U\nclip.mp4\n".utf8).write(to: text)
    #expect(dataError { try openData(at: [text]) }?.kind == .foreignFormat)
  }
}
