import CZlib

/// Compression and checksums of zlib.
package enum Deflate {
  /// How much work is done to make bytes small.
  package enum Effort: Sendable {
    case usual, most

    var level: Int32 { self == .usual ? Z_DEFAULT_COMPRESSION : Z_BEST_COMPRESSION }
  }

  /// Bytes as they are packed; the same for equal bytes.
  package static func packed(
    _ bytes: UnsafeRawBufferPointer, as format: DeflateFormat, effort: Effort = .usual
  ) throws(DeflateError) -> [UInt8] {
    var stream = z_stream()
    let started = deflateInit2_(
      &stream, effort.level, Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard started == Z_OK else { throw .unavailable(code: started) }
    defer { deflateEnd(&stream) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 17)
    var rest = bytes[...]
    while true {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      rest = rest.dropFirst(part.count)
      let flush = rest.isEmpty ? Z_FINISH : Z_NO_FLUSH
      stream.next_in = UnsafeMutablePointer(
        mutating: part.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(part.count)
      repeat {
        buffer.withUnsafeMutableBufferPointer { out in
          stream.next_out = out.baseAddress
          stream.avail_out = UInt32(out.count)
          _ = deflate(&stream, flush)
        }
        result.append(contentsOf: buffer[..<(buffer.count - Int(stream.avail_out))])
      } while stream.avail_out == 0
      if flush == Z_FINISH { return result }
    }
  }

  /// What bytes in zlib's own format unpack to: at most `count` bytes.
  ///
  /// - Throws: ``DeflateError/damaged(code:)`` if they break off, are not zlib's, or unpack to more.
  package static func unpacked(_ bytes: [UInt8], atMost count: Int) throws(DeflateError) -> [UInt8] {
    var code = Z_OK
    let result = [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      var length = uLongf(count)
      code = uncompress(buffer.baseAddress, &length, bytes, uLong(bytes.count))
      written = code == Z_OK ? Int(length) : 0
    }
    guard code == Z_OK else { throw .damaged(code: code) }
    return result
  }

  /// The CRC-32 of bytes, or of all bytes so far where it goes on from that of those before.
  package static func checksum(_ bytes: UnsafeRawBufferPointer, after sum: UInt32 = 0) -> UInt32 {
    var sum = uLong(sum)
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      sum = crc32(sum, piece.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(piece.count))
      rest = rest.dropFirst(piece.count)
    }
    return UInt32(truncatingIfNeeded: sum)
  }
}
