import DataTestSupport
import Foundation
import Readers
import Sampling
import Testing

@Suite struct TimeSplitTests {
  @Test func theDefaultRule() throws {
    let split = try TimeSplit(frameCount: 92, inputFrames: 6, forecastFrames: 12)
    #expect(split.training == 0..<26)
    #expect(split.validation == 26..<44)
    #expect(split.test == 56..<92)
    let longer = try TimeSplit(frameCount: 1000, inputFrames: 6, forecastFrames: 12)
    #expect(longer.training == 0..<384)
    #expect(longer.validation == 384..<480)
    #expect(longer.test == 492..<1000)
  }

  @Test func heldOutTilesLeaveTheWholePeriodToTraining() throws {
    let split = try TimeSplit(frameCount: 92, inputFrames: 6, forecastFrames: 12, validation: .heldOutTiles)
    #expect(split.training == 0..<44)
    #expect(split.validation == 0..<44)
    #expect(split.test == 56..<92)
    #expect(split.validatesOnHeldOutTiles)
  }

  @Test func windowsOfDifferentPartsShareNoFrame() throws {
    let source = try countingSource(frames: 200, height: 1, width: 1)
    let split = try TimeSplit(
      frameCount: 200, inputFrames: 3, forecastFrames: 4, gapFrames: 9, validation: .lastFrames(20))
    let parts = try [split.training, split.validation, split.test].map { part in
      let windows = try WindowIndex(of: source, frames: part, inputFrames: 3, forecastFrames: 4)
      return Set((0..<windows.count).flatMap { Array(windows[$0].frames) })
    }
    #expect(parts[0].isDisjoint(with: parts[1]))
    #expect(parts[0].union(parts[1]).isDisjoint(with: parts[2]))
    #expect((parts[2].min() ?? 0) - (parts[1].max() ?? 0) == 10)
  }

  @Test func splitsByTime() throws {
    let times = (0..<92).map { Date(timeIntervalSince1970: Double($0) * 300) }
    let split = try TimeSplit(
      timestamps: times, trainUntil: times[43], testFrom: times[56], inputFrames: 6, forecastFrames: 12,
      validation: .heldOutTiles)
    #expect(
      split
        == (try TimeSplit(
          frameCount: 92, inputFrames: 6, forecastFrames: 12, validation: .heldOutTiles)))
    let error = dataError {
      try TimeSplit(
        timestamps: times, trainUntil: times[43], testFrom: times[50], inputFrames: 6, forecastFrames: 12)
    }
    #expect(error?.kind == .leakage)
  }

  @Test func leakageIsRefused() {
    func kind(_ training: Range<Int>, _ validation: Range<Int>, _ test: Range<Int>) -> DataError.Kind? {
      dataError {
        try TimeSplit(
          training: training, validation: validation, test: test, inputFrames: 2, forecastFrames: 3)
      }?.kind
    }
    #expect(kind(0..<20, 20..<30, 33..<50) == nil)
    #expect(kind(0..<20, 19..<30, 33..<50) == .leakage)
    #expect(kind(0..<20, 20..<30, 32..<50) == .leakage)
    #expect(kind(20..<40, 0..<20, 43..<60) == .leakage)
    #expect(kind(-5..<20, 20..<30, 33..<50) == .leakage)
    #expect(kind(0..<20, 20..<24, 33..<50) == .tooFewFrames)
    let short = dataError {
      try TimeSplit(frameCount: 300, inputFrames: 2, forecastFrames: 12, gapFrames: 11)
    }
    #expect(short?.kind == .leakage)
  }

  @Test func shortSequencesSayWhatIsMissing() {
    let error = dataError { try TimeSplit(frameCount: 40, inputFrames: 6, forecastFrames: 12) }
    #expect(error?.kind == .tooFewFrames)
    #expect(error?.expected.contains("18 frames") == true)
    #expect(error?.received.contains("40 frames") == true)
  }

  @Test(arguments: [0, 1, -0.5, .nan, .infinity])
  func senselessFractions(fraction: Double) {
    #expect(
      dataError {
        try TimeSplit(frameCount: 92, inputFrames: 6, forecastFrames: 12, trainFraction: fraction)
      }?.kind == .invalidOption)
    #expect(
      dataError {
        try TimeSplit(
          frameCount: 92, inputFrames: 6, forecastFrames: 12, validation: .lastFraction(fraction))
      }?.kind == .invalidOption)
  }

  @Test(arguments: [Int.min, -1, 0, Int.max])
  func senselessNumbers(number: Int) {
    #expect(
      dataError {
        try TimeSplit(
          frameCount: 92, inputFrames: 6, forecastFrames: 12, validation: .lastFrames(number))
      } != nil)
    #expect(
      dataError {
        try TimeSplit(frameCount: 92, inputFrames: 6, forecastFrames: 12, gapFrames: number)
      } != nil)
    #expect(dataError { try TimeSplit(frameCount: 92, inputFrames: number, forecastFrames: 12) } != nil)
  }

  @Test func storedSplitsComeBack() throws {
    let split = try TimeSplit(frameCount: 92, inputFrames: 6, forecastFrames: 12)
    let copy = try JSONDecoder().decode(TimeSplit.self, from: JSONEncoder().encode(split))
    #expect(copy == split)
  }
}
