/// Fields that motion cannot be found in or applied to: what was expected, what came, what to do.
public struct MotionError: Error, Equatable, Sendable, CustomStringConvertible {
  public let expected: String
  public let received: String
  public let remedy: String

  public init(expected: String, received: String, remedy: String) {
    self.expected = expected
    self.received = received
    self.remedy = remedy
  }

  public var description: String { "Expected \(expected), received \(received). \(remedy)" }
}
