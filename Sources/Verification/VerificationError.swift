import Support

/// An input the scores cannot be computed from: what was expected, what came, what to do.
public typealias VerificationError = StructuredError<VerificationErrorKind>

/// The kinds of ``VerificationError``.
public enum VerificationErrorKind: String, DefaultedErrorKind {
  /// Values, shapes or options that scores cannot be computed from.
  case invalidInput

  public static var standard: Self { .invalidInput }
}
