import Support

/// Fields that motion cannot be found in or applied to: what was expected, what came, what to do.
public typealias MotionError = StructuredError<MotionErrorKind>

/// The kinds of ``MotionError``.
public enum MotionErrorKind: String, DefaultedErrorKind {
  /// Fields, sizes or options that do not fit.
  case invalidInput

  public static var standard: Self { .invalidInput }
}
