/// A report, picture or chart that cannot be made: what was expected, what came, what to do.
public struct ReportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was needed.
  public let expected: String
  /// What was there instead.
  public let received: String
  /// What the user can do about it.
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
