import Foundation
import Support

/// The bytes of whole files, unpacked where they are gzip.
enum FileBytes {
  /// The largest file, or unpacked contents, that is read into memory at once.
  static let maximumCount = 1 << 32

  /// Reads a file and unpacks it if it starts as gzip does.
  ///
  /// - Throws: ``DataError`` if it cannot be read, is too large, or its compression is damaged.
  static func read(_ url: URL) throws -> Data {
    let bytes = try raw(url)
    return isGzip(bytes) ? try inflated(bytes, file: url.path) : bytes
  }

  /// Reads a file as it is.
  static func raw(_ url: URL) throws -> Data {
    let size = try count(of: url)
    guard size <= maximumCount else {
      throw DataError(
        .wrongShape, file: url.path, expected: "at most \(maximumCount) bytes", received: "\(size)",
        remedy: "Split the file.")
    }
    do { return try Data(contentsOf: url) } catch { throw unreadable(url, error.localizedDescription) }
  }

  /// The first bytes of a file, fewer if it is shorter.
  static func prefix(_ count: Int, of url: URL) throws -> Data {
    _ = try self.count(of: url)
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      return try handle.read(upToCount: count) ?? Data()
    } catch { throw unreadable(url, error.localizedDescription) }
  }

  /// How long a regular file is.
  static func count(of url: URL) throws -> Int {
    var status = stat()
    guard stat(url.path, &status) == 0 else { throw unreadable(url, String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable(url, "something that is no file") }
    return Int(status.st_size)
  }

  static func isGzip(_ bytes: Data) -> Bool { bytes.prefix(2).elementsEqual([0x1f, 0x8b]) }

  /// The contents of a gzip file; several members follow one another.
  static func inflated(_ bytes: Data, file: String) throws -> Data {
    do {
      var inflater = try Inflater(.gzip)
      var result = Data()
      try bytes.withUnsafeBytes { bytes in
        try inflater.feed(bytes) { part in
          result.append(contentsOf: part)
          guard result.count <= maximumCount else {
            throw DataError(
              .corrupt, file: file, expected: "gzip data of at most \(maximumCount) bytes",
              received: "more of them", remedy: "Unpack the file and split it.")
          }
        }
      }
      try inflater.finish()
      return result
    } catch let error as DeflateError {
      throw damaged(error, file: file)
    }
  }

  private static func damaged(_ error: DeflateError, file: String) -> DataError {
    switch error {
    case .unavailable(let code):
      DataError(
        .corrupt, file: file, expected: "zlib to start", received: "its error \(code)",
        remedy: "Free memory.")
    case .damaged, .trailingBytes:
      DataError(
        .corrupt, file: file, expected: "gzip data", received: "bytes that zlib cannot unpack (\(error))",
        remedy: "The file is damaged: fetch it again.")
    case .truncated:
      DataError(
        .corrupt, file: file, expected: "the end of the gzip data", received: "data that break off",
        remedy: "The file is truncated: fetch it again.")
    }
  }

  private static func unreadable(_ url: URL, _ reason: String) -> DataError {
    DataError(
      .notFound, file: url.path, expected: "a file that can be read", received: reason,
      remedy: "Check the path and its permissions.")
  }
}
