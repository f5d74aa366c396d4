import Foundation
import SequenceData

/// Which frames are for training, for validation and for the test.
public struct DataParts: Equatable, Sendable {
  public let training: Range<Int>
  /// Where ``validatesOnTiles`` is true, the frames of the training, on tiles that training never touches.
  public let validation: Range<Int>
  /// Empty if everything is used for training.
  public let test: Range<Int>
  public let validatesOnTiles: Bool

  /// Divides a sequence.
  ///
  /// One event is split in order of time, with a gap as long as the forecast before the test. Several events are
  /// split as wholes, in their order.
  ///
  /// - Parameters:
  ///   - source: The sequence.
  ///   - fraction: The share for training and validation; 1 leaves no test part.
  ///   - hasRoomForTiles: Whether some tiles can be held out for validation; otherwise its frames are the last
  ///     fifth of the training period.
  /// - Throws: `DataError` if a part is too short for one window.
  public init(
    of source: EventSequence, fraction: Double, inputFrames: Int, forecastFrames: Int, hasRoomForTiles: Bool
  ) throws {
    guard fraction > 0, fraction <= 1 else {
      throw DataError(
        .invalidOption, expected: "a training fraction above 0 and up to 1", received: "\(fraction)",
        remedy: "Choose the share of the frames for training and validation, such as 0.8.")
    }
    let events = source.events
    if events.count >= 3 {
      let count = events.count
      let trained = fraction == 1 ? count : min(count - 1, max(2, Int(fraction * Double(count))))
      let validated = max(1, trained / 5)
      func start(_ event: Int) -> Int { event < count ? events[event].lowerBound : source.count }
      training = 0..<start(trained - validated)
      validation = start(trained - validated)..<start(trained)
      test = start(trained)..<source.count
      validatesOnTiles = false
      return
    }
    if fraction == 1 {
      let window = inputFrames + forecastFrames
      let last = hasRoomForTiles ? 0 : max(window, source.count / 5)
      guard source.count - last >= window else {
        throw DataError(
          .tooFewFrames, expected: "at least \(window + last) frames", received: "\(source.count)",
          remedy: "Use fewer input or forecast frames, or a longer sequence.")
      }
      training = 0..<source.count - last
      validation = hasRoomForTiles ? training : source.count - last..<source.count
      test = source.count..<source.count
      validatesOnTiles = hasRoomForTiles
      return
    }
    let split = try TimeSplit(
      frameCount: source.count, inputFrames: inputFrames, forecastFrames: forecastFrames,
      trainFraction: fraction, validation: hasRoomForTiles ? .heldOutTiles : .lastFraction(0.2))
    (training, validation, test) = (split.training, split.validation, split.test)
    validatesOnTiles = hasRoomForTiles
  }

  /// The frames that training or validation see.
  public var seen: Range<Int> { 0..<max(training.upperBound, validation.upperBound) }
}
