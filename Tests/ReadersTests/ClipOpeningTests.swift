import DataTestSupport
import Foundation
import NumPyFiles
import Readers
import Testing

/// Trees of classes, tables of labels, groups and lengths.
@Suite struct ClipOpeningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func clip(_ path: String, frames: Int, height: Int = 3) throws {
    try countingArray([frames, height, 7]).write(to: folder.file(path))
  }

  @Test func aTreeOfArrays() throws {
    for (name, frames) in [
      ("up/film1_001.npy", 4), ("up/film2_001.npy", 6), ("down/film1_002.npy", 5), ("down/film3_001.npy", 4),
    ] { try clip(name, frames: frames) }
    let clips = try #require(try openData(at: [folder.url]).clips)
    #expect(clips.classNames == ["down", "up"])
    #expect(clips.labels == [0, 0, 1, 1])
    #expect(clips.frames == 4 && clips.shape == FrameShape(height: 3, width: 7))
    // film1_001 and film1_002 are of one film, whatever their class.
    #expect(clips.groups[0] == clips.groups[2] && Set(clips.groups).count == 3)
    // Six frames give their middle four: the first of them is frame 1.
    #expect(try clips.values[3 * 4 * 21] == 100)
    let two = try #require(try openData(at: [folder.url], options: .init(clipFrames: 2)).clips)
    #expect(try two.frames == 2 && two.values[0] == 100)
    #expect(
      dataError { try openData(at: [folder.url], options: .init(clipFrames: 5)) }?.kind == .tooFewFrames)
    let skipped = SkipLog()
    let long = try openData(at: [folder.url], options: .init(clipFrames: 5, skipBad: true), skipped: skipped)
    #expect(long.clips?.count == 2 && skipped.count == 2)
  }

  @Test func anArchiveWithLabels() throws {
    let frames = try countingArray([4, 3, 2, 5, 1])
    var options = DataOptions(axes: try ArrayAxes("NTHWC"))
    func archive(_ name: String, _ more: [(name: String, array: NumPyArray)]) throws -> URL {
      let file = try folder.file(name)
      try NumPyArchive.encoded([(name: "frames", array: frames)] + more).write(to: file)
      return file
    }
    func integers(_ values: [Int64]) throws -> NumPyArray {
      try NumPyArray(
        elementType: .int64, shape: [values.count], bytes: values.withUnsafeBytes { Data($0) })
    }
    let labels = (name: "labels", array: try integers([2, 0, 2, 1]))
    let both = try archive("both.npz", [labels, (name: "groups", array: try integers([7, 7, 8, 9]))])
    let clips = try #require(try openData(at: [both], options: options).clips)
    #expect(clips.classNames == ["0", "1", "2"] && clips.labels == [2, 0, 2, 1] && clips.frames == 3)
    #expect(clips.groups[0] == clips.groups[1] && Set(clips.groups).count == 3)
    let alone = try archive("alone.npz", [labels])
    #expect(try openData(at: [alone], options: options).clips?.labels == [2, 0, 2, 1])
    let wrong = try archive("wrong.npz", [(name: "labels", array: try integers([1, 0, 1]))])
    let error = dataError { try openData(at: [wrong], options: options) }
    #expect(error?.kind == .wrongShape && error?.expected == "4 labels, one for each sample")
    let measurements = try archive("measurements.npz", [(name: "labels", array: try countingArray([4]))])
    #expect(try openData(at: [measurements], options: options).events.count == 4, "fractions are no classes")
    let two = dataError { try openData(at: [both, both], options: options) }
    #expect(two?.kind == .invalidOption && two?.remedy.contains("--dataset") == true)
    // Asked for by name, frames are sequences.
    options.dataset = "frames"
    #expect(try openData(at: [both, both], options: options).events.count == 8)
    #expect(try openData(at: [both], options: options).events.count == 4)
  }

  @Test func aTreeOfPictures() throws {
    for name in ["walk/a", "walk/b", "run/c"] {
      for frame in 0..<3 {
        try pgm(height: 2, width: 5, first: frame).write(to: folder.file("\(name)/\(frame).pgm"))
      }
    }
    let clips = try #require(try openData(at: [folder.url]).clips)
    #expect(clips.classNames == ["run", "walk"] && clips.labels == [0, 1, 1] && clips.frames == 3)
    #expect(try clips.values[11] == 2.0 / 255)
  }

  /// Folders named by dates hold days, not classes.
  @Test func datesAreNoClasses() throws {
    for day in ["20200101", "20200102"] {
      for hour in ["00", "01"] {
        for frame in 0..<3 {
          try pgm(height: 2, width: 5).write(to: folder.file("\(day)/\(hour)/\(frame).pgm"))
        }
      }
    }
    #expect(try openData(at: [folder.url]).events.count == 4)
  }

  @Test func labelsFromATable() throws {
    for name in ["a 1.npy", "ü.npy", "sub/c.npy"] { try clip(name, frames: 3) }
    let table = folder.url.appendingPathComponent("labels.csv")
    try Data("name,label,group\n\"a 1.npy\",\"walk, slowly\",x\nü,run,y\nsub/c.npy,run,x\n".utf8).write(
      to: table)
    let clips = try #require(try openData(at: [folder.url], options: .init(labels: table)).clips)
    #expect(clips.classNames == ["run", "walk, slowly"])
    #expect(clips.labels == [1, 0, 0])
    #expect(clips.groups[0] == clips.groups[2] && clips.groups[0] != clips.groups[1])
    try Data("a 1,walk\n".utf8).write(to: table)
    #expect(
      dataError { try openData(at: [folder.url], options: .init(labels: table)) }?.kind == .missingObject)
    try Data("a 1\n".utf8).write(to: table)
    #expect(dataError { try openData(at: [folder.url], options: .init(labels: table)) }?.kind == .badValue)
    try Data("a 1,x\na 1,y\n".utf8).write(to: table)
    #expect(dataError { try openData(at: [folder.url], options: .init(labels: table)) }?.kind == .badValue)
  }

  @Test func groupsByPattern() throws {
    for name in ["p/person01_walk_d1.npy", "p/person01_walk_d2.npy", "q/person02_run_d1.npy"] {
      try clip(name, frames: 2)
    }
    #expect(try #require(openData(at: [folder.url]).clips).groups == [0, 0, 1])
    let options = DataOptions(groupPattern: "_(d[0-9])")
    #expect(try #require(openData(at: [folder.url], options: options).clips).groups == [0, 1, 0])
    let folders = DataOptions(groupPattern: "^([a-z])/")
    #expect(try #require(openData(at: [folder.url], options: folders).clips).groups == [0, 0, 1])
    #expect(
      dataError { try openData(at: [folder.url], options: .init(groupPattern: "(")) }?.kind == .invalidOption)
    #expect(
      dataError { try openData(at: [folder.url], options: .init(groupPattern: "zzz")) }?.kind == .badValue)
  }

  /// What may become of clips of 4, 6 and 5 frames.
  @Test func clipsOfDifferentLengths() throws {
    for (name, frames) in [("a/film1.npy", 4), ("a/film2.npy", 6), ("b/film3.npy", 5)] {
      try clip(name, frames: frames)
    }
    func firsts(_ options: DataOptions) throws -> [[Float]] {
      let clips = try #require(try openData(at: [folder.url], options: options).clips)
      let values = try clips.values
      return (0..<clips.count).map { clip in
        (0..<clips.frames).map { values[(clip * clips.frames + $0) * 21] }
      }
    }
    let longest = try firsts(.init(clipLength: .longest))
    #expect(longest[0] == [0, 100, 200, 300, 300, 300] && longest[1] == [0, 100, 200, 300, 400, 500])
    let zeros = try openData(
      at: [folder.url], options: .init(clipLength: .longest, clipPadding: .zeros)
    ).clips
    #expect(zeros?.lengths == [4, 6, 5])
    #expect(try firsts(.init(clipLength: .median, clipPadding: .loop))[0] == [0, 100, 200, 300, 0])
    #expect(try firsts(.init(clipFrames: 5, clipPadding: .loop))[0] == [0, 100, 200, 300, 0])
    #expect(try firsts(.init(clipPart: .end))[1] == [200, 300, 400, 500])
    let options = DataOptions(clipFrames: 2, clipPart: .windows)
    #expect(try firsts(options).map(\.first) == [0, 200, 0, 200, 400, 0, 200])
    let windows = try #require(try openData(at: [folder.url], options: options).clips)
    #expect(windows.names?.prefix(3) == ["a/film1.npy#1", "a/film1.npy#2", "a/film2.npy#1"])
    #expect(windows.groups == [0, 0, 1, 1, 1, 2, 2] && windows.labels == [0, 0, 0, 0, 0, 1, 1])
    let both = DataOptions(clipFrames: 2, clipLength: .longest)
    #expect(dataError { try openData(at: [folder.url], options: both) }?.kind == .invalidOption)
  }

  /// Clips that do not fit into the memory they may have are read from their files, then from a cache, and are the
  /// same numbers.
  @Test func clipsLargerThanMemory() throws {
    for number in 0..<6 {
      try clip("\(number % 2 == 0 ? "a" : "b")/film\(number).npy", frames: 4 + number % 3)
    }
    let options = DataOptions(clipLength: .longest, clipPadding: .zeros)
    var small = options
    small.clipMemory = 0.001
    let kept = try #require(try openData(at: [folder.url], options: options).clips)
    let lazy = try #require(try openData(at: [folder.url], options: small).clips)
    #expect(kept.isInMemory && !lazy.isInMemory)
    let order = [5, 0, 3, 3, 1]
    let expected = try kept.batch(order)
    #expect(try lazy.batch(order).input == expected.input && lazy.batch(order).lengths == expected.lengths)
    #expect(try lazy.values == kept.values && lazy.names == kept.names)
    let place = try TemporaryFolder()
    let key = try CacheKey(files: [folder.url], options: small)
    for _ in 0..<2 {
      let cached = try lazy.cached(key: key, in: place.url)
      #expect(try cached.batch(order).input == expected.input && cached.values == kept.values)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.url.path).count == 1)
    // The cache serves without the files; clips that are read from them are missed by name.
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("a/film0.npy"))
    #expect(try lazy.cached(key: key, in: place.url).batch([0]).labels == [0])
    let error = dataError { try lazy.batch([0]) }
    #expect(error?.kind == .notFound || error?.kind == .corrupt || error?.kind == .foreignFormat)
    #expect(error?.file?.hasSuffix("film0.npy") == true)
  }

  @Test func clipsOfDifferentSizes() throws {
    try clip("a/x.npy", frames: 3)
    try clip("b/y.npy", frames: 3, height: 5)
    #expect(dataError { try openData(at: [folder.url]) }?.remedy.contains("--size") == true)
    let options = DataOptions(size: .init(height: 4, width: 6))
    #expect(try openData(at: [folder.url], options: options).clips?.shape == FrameShape(height: 4, width: 6))
  }

  @Test func severalFoldersAreSeveralEvents() throws {
    for name in ["one", "two"] {
      for frame in 0..<3 { try pgm(height: 2, width: 5).write(to: folder.file("\(name)/\(frame).pgm")) }
    }
    let urls = ["one", "two"].map { folder.url.appendingPathComponent($0) }
    #expect(try openData(at: urls).events.map(\.count) == [3, 3])
    try pgm(height: 5, width: 2).write(to: folder.file("three/0.pgm"))
    #expect(
      dataError { try openData(at: urls + [folder.url.appendingPathComponent("three")]) }?.kind == .wrongShape
    )
  }

  @Test func inspection() throws {
    try clip("up/a.npy", frames: 4)
    try clip("down/b.npy", frames: 4)
    let inspection = try DataInspection(openData(at: [folder.url]))
    #expect(inspection.frames == 8 && inspection.events.count == 2 && inspection.groups == 2)
    #expect(inspection.classes == [.init(name: "down", clips: 1), .init(name: "up", clips: 1)])
    #expect(inspection.minimum == 0 && inspection.maximum == 326 && inspection.missingCount == 0)
    #expect(inspection.text.contains("down 1, up 1"))
    let rain = try countingSource(frames: 6, height: 2, width: 3, minutes: [0, 5, 10, 25, 30, 35]) {
      $0 == 0 && $1 == 1
    }
    let found = try DataInspection(.events([rain]))
    #expect(found.events[0].gaps == 1 && found.events[0].missingFrames == 2)
    #expect(found.missingCount == 6 && abs(found.missingShare - 1.0 / 6) < 1e-12)
    #expect(abs((found.wetShare ?? 0) - 29.0 / 30) < 1e-12)
    #expect(try found.json().contains("\"missingCount\" : 6"))
  }
}
