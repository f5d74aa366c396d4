import Foundation

/// Reads a damaged or foreign file's bytes without ever going beyond their end.
struct ByteParser {
  let bytes: [UInt8]
  let file: String
  /// The next byte.
  var place = 0

  init(_ data: Data, file: String) {
    bytes = [UInt8](data)
    self.file = file
  }

  var remaining: Int { bytes.count - place }

  mutating func byte() throws -> UInt8 {
    guard place < bytes.count else { throw ended("one more byte") }
    place += 1
    return bytes[place - 1]
  }

  mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw ended("\(count) more bytes") }
    place += count
    return bytes[place - count..<place]
  }

  mutating func bigEndian(_ count: Int) throws -> Int {
    try take(count).reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func littleEndian(_ count: Int) throws -> Int {
    try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The file is too short.
  func ended(_ expected: String) -> DataError {
    corrupt(expected, received: "the end of the file after \(bytes.count) bytes")
  }

  func corrupt(_ expected: String, received: String) -> DataError {
    DataError(
      .corrupt, file: file, expected: expected, received: received,
      remedy: "The file is truncated or damaged: fetch it again.")
  }

  func foreign(_ expected: String) -> DataError {
    DataError(
      .foreignFormat, file: file, expected: expected, received: "other bytes",
      remedy: "The file is of another format than its name says.")
  }
}
