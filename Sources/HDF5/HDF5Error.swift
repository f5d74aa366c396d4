import Support

/// Why an HDF5 file could not be read or written: which file, what was expected, what came, what to do.
package typealias HDF5Error = StructuredError<HDF5ErrorKind>

/// The kinds of ``HDF5Error``.
package enum HDF5ErrorKind: String, ErrorKind, CaseIterable {
  /// There is no such file, or it may not be read.
  case notFound
  /// The file is of another format altogether.
  case foreignFormat
  /// The file is truncated or damaged.
  case corrupt
  /// A group, data set or attribute is absent.
  case missingObject
  /// Something is there but of another type.
  case wrongType
  /// Something that neither this package nor the libhdf5 at hand can undo, such as a compression.
  case unsupported
  /// Sizes beyond any reason, or more of them than the limits allow.
  case wrongShape
  /// The file points to other files, which are not followed.
  case externalData
  /// The process that read a foreign file broke off, took too long or too much memory.
  case readerFailed
  /// The file could not be written.
  case unwritable
}
