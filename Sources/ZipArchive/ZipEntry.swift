/// A file in an archive.
package struct ZipEntry: Hashable, Sendable {
  /// How the bytes are stored.
  package enum Compression: UInt16, Hashable, Sendable {
    case stored = 0
    case deflated = 8
  }

  /// The path inside the archive: relative, without `..`, parts separated by `/`.
  package let name: String
  package let compression: Compression
  /// Bytes of the file itself, as the directory claims; checked against the limits when read.
  package let byteCount: Int
  /// Where the stored bytes lie in the archive.
  package let range: Range<Int>
  let checksum: UInt32
}

/// How much of an archive is believed.
package struct ZipLimits: Hashable, Sendable {
  /// Files in the archive.
  package var entries: Int
  /// Bytes of the directory that lists them.
  package var directoryBytes: Int
  /// Bytes of any single file, unpacked.
  package var entryBytes: Int

  package init(entries: Int = 10_000, directoryBytes: Int = 1 << 24, entryBytes: Int = 1 << 34) {
    self.entries = entries
    self.directoryBytes = directoryBytes
    self.entryBytes = entryBytes
  }
}
