import Support

/// A checkpoint that cannot be used: what was expected, what came, and what to do.
///
/// Files that are no safetensors files at all, or end too early, are `SafeTensorsError`s.
public typealias CheckpointError = StructuredError<CheckpointErrorKind>

/// The kinds of ``CheckpointError``.
public enum CheckpointErrorKind: String, ErrorKind {
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

  public static var usualPlace: String? { "checkpoint" }
}
