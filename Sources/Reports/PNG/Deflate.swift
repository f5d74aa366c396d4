import CZlib
import Foundation

enum Zlib {
  /// `bytes` as a zlib stream (RFC 1950), compressed as small as zlib can.
  static func deflate(_ bytes: [UInt8]) throws(ReportError) -> [UInt8] {
    var size = compressBound(uLong(bytes.count))
    var compressed = [UInt8](repeating: 0, count: Int(size))
    let status = compress2(&compressed, &size, bytes, uLong(bytes.count), Z_BEST_COMPRESSION)
    guard status == Z_OK else {
      throw ReportError(
        expected: "zlib to compress \(bytes.count) bytes", received: "status \(status)",
        remedy: "Free some memory and write the report again.")
    }
    return Array(compressed.prefix(Int(size)))
  }

  /// CRC-32 of a PNG chunk's type and data.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32(0, bytes, uInt(bytes.count)))
  }
}
