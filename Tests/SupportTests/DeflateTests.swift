import Support
import Testing

@Suite struct DeflateTests {
  private static let text = Array("sequences of images, sequences of fields, ".utf8)
  private static let long = (0..<9000).flatMap { _ in text }

  private func packed(_ bytes: [UInt8], _ format: DeflateFormat) throws -> [UInt8] {
    try bytes.withUnsafeBytes { try Deflate.packed($0, as: format) }
  }

  /// Everything in pieces of `size` bytes.
  private func unpacked(_ bytes: [UInt8], _ format: DeflateFormat, piece size: Int = 1 << 20) throws
    -> [UInt8]
  {
    var inflater = try Inflater(format)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      try bytes[start..<min(start + size, bytes.count)].withUnsafeBytes {
        try inflater.feed($0) { result.append(contentsOf: $0) }
      }
    }
    try inflater.finish()
    return result
  }

  @Test(arguments: [DeflateFormat.raw, .zlib, .gzip], [1, 7, 1 << 20])
  func everythingComesBack(format: DeflateFormat, piece: Int) throws {
    for bytes in [[], [7], Self.text, Self.long] {
      #expect(try unpacked(packed(bytes, format), format, piece: piece) == bytes)
    }
    #expect(try packed(Self.long, format).count < Self.long.count / 50)
  }

  @Test func formatsStartAsTheirStandardsSay() throws {
    #expect(try packed(Self.text, .gzip).starts(with: [0x1f, 0x8b, 8]))
    #expect(try packed(Self.text, .zlib).first == 0x78)
    // RFC 1951: one final block of fixed codes for nothing at all.
    #expect(try packed([], .raw) == [3, 0])
  }

  @Test(arguments: [1, 3, 1 << 20])
  func membersOfGzipFollowOneAnother(piece: Int) throws {
    let both = try packed(Self.long, .gzip) + packed(Self.text, .gzip)
    #expect(try unpacked(both, .gzip, piece: piece) == Self.long + Self.text)
  }

  @Test(arguments: [DeflateFormat.raw, .zlib, .gzip])
  func dataThatBreakOffAreNoticed(format: DeflateFormat) throws {
    let bytes = try packed(Self.text, format)
    for count in 0..<bytes.count {
      #expect(throws: DeflateError.truncated) { try unpacked(Array(bytes.prefix(count)), format) }
    }
  }

  @Test(arguments: [DeflateFormat.raw, .zlib])
  func bytesBehindTheEndAreRefused(format: DeflateFormat) throws {
    let bytes = try packed(Self.text, format) + [0]
    #expect(throws: DeflateError.trailingBytes) { try unpacked(bytes, format) }
    #expect(throws: DeflateError.trailingBytes) { try unpacked(bytes, format, piece: bytes.count - 1) }
  }

  @Test func damageIsNoticed() throws {
    var bytes = try packed(Self.text, .zlib)
    bytes[bytes.count - 1] ^= 1
    #expect(throws: DeflateError.damaged(code: -3)) { try unpacked(bytes, .zlib) }
    #expect(throws: DeflateError.damaged(code: -3)) { try unpacked([1, 2, 3, 4], .gzip) }
  }

  @Test func aWholeStreamUnpacksToNoMoreThanAllowed() throws {
    let bytes = try packed(Self.long, .zlib)
    #expect(try Deflate.unpacked(bytes, atMost: Self.long.count) == Self.long)
    #expect(try Deflate.unpacked(bytes, atMost: Self.long.count + 9) == Self.long)
    #expect(throws: DeflateError.self) { try Deflate.unpacked(bytes, atMost: Self.long.count - 1) }
  }

  @Test func checksumsAreThoseOfTheStandard() {
    // The check value of CRC-32.
    let digits = Array("123456789".utf8)
    #expect(digits.withUnsafeBytes { Deflate.checksum($0) } == 0xcbf4_3926)
    let first = digits[..<4].withUnsafeBytes { Deflate.checksum($0) }
    #expect(digits[4...].withUnsafeBytes { Deflate.checksum($0, after: first) } == 0xcbf4_3926)
    #expect([].withUnsafeBytes { Deflate.checksum($0) } == 0)
  }
}
