import Support

/// Why an archive or a file in it could not be read or written: what was expected, what came, what to do.
package typealias ZipError = StructuredError<ZipErrorKind>

/// The kinds of ``ZipError``.
package enum ZipErrorKind: String, ErrorKind, CaseIterable {
  /// The file is missing, not a regular file, or the system refused to read it.
  case unreadable
  /// There is no archive in the bytes.
  case notAnArchive
  /// The archive's directory or one of its files contradicts itself.
  case corrupt
  /// The archive uses something this reader does not have: encryption, another compression, several disks.
  case unsupported
  /// A name that would lead out of the archive, is empty or no text.
  case badName
  /// Two files share a name.
  case duplicateName
  /// Two files share bytes, as zip bombs do.
  case overlap
  /// More files or bytes than the limits allow.
  case tooLarge
  /// The bytes do not add up to the checksum.
  case checksum
  /// No file of the requested name is in the archive.
  case missingEntry
  /// The archive could not be written.
  case unwritable

  package static var usualPlace: String? { "zip" }
}

extension ZipError {
  static var fetchAgain: String { "The archive is truncated or damaged: fetch or write it again." }

  static func corrupt(_ expected: String, received: String) -> Self {
    Self(.corrupt, expected: expected, received: received, remedy: fetchAgain)
  }
}
