/// Why a file could not be written.
package typealias FileError = StructuredError<FileErrorKind>

/// The kinds of a `FileError`.
package enum FileErrorKind: String, ErrorKind {
  /// What stood under the file's name before is untouched.
  case unwritable
}
