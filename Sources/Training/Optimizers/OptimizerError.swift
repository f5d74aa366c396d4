import Support

/// An optimizer, its options or its state that do not fit: what was expected, what came, and what to do.
public typealias OptimizerError = StructuredError<OptimizerErrorKind>

/// The kinds of ``OptimizerError``.
public enum OptimizerErrorKind: String, ErrorKind {
  /// An option outside its range.
  case invalidOption
  /// A gradient or a saved state of another shape than its parameter, or a state that is missing.
  case stateMismatch
}
