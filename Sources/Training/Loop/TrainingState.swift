/// Where a training stands: which step comes next, and what has been gathered so far.
///
/// Batches and random numbers are functions of these counters, so nothing else is needed to go on.
public struct TrainingState: Hashable, Codable, Sendable {
  /// Steps made.
  public internal(set) var step = 0
  /// The epoch under way, from 0.
  public internal(set) var epoch = 0
  /// The batch that comes next in it.
  public internal(set) var batch = 0
  /// Complete epochs.
  public internal(set) var history = History()
  /// Seconds taken, all resumptions together.
  public internal(set) var seconds = 0.0

  /// The sum of the losses of all valid elements in the epoch under way, and their number.
  var lossSum = 0.0
  var validCount = 0
  /// Seconds of the epoch under way before the last interruption.
  var epochSeconds = 0.0
  /// The rate of the last step.
  var learningRate = 0.0

  public init() {}

  /// The mean loss of the epoch under way.
  var trainingLoss: Double { lossSum / Double(max(validCount, 1)) }
}
