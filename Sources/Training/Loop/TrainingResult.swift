import Autodiff

/// Why training ended.
public enum TrainingOutcome: String, Codable, Sendable {
  /// All epochs are done.
  case completed
  /// The monitored loss stopped falling.
  case stoppedEarly
  /// The most steps were made.
  case stepLimit
  /// The most time was taken.
  case timeLimit

  /// Whether training would go on if it were allowed to.
  public var isLimit: Bool { self == .stepLimit || self == .timeLimit }
}

/// What training led to.
public struct TrainingResult<Model: Parameterized>: Sendable {
  /// The best model where early stopping restores it, the last one otherwise.
  public let model: Model
  /// The model after the epoch with the lowest monitored loss, or the untrained one where that is a candidate and none
  /// fell below its loss.
  public let best: Model
  /// The model after the last step.
  public let last: Model
  public let outcome: TrainingOutcome
  /// Every epoch, one that a limit cut short included.
  public let history: History
  /// Steps since the start of the training.
  public let steps: Int
  /// Seconds, all resumptions together.
  public let seconds: Double
}
