import Support

/// Why a comparison cannot be made as it was asked for.
public typealias ComparisonError = StructuredError<ComparisonErrorKind>

/// The kinds of ``ComparisonError``.
public enum ComparisonErrorKind: String, DefaultedErrorKind {
  /// Data, options or a folder that no comparison can be made with.
  case impossible

  public static var standard: Self { .impossible }
}
