import Foundation
import Readers

/// Training, validation and test parts of a sequence, in order of time and without a frame in common.
///
/// The default rule, for n frames:
/// 1. training and validation together are the first ⌊0.48·n⌋ frames;
/// 2. a gap as long as the forecast follows and belongs to no part, so that no training target is close to
///    what the test asks for;
/// 3. the rest is the test part.
///
/// For 92 frames and 12 forecast frames that is 0 ..< 44, a gap of 12, and 56 ..< 92.
public struct TimeSplit: Equatable, Codable, Sendable {
  /// Where validation takes its samples from. It never sees the test part.
  public enum Validation: Equatable, Codable, Sendable {
    /// The last frames of the training period: this fraction of it, and at least one window.
    case lastFraction(Double)
    /// The last frames of the training period, so many.
    case lastFrames(Int)
    /// All of the training period, on tiles that training never touches (see ``TileSampler/excluded``). For
    /// short sequences, where a part in time would take too much away.
    case heldOutTiles
  }

  public let training: Range<Int>
  public let validation: Range<Int>
  public let test: Range<Int>
  /// Whether validation shares its frames with training and is kept apart by its tiles.
  public let validatesOnHeldOutTiles: Bool

  /// Splits by the rule above.
  ///
  /// - Parameters:
  ///   - frameCount: How many frames the sequence has.
  ///   - inputFrames: How many frames of a window are observed.
  ///   - forecastFrames: How many frames of a window are forecast.
  ///   - trainFraction: The part of them for training and validation together.
  ///   - gapFrames: The frames left out before the test; the forecast length by default, and never less.
  ///   - validation: Where validation takes its samples from.
  /// - Throws: `DataError` if a part is too short for one window, or an option is out of range.
  public init(
    frameCount: Int, inputFrames: Int, forecastFrames: Int, trainFraction: Double = 0.48,
    gapFrames: Int? = nil, validation: Validation = .lastFraction(0.2)
  ) throws {
    try WindowIndex.check(inputFrames: inputFrames, forecastFrames: forecastFrames)
    guard trainFraction > 0, trainFraction < 1 else {
      throw DataError(
        .invalidOption, expected: "a training fraction between 0 and 1", received: "\(trainFraction)",
        remedy: "Choose the share of frames for training and validation, such as 0.48.")
    }
    let gap = gapFrames ?? forecastFrames
    guard gap >= forecastFrames else {
      throw DataError(
        .leakage, expected: "a gap of at least the \(forecastFrames) forecast frames before the test",
        received: "\(gap)", remedy: "Widen the gap: the last training targets are too close to the test.")
    }
    let trainEnd = Int((trainFraction * Double(frameCount)).rounded(.down))
    let window = inputFrames + forecastFrames
    let length = try Self.length(of: validation, trainEnd: trainEnd, window: window)
    guard trainEnd - length >= window, frameCount - trainEnd - gap >= window else {
      throw DataError(
        .tooFewFrames,
        expected:
          "at least \(window) frames (\(inputFrames) input + \(forecastFrames) forecast) in each part",
        received: "\(frameCount) frames: \(trainEnd - length) for training, \(length) for validation, a gap "
          + "of \(gap), \(max(0, frameCount - trainEnd - gap)) for the test",
        remedy: "Use a longer sequence, fewer input or forecast frames, or validate on held-out tiles.")
    }
    let isHeldOut = validation == .heldOutTiles
    try self.init(
      training: 0..<trainEnd - length, validation: isHeldOut ? 0..<trainEnd : trainEnd - length..<trainEnd,
      test: trainEnd + gap..<frameCount, inputFrames: inputFrames, forecastFrames: forecastFrames,
      validatesOnHeldOutTiles: isHeldOut)
  }

  /// Splits as stated, after checking that nothing leaks.
  ///
  /// - Throws: `DataError` if parts overlap or are out of order, the gap before the test is shorter than the
  ///   forecast, or a part is too short for one window.
  public init(
    training: Range<Int>, validation: Range<Int>, test: Range<Int>, inputFrames: Int, forecastFrames: Int,
    validatesOnHeldOutTiles: Bool = false
  ) throws {
    try WindowIndex.check(inputFrames: inputFrames, forecastFrames: forecastFrames)
    let isApart =
      validatesOnHeldOutTiles
      ? training.lowerBound <= validation.lowerBound && validation.upperBound <= training.upperBound
      : training.upperBound <= validation.lowerBound
    let lastSeen = max(training.upperBound, validation.upperBound)
    guard training.lowerBound >= 0, isApart, test.lowerBound - lastSeen >= forecastFrames else {
      throw DataError(
        .leakage,
        expected: "training, validation and test in this order, none sharing a frame, and a gap of at least "
          + "\(forecastFrames) frames before the test",
        received: "training \(training), validation \(validation), test \(test)",
        remedy: "Move the parts apart: windows that share frames make scores too good.")
    }
    let window = inputFrames + forecastFrames
    for (name, part) in [("training", training), ("validation", validation), ("test", test)]
    where part.count < window {
      throw DataError(
        .tooFewFrames,
        expected: "at least \(window) frames (\(inputFrames) input + \(forecastFrames) forecast) for \(name)",
        received: "\(part.count)", remedy: "Make the part longer, or the windows shorter.")
    }
    self.training = training
    self.validation = validation
    self.test = test
    self.validatesOnHeldOutTiles = validatesOnHeldOutTiles
  }

  /// Splits at stated times: training and validation before `trainUntil` (inclusive), the test from `testFrom`.
  ///
  /// - Throws: as ``init(training:validation:test:inputFrames:forecastFrames:validatesOnHeldOutTiles:)``.
  public init(
    timestamps: [Date], trainUntil: Date, testFrom: Date, inputFrames: Int, forecastFrames: Int,
    validation: Validation = .lastFraction(0.2)
  ) throws {
    try WindowIndex.check(inputFrames: inputFrames, forecastFrames: forecastFrames)
    let trainEnd = timestamps.firstIndex { $0 > trainUntil } ?? timestamps.count
    let testStart = timestamps.firstIndex { $0 >= testFrom } ?? timestamps.count
    let window = inputFrames + forecastFrames
    let length = min(trainEnd, try Self.length(of: validation, trainEnd: trainEnd, window: window))
    let isHeldOut = validation == .heldOutTiles
    try self.init(
      training: 0..<trainEnd - length, validation: isHeldOut ? 0..<trainEnd : trainEnd - length..<trainEnd,
      test: testStart..<timestamps.count, inputFrames: inputFrames, forecastFrames: forecastFrames,
      validatesOnHeldOutTiles: isHeldOut)
  }

  /// How many frames validation takes away from training.
  private static func length(of validation: Validation, trainEnd: Int, window: Int) throws -> Int {
    switch validation {
    case .heldOutTiles: return 0
    case .lastFrames(let count) where count > 0: return count
    case .lastFraction(let fraction) where fraction > 0 && fraction < 1:
      return max(window, Int((fraction * Double(trainEnd)).rounded(.down)))
    case .lastFrames, .lastFraction:
      throw DataError(
        .invalidOption, expected: "a validation part between none and all of the training period",
        received: "\(validation)",
        remedy: "Choose a fraction between 0 and 1, or a positive number of frames.")
    }
  }
}
