import Support

/// A report, picture or chart that cannot be made: what was expected, what came, what to do.
package typealias ReportError = StructuredError<ReportErrorKind>

/// The kinds of ``ReportError``.
package enum ReportErrorKind: String, DefaultedErrorKind {
  /// Content that makes no report, or no room to make one.
  case unusable

  package static var standard: Self { .unusable }
}
