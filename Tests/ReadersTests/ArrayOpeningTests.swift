import DataTestSupport
import Foundation
import NumPyFiles
import Readers
import Testing

/// Arrays of NumPy and IDX files, in every order of axes.
@Suite struct ArrayOpeningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func array(_ shape: [Int], _ name: String = "x.npy") throws -> URL {
    let file = try folder.file(name)
    try countingArray(shape).write(to: file)
    return file
  }

  /// The value at (n, t, h, w, c) must be found wherever the axes put it.
  @Test(arguments: ["NTHWC", "TNHWC", "NHWTC", "NCHWT", "CWHTN", "HWCNT"])
  func everyOrderFindsItsElements(_ order: String) throws {
    let lengths: [Character: Int] = ["N": 2, "T": 3, "H": 4, "W": 5, "C": 3]
    let shape = order.map { lengths[$0] ?? 0 }
    let file = try array(shape)
    let events = try openData(at: [file], options: DataOptions(axes: ArrayAxes(order))).events
    #expect(events.count == 2)
    for (sample, event) in events.enumerated() {
      #expect(event.count == 3)
      #expect(event.shape == FrameShape(height: 4, width: 5, channels: 3))
      for time in 0..<3 {
        let frame = try event.frame(at: time)
        for (row, column, channel) in [(0, 0, 0), (3, 4, 2), (1, 3, 1)] {
          let place: [Character: Int] = ["N": sample, "T": time, "H": row, "W": column, "C": channel]
          let digits = order.map { String(place[$0] ?? 0) }.joined()
          #expect(frame.values[(row * 5 + column) * 3 + channel] == Float(digits), "\(order) \(digits)")
        }
      }
    }
  }

  @Test func theUsualOrderByRank() throws {
    let three = try openData(at: [array([6, 7, 5])]).events
    #expect(three.count == 1 && three[0].count == 6 && three[0].shape == FrameShape(height: 7, width: 5))
    let four = try openData(at: [array([6, 7, 5, 3])]).events
    #expect(four.count == 1 && four[0].shape == FrameShape(height: 7, width: 5, channels: 3))
    let five = try openData(at: [array([2, 6, 7, 5, 1])]).events
    #expect(five.count == 2 && five[1].count == 6)
  }

  @Test(arguments: [[20, 100, 8, 9], [7, 8, 3], [2, 3, 4, 5, 6, 7]])
  func ambiguousAxesAreRefusedWithWhatToSay(_ shape: [Int]) throws {
    let file = try folder.file("x.npy")
    try NumPyArray(shape: shape, floats: [Float](repeating: 0, count: shape.reduce(1, *))).write(to: file)
    let error = dataError { try openData(at: [file]) }
    #expect(error?.kind == .wrongShape)
    if shape.count < 6 { #expect(error?.remedy.contains("--axes") == true) }
  }

  @Test func axesThatDoNotFit() throws {
    let file = try array([6, 7, 5])
    #expect(
      dataError { try openData(at: [file], options: .init(axes: ArrayAxes("NTHW"))) }?.kind == .wrongShape)
    for text in ["THH", "TH", "XHW", ""] {
      #expect(dataError { try ArrayAxes(text) }?.kind == .invalidOption)
    }
  }

  @Test func bytesAreBrightnessUnlessAUnitIsDeclared() throws {
    let file = try folder.file("x.npy")
    try NumPyArray(elementType: .uint8, shape: [1, 2, 2], bytes: Data([0, 51, 255, 102])).write(to: file)
    let bright = try openData(at: [file]).events[0]
    #expect(bright.unit == .brightness)
    #expect(try bright.frame(at: 0).values == [0, 0.2, 1, 0.4])
    let options = DataOptions(unit: .millimetres, gain: 0.1, missing: 255, interval: 5)
    let rain = try openData(at: [file], options: options).events[0]
    #expect(rain.unit == .millimetresPerHour)
    let frame = try rain.frame(at: 0)
    #expect(frame.isValid == [true, true, false, true])
    #expect(abs(frame.values[1] - 61.2) < 1e-4)
    #expect(
      dataError { try openData(at: [file], options: .init(unit: .millimetres)).events[0].frame(at: 0) }?.kind
        == .badValue)
  }

  @Test func reflectivityBecomesRain() throws {
    let file = try folder.file("x.npy")
    // Z = 200 · 10^1.6 is 10 mm/h; −∞ dBZ is no echo, NaN is missing.
    let decibels = 10 * log10(200 * pow(Float(10), 1.6))
    try NumPyArray(shape: [1, 1, 3], floats: [decibels, -.infinity, .nan]).write(to: file)
    let frame = try openData(at: [file], options: .init(axes: ArrayAxes("THW"), unit: .decibels)).events[0]
      .frame(at: 0)
    #expect(abs(frame.values[0] - 10) < 1e-4)
    #expect(frame.values[1] == 0 && frame.isValid == [true, true, false])
  }

  @Test func startAndIntervalGiveTimes() throws {
    let start = Date(timeIntervalSince1970: 86400)
    let options = DataOptions(interval: 10, start: start, stride: 2)
    let event = try openData(at: [array([6, 7, 5])], options: options).events[0]
    #expect(event.count == 3 && event.nominalStep == 20)
    #expect(event.timestamps == [start, start + 1200, start + 2400])
    #expect(try event.frame(at: 1).values[0] == 200)
    #expect(
      dataError { try openData(at: [array([6, 7, 5])], options: .init(start: start)) }?.kind == .invalidOption
    )
  }

  @Test func archivesNeedANameOnlyWhereSeveralFit() throws {
    let file = try folder.file("x.npz")
    let (x, y) = (try countingArray([6, 7, 5]), try countingArray([6]))
    try NumPyArchive.encoded([("x", x), ("y", y)]).write(to: file)
    #expect(try openData(at: [file]).events[0].count == 6)
    try NumPyArchive.encoded([("x", x), ("z", x)]).write(to: file)
    #expect(dataError { try openData(at: [file]) }?.remedy.contains("--dataset") == true)
    #expect(try openData(at: [file], options: .init(dataset: "z")).events[0].count == 6)
    #expect(dataError { try openData(at: [file], options: .init(dataset: "w")) }?.kind == .missingObject)
  }

  @Test func idxWithAndWithoutLabels() throws {
    let (images, labels) = (try folder.file("a-idx4-ubyte"), try folder.file("labels.idx"))
    try idx(shape: [6, 2, 3, 4], (0..<144).map { UInt8($0) }).write(to: images)
    try idx(shape: [6], [0, 1, 0, 1, 7, 7]).write(to: labels)
    let options = DataOptions(axes: try ArrayAxes("NTHW"), labels: labels)
    let clips = try #require(try openData(at: [images], options: options).clips)
    #expect(clips.classNames == ["0", "1", "7"] && clips.labels == [0, 1, 0, 1, 2, 2])
    #expect(clips.frames == 2 && clips.shape == FrameShape(height: 3, width: 4))
    #expect(try clips.values[25] == 25.0 / 255)
    for length in [0, 3, 12, 40] {
      try Data(contentsOf: images).prefix(length).write(to: images)
      #expect(dataError { try openData(at: [images], options: options) } != nil, "\(length)")
    }
  }

  @Test func framesAreReadFromDiskWhereTheyLie() throws {
    let file = try array([50, 30, 20])
    let event = try openData(at: [file]).events[0]
    #expect(try event.frame(at: 49).values[599] == 4900 + 290 + 19)
    #expect(dataError { try event.frame(at: 50) } != nil)
  }
}
