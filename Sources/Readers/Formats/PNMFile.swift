import Foundation

/// A grey or colour picture of the Netpbm family: PGM (P2, P5) and PPM (P3, P6), up to 16 bits a value.
///
/// Source: the Netpbm project, "PGM Format Specification".
struct PNMFile: Sendable {
  let width: Int
  let height: Int
  let channels: Int
  /// The number that stands for white.
  let maximum: Int
  /// Comments of the header, without `#`.
  let comments: [String]
  private let isText: Bool
  private let dataStart: Int
  private let bytes: [UInt8]
  private let file: String
  private static let maximumPixels = 1 << 26

  /// Reads the header.
  ///
  /// - Throws: ``DataError`` if it is of another format, or damaged.
  init(data: Data, file: String) throws {
    var parser = ByteParser(data, file: file)
    guard parser.remaining >= 3, try parser.byte() == UInt8(ascii: "P") else {
      throw parser.foreign("a PGM file")
    }
    let kind = try parser.byte()
    guard
      let (channels, isText) = [0x32: (1, true), 0x35: (1, false), 0x33: (3, true), 0x36: (3, false)][kind]
    else { throw parser.foreign("a PGM or PPM file (P2, P3, P5 or P6)") }
    var comments: [String] = []
    width = try Self.number(&parser, &comments)
    height = try Self.number(&parser, &comments)
    maximum = try Self.number(&parser, &comments)
    guard width > 0, height > 0, width <= Self.maximumPixels, height <= Self.maximumPixels / width,
      (1...65535).contains(maximum)
    else {
      throw parser.corrupt(
        "a size of 1 to \(Self.maximumPixels) pixels and a maximum of 1 to 65535",
        received: "\(width)×\(height), \(maximum)")
    }
    self.channels = channels
    self.isText = isText
    self.comments = comments
    dataStart = parser.place
    bytes = parser.bytes
    self.file = file
  }

  /// All values, `[height, width, channels]`.
  ///
  /// - Throws: ``DataError`` if there are fewer than the header says.
  func values() throws -> [UInt16] {
    var parser = ByteParser(Data(), file: file)
    let count = width * height * channels
    if isText {
      parser = ByteParser(Data(bytes), file: file)
      parser.place = dataStart
      var ignored: [String] = []
      return try (0..<count).map { _ in
        let value = try Self.number(&parser, &ignored, endsAtEnd: true)
        guard value <= maximum else { throw parser.corrupt("at most \(maximum)", received: "\(value)") }
        return UInt16(value)
      }
    }
    let size = maximum > 255 ? 2 : 1
    guard bytes.count - dataStart >= count * size else {
      throw parser.corrupt("\(count * size) bytes of pixels", received: "\(bytes.count - dataStart)")
    }
    return (0..<count).map { index in
      let place = dataStart + index * size
      return size == 1 ? UInt16(bytes[place]) : UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
    }
  }

  /// The next number; comments in front of it are collected, and one white space behind it is passed.
  private static func number(
    _ parser: inout ByteParser, _ comments: inout [String], endsAtEnd: Bool = false
  ) throws -> Int {
    var value: Int?
    while true {
      guard parser.remaining > 0 else {
        if let value, endsAtEnd { return value }
        throw parser.ended("a number of the header")
      }
      let byte = try parser.byte()
      switch byte {
      case UInt8(ascii: "#") where value == nil:
        var text: [UInt8] = []
        while parser.remaining > 0 {
          let next = try parser.byte()
          if next == 0x0a { break }
          text.append(next)
        }
        comments.append(String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
        guard value ?? 0 <= maximumPixels else {
          throw parser.corrupt("a small number", received: "a huge one")
        }
      case 0x20, 0x09, 0x0a, 0x0d:
        if let value { return value }
      default: throw parser.corrupt("a number in the header", received: "the byte \(byte)")
      }
    }
  }
}
