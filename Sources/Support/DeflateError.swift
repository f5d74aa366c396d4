/// Why bytes could not be compressed or unpacked. Whoever asked knows the file and says so.
package enum DeflateError: Error, Hashable, Sendable {
  /// zlib could not start, for want of memory as a rule.
  case unavailable(code: Int32)
  /// Bytes that are not what zlib writes.
  case damaged(code: Int32)
  /// Bytes that go on after the end of the compressed data.
  case trailingBytes
  /// Compressed data that break off.
  case truncated
}

/// What stands around compressed bytes.
package enum DeflateFormat: Sendable {
  /// Nothing (RFC 1951), as in zip archives.
  case raw
  /// Header and checksum of zlib (RFC 1950), as in PNG and HDF5.
  case zlib
  /// Header and checksum of gzip (RFC 1952); several members may follow one another.
  case gzip

  /// As zlib's functions take it: 15 bits of window, negative without a header, and 16 more for gzip.
  var windowBits: Int32 {
    switch self {
    case .raw: -15
    case .zlib: 15
    case .gzip: 31
    }
  }
}
