/// Reads the header's JSON. It knows only the grammar of this one object and does not recurse, so no input,
/// however deeply nested, long or wrong, can do more than make it throw.
struct HeaderParser {
  private let bytes: [UInt8]
  private var position = 0

  static func parse(_ bytes: [UInt8]) throws -> Header {
    var parser = HeaderParser(bytes: bytes)
    return try parser.header()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  // MARK: Grammar of the header

  private mutating func header() throws -> Header {
    guard bytes.first == UInt8(ascii: "{") else { throw unexpected("a header that begins with {") }
    var items: [Header.Item] = []
    var metadata: [String: String]?
    var names: Set<String> = []
    try object { parser, name in
      guard names.insert(name).inserted else { throw Self.duplicate(name) }
      if name == Header.metadataKey {
        metadata = try parser.metadata()
      } else {
        items.append(try parser.item(name))
      }
    }
    skipSpace()
    guard position == bytes.count else { throw unexpected("the end of the header") }
    return Header(items: items, metadata: metadata ?? [:])
  }

  private mutating func metadata() throws -> [String: String] {
    var metadata: [String: String] = [:]
    try object { parser, key in
      guard metadata.updateValue(try parser.string(), forKey: key) == nil else { throw Self.duplicate(key) }
    }
    return metadata
  }

  private mutating func item(_ name: String) throws -> Header.Item {
    var elementType: SafeTensorsElementType?
    var shape: [Int]?
    var offsets: [Int]?
    try object { parser, key in
      let isRepeated: Bool
      switch key {
      case "dtype":
        isRepeated = elementType != nil
        elementType = try parser.elementType(of: name)
      case "shape":
        isRepeated = shape != nil
        shape = try parser.integers()
      case "data_offsets":
        isRepeated = offsets != nil
        offsets = try parser.integers()
      default: throw parser.unexpected("dtype, shape or data_offsets for \(Self.shortened(name))")
      }
      if isRepeated { throw Self.duplicate(key) }
    }
    guard let elementType, let shape, let offsets else {
      throw SafeTensorsError.malformed(
        "dtype, shape and data_offsets for \(Self.shortened(name))", received: "only some of them")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw SafeTensorsError(
        .dataOffsets, expected: "a begin and an end for \(Self.shortened(name))",
        received: "\(offsets.prefix(4))", remedy: SafeTensorsError.fetchAgain)
    }
    return Header.Item(name: name, elementType: elementType, shape: shape, offsets: offsets[0]..<offsets[1])
  }

  private mutating func elementType(of name: String) throws -> SafeTensorsElementType {
    let text = try string()
    guard let elementType = SafeTensorsElementType(rawValue: text) else {
      let known = SafeTensorsElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw SafeTensorsError(
        .unknownElementType, expected: "one of \(known)",
        received: "\(Self.shortened(text)) for \(Self.shortened(name))",
        remedy: "Convert the tensor to one of these types.")
    }
    return elementType
  }

  // MARK: JSON

  private mutating func object(_ member: (inout Self, String) throws -> Void) throws {
    try expect("{")
    if consume("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while consume(",")
    try expect("}")
  }

  private mutating func integers() throws -> [Int] {
    var values: [Int] = []
    try expect("[")
    if consume("]") { return values }
    repeat { values.append(try integer()) } while consume(",")
    try expect("]")
    return values
  }

  /// A whole number ≥ 0, without sign, fraction, exponent or leading zero.
  private mutating func integer() throws -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
      guard !overflow, !carry else {
        throw SafeTensorsError(
          .shape, expected: "a whole number that fits an integer", received: excerpt(from: start),
          remedy: SafeTensorsError.fetchAgain)
      }
      value = sum
      position += 1
    }
    guard position > start, position == start + 1 || bytes[start] != UInt8(ascii: "0") else {
      position = start
      throw unexpected("a whole number ≥ 0")
    }
    return value
  }

  private mutating func string() throws -> String {
    try expect("\"")
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw SafeTensorsError.malformed("UTF-8 text", received: "other bytes before byte \(position)")
        }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &text)
      case 0..<0x20: throw unexpected("an escaped control character")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw unexpected("the end of a string")
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    guard position < bytes.count else { throw unexpected("an escape sequence") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): try unicodeEscape(into: &text)
    default:
      position -= 1
      throw unexpected("an escape sequence of JSON")
    }
  }

  private mutating func unicodeEscape(into text: inout [UInt8]) throws {
    var value = try codeUnit()
    if (0xd800..<0xdc00).contains(value), bytes[position...].starts(with: "\\u".utf8) {
      position += 2
      let low = try codeUnit()
      guard (0xdc00..<0xe000).contains(low) else { throw unexpected("the second half of a surrogate pair") }
      value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
    }
    // A lone half of a surrogate pair is no character.
    guard let scalar = Unicode.Scalar(value) else { throw unexpected("a whole character") }
    text += Array(String(Character(scalar)).utf8)
  }

  private mutating func codeUnit() throws -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw unexpected("four hexadecimal digits") }
    position += 4
    return value
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  private mutating func consume(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard consume(character) else { throw unexpected(String(character)) }
  }

  // MARK: Messages

  private func unexpected(_ expected: String) -> SafeTensorsError {
    .malformed("\(expected) at byte \(position) of the header", received: excerpt(from: position))
  }

  /// What stands at `start`, short and printable: the bytes may be anything.
  private func excerpt(from start: Int) -> String {
    guard start < bytes.count else { return "its end" }
    let text = bytes[start...].prefix(24).map { byte -> Character in
      (0x20..<0x7f).contains(byte) ? Character(Unicode.Scalar(byte)) : "·"
    }
    return "‘" + String(text) + "’"
  }

  private static func shortened(_ name: String) -> String {
    name.utf8.count <= 80 ? name : String(decoding: name.utf8.prefix(80), as: UTF8.self) + "…"
  }

  private static func duplicate(_ name: String) -> SafeTensorsError {
    SafeTensorsError(
      .duplicateName, expected: "every name once", received: "\(shortened(name)) again",
      remedy: SafeTensorsError.fetchAgain)
  }
}
