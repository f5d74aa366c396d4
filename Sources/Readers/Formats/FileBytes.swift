import CZlib
import Foundation

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
    var stream = z_stream()
    // 15 bits of window, and 16 for the gzip header.
    guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw DataError(
        .corrupt, file: file, expected: "zlib to start", received: "an error", remedy: "Free memory.")
    }
    defer { inflateEnd(&stream) }
    var result = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var status = Z_OK
    var rest = bytes
    repeat {
      let part = rest.prefix(1 << 24)
      rest = rest.dropFirst(part.count)
      try part.withUnsafeBytes { input in
        stream.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(input.count)
        repeat {
          if status == Z_STREAM_END { inflateReset(&stream) }
          buffer.withUnsafeMutableBufferPointer { out in
            stream.next_out = out.baseAddress
            stream.avail_out = UInt32(out.count)
            status = inflate(&stream, Z_NO_FLUSH)
          }
          result.append(contentsOf: buffer[..<(buffer.count - Int(stream.avail_out))])
          guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR,
            result.count <= maximumCount
          else {
            throw DataError(
              .corrupt, file: file, expected: "gzip data of at most \(maximumCount) bytes",
              received: "bytes that zlib cannot unpack (code \(status))",
              remedy: "The file is damaged: fetch it again.")
          }
        } while stream.avail_in > 0 || stream.avail_out == 0
      }
    } while !rest.isEmpty
    guard status == Z_STREAM_END else {
      throw DataError(
        .corrupt, file: file, expected: "the end of the gzip data", received: "data that break off",
        remedy: "The file is truncated: fetch it again.")
    }
    return result
  }

  private static func unreadable(_ url: URL, _ reason: String) -> DataError {
    DataError(
      .notFound, file: url.path, expected: "a file that can be read", received: reason,
      remedy: "Check the path and its permissions.")
  }
}
