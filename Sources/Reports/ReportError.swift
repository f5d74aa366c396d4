import Support

/// A report, picture or chart that cannot be made: what was expected, what came, what to do.
public typealias ReportError = StructuredError<ReportErrorKind>

/// The kinds of ``ReportError``.
public enum ReportErrorKind: String, DefaultedErrorKind {
  /// Content that makes no report, or no room to make one.
  case unusable

  public static var standard: Self { .unusable }
}
