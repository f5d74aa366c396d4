/// How a forecaster gets from what it has read to several frames.
public enum ForecastDecoding: String, CaseIterable, Codable, Sendable {
  /// A second recurrence starts from the encoder's state and makes one step for each forecast frame.
  case recurrent
  /// All frames at once from the encoder's last state, each by weights of its own.
  case direct
  /// As `recurrent`, but each step reads the frame before: in training the true one or, by scheduled sampling, the
  /// model's own; in use always its own. See ``AutoregressiveDecoding``.
  case autoregressive

  /// In a few words, for a report.
  public var summary: String {
    switch self {
    case .recurrent: "step by step"
    case .direct: "all frames at once"
    case .autoregressive: "frame by frame, each step reading the frame before"
    }
  }
}

/// What is known of the future without learning. The decoder reads it; with `isResidual` only the difference to it is
/// learned.
public enum ForecastBackground: String, CaseIterable, Codable, Sendable {
  /// The last observed frame, at every lead time.
  case lastFrame
  /// Motion-extrapolated frames, a second input of the model.
  case advected
  /// The frames of S-PROG, which carries along and smooths what cannot be foreseen; a second input likewise.
  case sprog = "s-prog"

  /// Whether it is a second input of the model.
  public var isNowcast: Bool { self != .lastFrame }

  /// The name in reports.
  public var displayName: String {
    switch self {
    case .lastFrame: "last frame"
    case .advected: "motion-extrapolated frames"
    case .sprog: "S-PROG frames"
    }
  }
}
