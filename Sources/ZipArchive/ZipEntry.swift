/// A file in an archive.
public struct ZipEntry: Hashable, Sendable {
  /// How the bytes are stored.
  public enum Compression: UInt16, Hashable, Sendable {
    case stored = 0
    case deflated = 8
  }

  /// The path inside the archive: relative, without `..`, parts separated by `/`.
  public let name: String
  public let compression: Compression
  /// Bytes of the file itself, as the directory claims; checked against the limits when read.
  public let byteCount: Int
  /// Where the stored bytes lie in the archive.
  package let range: Range<Int>
  let checksum: UInt32
}

/// How much of an archive is believed.
public struct ZipLimits: Hashable, Sendable {
  /// Files in the archive.
  public var entries: Int
  /// Bytes of the directory that lists them.
  public var directoryBytes: Int
  /// Bytes of any single file, unpacked.
  public var entryBytes: Int

  public init(entries: Int = 10_000, directoryBytes: Int = 1 << 24, entryBytes: Int = 1 << 34) {
    self.entries = entries
    self.directoryBytes = directoryBytes
    self.entryBytes = entryBytes
  }
}
