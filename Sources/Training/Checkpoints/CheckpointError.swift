/// A checkpoint that cannot be used: what was expected, what came, and what to do.
///
/// Files that are no safetensors files at all, or end too early, are `SafeTensorsError`s.
public struct CheckpointError: Error, Equatable, Sendable {
  /// What kind of failure it is, for code that reacts to one.
  public enum Kind: String, Sendable {
    /// A safetensors file, but none of Squall's checkpoints: bare weights, say.
    case foreign
    /// Written by a later version, in a format that this one does not know.
    case newerFormat
    /// The content is not what was written.
    case damaged
    /// The checkpoint has no model description, because its model was no `ModelGraph`.
    case noModel
    /// The checkpoint has only a model, no state from which training could go on.
    case noTrainingState
    /// Parameters that are not those of the model.
    case mismatch
    /// A note or parameter under a name that Squall keeps to itself.
    case reservedName
  }

  public let kind: Kind
  public let expected: String
  public let received: String
  public let remedy: String

  init(_ kind: Kind, expected: String, received: String, remedy: String) {
    self.kind = kind
    self.expected = expected
    self.received = received
    self.remedy = remedy
  }
}

extension CheckpointError: CustomStringConvertible {
  public var description: String { "checkpoint: expected \(expected), received \(received). \(remedy)" }
}
