import Support

/// Why a NumPy file could not be read, used or written: what was expected, what came, what to do.
package typealias NumPyError = StructuredError<NumPyErrorKind>

/// The kinds of ``NumPyError``.
package enum NumPyErrorKind: String, ErrorKind, CaseIterable {
  /// The bytes do not start as `.npy` files do.
  case foreignFormat
  /// A version of the format that is not 1, 2 or 3.
  case unknownVersion
  /// The header is not what the format prescribes.
  case malformedHeader
  /// Elements that are no plain numbers: Python objects, records, text, dates.
  case unsupportedType
  /// A shape whose product does not fit an integer.
  case shape
  /// Fewer or more bytes than the header promises.
  case byteCount
  /// The elements are of another type than the requested one.
  case elementType
  /// No array of the requested name is in the file.
  case missingArray
  /// The file could not be written.
  case unwritable

  package static var usualPlace: String? { "npy" }
}

extension NumPyError {
  static func malformed(_ expected: String, received: String) -> Self {
    Self(
      .malformedHeader, expected: expected, received: received,
      remedy: "Is this a .npy file, and complete? Write it again with numpy.save.")
  }
}
