/// An optimizer, its options or its state that do not fit: what was expected, what came, and what to do.
public struct OptimizerError: Error, Equatable, Sendable {
  /// What kind of misfit it is, for code that reacts to one.
  public enum Kind: String, Sendable {
    /// An option outside its range.
    case invalidOption
    /// A gradient or a saved state of another shape than its parameter, or a state that is missing.
    case stateMismatch
  }

  public let kind: Kind
  /// The optimizer, or the parameter that does not fit.
  public let place: String
  public let expected: String
  public let received: String
  public let remedy: String
}

extension OptimizerError: CustomStringConvertible {
  public var description: String { "\(place): expected \(expected), received \(received). \(remedy)" }
}
