import Foundation
import Support

/// A zip archive open for reading: stored and deflated files, zip64 included.
///
/// The directory is checked when the archive is opened and bytes when they are read. Whatever the archive claims,
/// memory stays within the limits and nothing is written anywhere. Names that lead out of the archive, files that
/// share bytes and sizes that cannot be are refused.
package struct ZipArchive: Sendable {
  /// The files, in the order of the directory.
  package let entries: [ZipEntry]
  package let limits: ZipLimits
  package let source: ByteSource
  private let indices: [String: Int]

  /// Opens a file.
  /// - Throws: `ZipError`.
  package init(contentsOf url: URL, limits: ZipLimits = ZipLimits()) throws {
    try self.init(source: ByteSource(contentsOf: url), limits: limits)
  }

  /// Opens an archive in memory.
  /// - Throws: `ZipError`.
  package init(data: Data, limits: ZipLimits = ZipLimits()) throws {
    try self.init(source: ByteSource(data), limits: limits)
  }

  private init(source: ByteSource, limits: ZipLimits) throws {
    self.source = source
    self.limits = limits
    entries = try ZipDirectory.entries(of: source, limits: limits)
    indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
  }

  /// The file of this name, or `nil`.
  package subscript(name: String) -> ZipEntry? { indices[name].map { entries[$0] } }

  /// The file of this name.
  /// - Throws: `ZipError` of kind `missingEntry`.
  package func entry(_ name: String) throws -> ZipEntry {
    if let entry = self[name] { return entry }
    let names = entries.prefix(12).map(\.name).joined(separator: ", ")
    throw ZipError(
      .missingEntry, expected: "\(name) in the archive",
      received: entries.isEmpty ? "an empty one" : names + (entries.count > 12 ? ", …" : ""),
      remedy: "Is this the right archive?")
  }

  /// The bytes of a file.
  /// - Parameter limit: refuse more bytes than this.
  /// - Throws: `ZipError`.
  package func data(_ name: String, limit: Int = .max) throws -> Data {
    let entry = try entry(name)
    // Only so much is set aside before the bytes prove to be there.
    var result = Data(capacity: min(entry.byteCount, limit, max(entry.range.count * 4, 1 << 16)))
    try read(entry, limit: limit) { result.append(contentsOf: $0) }
    return result
  }

  /// Hands the bytes of a file to `body` piece by piece; the checksum is known only after the last.
  /// - Throws: `ZipError`, or what `body` throws.
  package func read(
    _ entry: ZipEntry, limit: Int = .max, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let most = min(limit, limits.entryBytes)
    guard entry.byteCount <= most else {
      throw ZipError(
        .tooLarge, expected: "at most \(most) bytes in \(entry.name)", received: "\(entry.byteCount)",
        remedy: "This is no archive of the expected kind.")
    }
    var sum: UInt32 = 0
    var count = 0
    func take(_ bytes: UnsafeRawBufferPointer) throws {
      count += bytes.count
      guard count <= entry.byteCount else {
        throw ZipError.corrupt("\(entry.byteCount) bytes in \(entry.name)", received: "more")
      }
      sum = Deflate.checksum(bytes, after: sum)
      try body(bytes)
    }
    switch entry.compression {
    case .stored: try pieces(of: entry, take)
    case .deflated:
      do {
        var inflater = try Inflater(.raw)
        try pieces(of: entry) { try inflater.feed($0, take) }
        try inflater.finish()
      } catch let error as DeflateError {
        throw ZipError(error, in: entry.name)
      }
    }
    guard count == entry.byteCount else {
      throw ZipError.corrupt("\(entry.byteCount) bytes in \(entry.name)", received: "\(count)")
    }
    guard sum == entry.checksum else {
      throw ZipError(
        .checksum, expected: "the checksum of \(entry.name)", received: "another one",
        remedy: ZipError.fetchAgain)
    }
  }

  private func pieces(of entry: ZipEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var offset = entry.range.lowerBound
    while offset < entry.range.upperBound {
      let next = min(offset + (1 << 18), entry.range.upperBound)
      try source.bytes(offset..<next).withUnsafeBytes(body)
      offset = next
    }
  }
}
