/// An input the scores cannot be computed from: what was expected, what came, what to do.
public struct VerificationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What the function needed.
  public let expected: String
  /// What it was given.
  public let received: String
  /// What the caller can do about it.
  public let remedy: String

  public init(expected: String, received: String, remedy: String) {
    self.expected = expected
    self.received = received
    self.remedy = remedy
  }

  public var description: String {
    "Expected \(expected), received \(received). \(remedy)"
  }
}
