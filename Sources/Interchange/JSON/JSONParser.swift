import Foundation

extension JSONValue {
  /// Reads one JSON value. Depth and the number of values are limited, so that memory stays a small multiple of
  /// the text.
  ///
  /// - Parameter place: the file, for errors.
  /// - Throws: `InterchangeError` of kind `malformed`.
  public init(parsing text: Data, in place: String) throws {
    var parser = JSONParser(bytes: [UInt8](text), place: place)
    self = try parser.document()
  }
}

/// A recursive-descent parser of JSON, with Python's `NaN` and `Infinity`.
struct JSONParser {
  private static let maximumDepth = 200

  private let bytes: [UInt8]
  private let place: String
  private var position = 0

  init(bytes: [UInt8], place: String) {
    self.bytes = bytes
    self.place = place
  }

  mutating func document() throws -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw fail("nothing after the value") }
    return value
  }

  private mutating func value(depth: Int) throws -> JSONValue {
    guard depth < Self.maximumDepth else { throw fail("at most \(Self.maximumDepth) levels") }
    skipSpace()
    guard let next = peek else { throw fail("a value") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      for (word, value) in Self.words where bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw fail("a value")
    }
  }

  private static let words: [(String, JSONValue)] = [
    ("true", true), ("false", false), ("null", nil), ("NaN", .number(.nan)), ("Infinity", .number(.infinity)),
  ]

  private mutating func object(depth: Int) throws -> JSONValue {
    position += 1
    var members: [String: JSONValue] = [:]
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw fail("a name") }
      let name = try string()
      guard take(":") else { throw fail("a colon") }
      guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
        throw fail("every name once, not \"\(name.prefix(40))\" again")
      }
    } while take(",")
    guard take("}") else { throw fail("a comma or a closing brace") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    if take("]") { return .array(elements) }
    repeat { elements.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw fail("a comma or a closing bracket") }
    return .array(elements)
  }

  private mutating func number() throws -> JSONValue {
    let start = position
    if bytes[position...].starts(with: "-Infinity".utf8) {
      position += 9
      return .number(-.infinity)
    }
    var isInteger = true
    while let next = peek, Self.numberBytes.contains(next) {
      if [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(next) { isInteger = false }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard text.utf8.count < 400, let last = text.utf8.last,
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(last),
      let value = Double(text)
    else { throw fail("a number", at: start) }
    return .number(value)
  }

  private static let numberBytes = Set("0123456789+-.eE".utf8)

  private mutating func string() throws -> String {
    position += 1
    var text: [UInt8] = []
    while let next = peek {
      position += 1
      switch next {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else { throw fail("UTF-8") }
        return result
      case UInt8(ascii: "\\"): text.append(contentsOf: try escape().utf8)
      case 0..<0x20: throw fail("a string without control characters")
      default: text.append(next)
      }
    }
    throw fail("the end of a string")
  }

  private mutating func escape() throws -> String {
    guard let next = peek else { throw fail("an escape") }
    position += 1
    switch next {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(Unicode.Scalar(next))
    case UInt8(ascii: "u"):
      var units = [try hexadecimal()]
      if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: "\\u".utf8) {
        position += 2
        units.append(try hexadecimal())
      }
      guard let text = String(validating: units, as: UTF16.self) else { throw fail("a character") }
      return text
    default: throw fail("an escape")
    }
  }

  private mutating func hexadecimal() throws -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Self.hexadecimalBytes.contains($0) }),
      let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fail("four hexadecimal digits") }
    position += 4
    return value
  }

  private static let hexadecimalBytes = Set("0123456789abcdefABCDEF".utf8)

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let next = peek, [0x20, 0x0a, 0x0d, 0x09].contains(next) { position += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard peek == character.asciiValue else { return false }
    position += 1
    return true
  }

  private func fail(_ expected: String, at position: Int? = nil) -> InterchangeError {
    let position = min(position ?? self.position, bytes.count)
    let rest = String(decoding: bytes[position...].prefix(24), as: UTF8.self)
    return InterchangeError(
      .malformed, in: place, expected: "\(expected) at byte \(position) of the JSON",
      received: rest.isEmpty ? "its end" : "“\(rest)”",
      remedy: "The file is damaged: fetch or write it again.")
  }
}
