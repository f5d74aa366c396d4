/// Reads the one kind of Python literal that `.npy` headers are: a dictionary of three known keys. Nothing is
/// evaluated.
struct PythonLiteralParser {
  struct Header {
    var descriptor: String
    var isFortranOrder: Bool
    var shape: [Int]
  }

  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func header() throws -> Header {
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descriptor == nil: descriptor = try typeDescription()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try bool()
      case "shape" where shape == nil: shape = try tuple()
      default: throw fail("the keys descr, fortran_order and shape, once each")
      }
      if take(",") { continue }
      try expect("}")
      break
    }
    skipSpace()
    guard place == bytes.count else { throw fail("nothing after the dictionary") }
    guard let descriptor, let isFortranOrder, let shape else {
      throw fail("the keys descr, fortran_order and shape")
    }
    return Header(descriptor: descriptor, isFortranOrder: isFortranOrder, shape: shape)
  }

  private mutating func typeDescription() throws -> String {
    skipSpace()
    guard place < bytes.count, bytes[place] != UInt8(ascii: "[") else {
      throw NumPyError(
        .unsupportedType, expected: "plain numbers", received: "records of several fields",
        remedy: "Save each field as an array of its own.")
    }
    return try string()
  }

  private mutating func string() throws -> String {
    skipSpace()
    guard place < bytes.count, bytes[place] == UInt8(ascii: "'") || bytes[place] == UInt8(ascii: "\"") else {
      throw fail("a string")
    }
    let quote = bytes[place]
    let start = place + 1
    guard let end = bytes[start...].firstIndex(of: quote), !bytes[start..<end].contains(UInt8(ascii: "\\"))
    else { throw fail("a string without escapes, with its end") }
    place = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private mutating func bool() throws -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where bytes[place...].starts(with: word.utf8) {
      place += word.utf8.count
      return value
    }
    throw fail("True or False")
  }

  private mutating func tuple() throws -> [Int] {
    try expect("(")
    var lengths: [Int] = []
    while !take(")") {
      lengths.append(try integer())
      // Python 2 wrote long integers with an L.
      if place < bytes.count, bytes[place] == UInt8(ascii: "L") { place += 1 }
      if take(",") { continue }
      guard lengths.count > 1 else { throw fail("a comma after a single length") }
      try expect(")")
      break
    }
    return lengths
  }

  private mutating func integer() throws -> Int {
    skipSpace()
    let digits = bytes[place...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty, let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw fail("a length")
    }
    place += digits.count
    return value
  }

  private mutating func skipSpace() {
    while place < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[place]) { place += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard place < bytes.count, bytes[place] == character.asciiValue else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ character: Character) throws {
    guard take(character) else { throw fail("“\(character)”") }
  }

  private func fail(_ expected: String) -> NumPyError {
    let rest = String(decoding: bytes[min(place, bytes.count)...].prefix(24), as: UTF8.self)
    return .malformed(
      "\(expected) at byte \(place) of the header", received: rest.isEmpty ? "its end" : "“\(rest)”")
  }
}
