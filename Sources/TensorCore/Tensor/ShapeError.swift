/// Shapes or options that do not fit together: what was expected, what came, and what to do.
public struct ShapeError: Error, Equatable, Sendable {
  /// What kind of misfit it is, for code that reacts to one.
  public enum Kind: String, Sendable {
    case wrongRank, wrongChannels, emptyDimension, wrongLength, wrongElementCount
    case kernelLargerThanInput, strideWithDilation, invalidOption, notBuilt, wrongInputCount
  }

  public let kind: Kind
  /// The layer or operation that refused, such as `ConvLSTM2D`.
  public let place: String
  public let expected: String
  public let received: String
  public let remedy: String

  public init(_ kind: Kind, in place: String, expected: String, received: String, remedy: String) {
    self.kind = kind
    self.place = place
    self.expected = expected
    self.received = received
    self.remedy = remedy
  }
}

extension ShapeError: CustomStringConvertible {
  public var description: String { "\(place): expected \(expected), received \(received). \(remedy)" }
}
