import Foundation
import Readers
import Tasks
import Testing

@Suite struct InputSelectionTests {
  static let start = Date(timeIntervalSince1970: 1_282_780_800)

  /// Frames whose only value is their minute, at these minutes.
  static func source(_ minutes: [Int]) throws -> FrameArray {
    try FrameArray(
      minutes.map {
        try Frame(
          shape: FrameShape(height: 1, width: 2), values: [Float($0), 1], isValid: [true, $0 != 15],
          time: start.addingTimeInterval(Double($0) * 60))
      }, unit: .millimetresPerHour)
  }

  static func time(_ minutes: Double) -> InputSelection.Reference {
    .time(start.addingTimeInterval(minutes * 60))
  }

  @Test func takesTheLatest() throws {
    let input = try InputSelection(count: 3, step: 5).frames(of: Self.source([0, 5, 10, 15, 20]))
    #expect(input.frames.map { $0.values[0] } == [10, 15, 20])
    #expect(input.reference == Self.start.addingTimeInterval(20 * 60))
    #expect(input.replacements.isEmpty)
  }

  /// Data that come twice as often as the model wants them are thinned out.
  @Test func takesEverySecondFrame() throws {
    let input = try InputSelection(count: 3, step: 10).frames(of: Self.source([0, 5, 10, 15, 20]))
    #expect(input.frames.map { $0.values[0] } == [0, 10, 20])
  }

  @Test(arguments: [(12.0, 10), (10, 10), (14.9, 15), (15.2, 15)])
  func takesWhatIsNewestByThen(_ minutes: Double, _ newest: Int) throws {
    let input = try InputSelection(count: 2, step: 5)
      .frames(of: Self.source([0, 5, 10, 15, 20]), at: Self.time(minutes))
    #expect(input.frames.map { $0.values[0] } == [Float(newest - 5), Float(newest)])
  }

  @Test func aMissingFrameIsRefused() throws {
    let error = #expect(throws: ForecastingError.self) {
      try InputSelection(count: 4, step: 5).frames(of: Self.source([0, 5, 10, 20]))
    }
    #expect(error?.kind == .missingFrame)
    #expect(error?.description.contains("00:15 UTC") == true, "\(error!)")
  }

  @Test func aMissingFrameIsRepeated() throws {
    let input = try InputSelection(count: 4, step: 5, policy: .repeat)
      .frames(of: Self.source([0, 5, 10, 20]))
    #expect(input.frames.map { $0.values[0] } == [5, 10, 10, 20])
    #expect(input.replacements.count == 1)
  }

  @Test func aMissingFrameIsInterpolated() throws {
    let input = try InputSelection(count: 5, step: 5, policy: .interpolate)
      .frames(of: Self.source([0, 15, 20]))
    #expect(input.frames.map { $0.values[0] } == [0, 5, 10, 15, 20])
    // Where one neighbour is missing the mixture is.
    #expect(input.frames.map { $0.isValid[1] } == [true, false, false, false, true])
  }

  /// At 00:26 the frame of 00:25 has not come; nothing later is there to interpolate with.
  @Test(arguments: [LateFramePolicy.repeat, .interpolate])
  func aLateFrameIsRepeated(_ policy: LateFramePolicy) throws {
    let input = try InputSelection(count: 3, step: 5, policy: policy)
      .frames(of: Self.source([0, 5, 10, 15, 20]), at: Self.time(26))
    #expect(input.frames.map { $0.values[0] } == [15, 20, 20])
    #expect(input.reference == Self.start.addingTimeInterval(25 * 60))
    #expect(input.replacements.count == 1)
  }

  @Test func tooManyMissingAreRefused() throws {
    #expect(throws: ForecastingError.self) {
      try InputSelection(count: 4, step: 5, policy: .repeat).frames(
        of: Self.source([0, 20]), at: Self.time(20))
    }
    #expect(throws: ForecastingError.self) {
      try InputSelection(count: 2, step: 5, policy: .repeat).frames(
        of: Self.source([0, 5]), at: Self.time(-30))
    }
  }
}
