import DataTestSupport
import Foundation
import Sampling
import Testing

@Suite struct WindowIndexTests {
  private func index(
    minutes: [Double], frames: Range<Int>? = nil, input: Int = 2, forecast: Int = 1, stride: Int = 1
  ) throws -> WindowIndex {
    try WindowIndex(
      timestamps: minutes.map { Date(timeIntervalSince1970: 60 * $0) }, nominalStep: 5,
      frames: frames ?? 0..<minutes.count, inputFrames: input, forecastFrames: forecast, stride: stride)
  }

  @Test func noWindowSpansAGap() throws {
    // 15 is missing: of the windows of three only 0–10 and 20–30, 25–35 are whole.
    let windows = try index(minutes: [0, 5, 10, 20, 25, 30, 35])
    #expect(windows.starts == [0, 3, 4])
    #expect(windows.droppedByGaps == 2)
    #expect(windows[1] == windows.window(startingAt: 3))
    #expect(windows[1].input == 3..<5)
    #expect(windows[1].target == 5..<6)
    #expect(windows[1].lastInput == 4)
    #expect(windows[1].frames == 3..<6)
  }

  @Test func smallDeviationsAreNoGap() throws {
    #expect(try index(minutes: [0, 5.3, 10.1, 14.9]).count == 2)
    #expect(try index(minutes: [0, 5, 10, 15, 19, 24]).droppedByGaps == 2)
  }

  @Test func strideAndPart() throws {
    let minutes = (0..<12).map { Double(5 * $0) }
    #expect(try index(minutes: minutes, frames: 3..<10, stride: 2).starts == [3, 5, 7])
  }

  @Test func withoutTimesFramesAreEven() throws {
    let source = try countingSource(frames: 5, height: 1, width: 2)
    #expect(try WindowIndex(of: source, inputFrames: 2, forecastFrames: 2).starts == [0, 1])
  }

  @Test func tooFewFramesSayHowManyAreNeeded() throws {
    let error = dataError { try index(minutes: [0, 5, 10], input: 6, forecast: 12) }
    #expect(error?.kind == .tooFewFrames)
    #expect(error?.expected == "at least 18 frames (6 input + 12 forecast)")
    #expect(error?.received == "3")
    let gaps = dataError { try index(minutes: [0, 5, 15, 20, 30, 35]) }
    #expect(gaps?.kind == .tooFewFrames)
    #expect(gaps?.received.contains("2 gaps") == true)
  }

  @Test(arguments: [(0, 1, 1), (1, 0, 1), (1, 1, 0), (-3, 5, 1), (Int.max, Int.max, 1)])
  func senselessLengthsAreRefused(input: Int, forecast: Int, stride: Int) {
    let error = dataError {
      try index(minutes: [0, 5, 10], input: input, forecast: forecast, stride: stride)
    }
    #expect(error?.kind == .invalidOption)
  }

  @Test func partsOutsideAreRefused() throws {
    let source = try countingSource(frames: 5, height: 1, width: 2)
    for part in [-1..<4, 2..<9] {
      let error = dataError {
        try WindowIndex(of: source, frames: part, inputFrames: 1, forecastFrames: 1)
      }
      #expect(error?.kind == .tooFewFrames)
    }
    #expect(dataError { try index(minutes: [0, 5, 10], frames: 0..<9) }?.kind == .tooFewFrames)
    #expect(dataError { try index(minutes: [0, 5, 10], frames: -5..<3) }?.kind == .tooFewFrames)
  }
}
