import Support

/// Why a comparison cannot be made as it was asked for.
package typealias ComparisonError = StructuredError<ComparisonErrorKind>

/// The kinds of ``ComparisonError``.
package enum ComparisonErrorKind: String, DefaultedErrorKind {
  /// Data, options or a folder that no comparison can be made with.
  case impossible

  package static var standard: Self { .impossible }
}
