/// Why a model cannot be run over data as asked: what was expected, what came, and what to do.
public struct ForecastingError: Error, Equatable, Sendable {
  /// The kinds of failure, for code that reacts to one.
  public enum Kind: String, Sendable {
    /// The model file says too little about its data, or something that cannot be read.
    case unusableModel
    /// The data are of another kind than those that the model was trained on.
    case otherData
    /// A frame that the model needs is not there, and the policy allows no replacement.
    case missingFrame
    /// A time, place or file name that makes no sense here.
    case invalidOption
    /// A file could not be written.
    case unwritable
    /// The run would not fit into memory.
    case tooLarge
  }

  public let kind: Kind
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

extension ForecastingError: CustomStringConvertible {
  public var description: String {
    "\(place): expected \(expected), received \(received). \(remedy)"
  }
}
