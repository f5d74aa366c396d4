import Foundation

/// Bytes that are read range by range: a file or memory. A file is read with `pread`, not mapped: one that is
/// cut short meanwhile gives an error and no bus error.
package final class ByteSource: Sendable {
  private enum Place: Sendable {
    case memory(Data)
    case file(descriptor: Int32, path: String)
  }

  private let place: Place
  /// How many bytes there are.
  package let count: Int

  package init(_ data: Data) {
    place = .memory(data)
    count = data.count
  }

  /// Opens a regular file.
  /// - Throws: `ZipError` of kind `unreadable`.
  package init(contentsOf url: URL) throws {
    // Opening a pipe would wait for its writer: O_NONBLOCK lets the check below come first.
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.unreadable(url.path, String(cString: strerror(errno))) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Self.unreadable(url.path, "something that is no regular file")
    }
    place = .file(descriptor: descriptor, path: url.path)
    count = Int(status.st_size)
  }

  deinit {
    if case .file(let descriptor, _) = place { close(descriptor) }
  }

  /// The bytes of a range that lies within `0..<count`.
  package func bytes(_ range: Range<Int>) throws -> Data {
    if case .memory(let data) = place {
      return data.subdata(in: data.startIndex + range.lowerBound..<data.startIndex + range.upperBound)
    }
    var result = Data(count: range.count)
    try result.withUnsafeMutableBytes { try read(into: $0, from: range.lowerBound) }
    return result
  }

  /// Fills a buffer with the bytes from `offset` on.
  package func read(into buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws {
    guard !buffer.isEmpty else { return }
    switch place {
    case .memory(let data):
      let start = data.startIndex + offset
      data.copyBytes(to: buffer, from: start..<start + buffer.count)
    case .file(let descriptor, let path):
      var done = 0
      while done < buffer.count {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
        let got = pread(descriptor, part.baseAddress, part.count, off_t(offset + done))
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else {
          throw Self.unreadable(
            path, got == 0 ? "a file that got shorter while being read" : String(cString: strerror(errno)))
        }
        done += got
      }
    }
  }

  private static func unreadable(_ path: String, _ received: String) -> ZipError {
    ZipError(
      .unreadable, expected: "a readable file at \(path)", received: received,
      remedy: "Check the path and the permissions.")
  }
}

extension Data {
  /// A little-endian number at a distance from the start; the bytes must be there.
  package func number<Integer: FixedWidthInteger>(_: Integer.Type, at offset: Int) -> Integer {
    withUnsafeBytes { Integer(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Integer.self)) }
  }

  /// Appends a number, little endian.
  package mutating func append<Integer: FixedWidthInteger>(number: Integer) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
