/// The JSON header: metadata, and for every tensor its type, shape and place in the data that follow.
struct Header {
  struct Item {
    var name: String
    var elementType: SafeTensorsElementType
    var shape: [Int]
    /// Bytes, counted from the end of the header.
    var offsets: Range<Int>
  }

  static let metadataKey = "__metadata__"
  /// The format's own limit: a header is at most 100 MB.
  static let maximumByteCount = 100_000_000
  /// The header is padded so that the data begin on a multiple of this.
  static let alignment = 8

  /// In the order of their data.
  var items: [Item]
  var metadata: [String: String]

  /// Checks that the tensors fill the data one after another, without hole or overlap, to the last byte.
  static func checkLayout(_ items: inout [Item], dataByteCount: Int) throws {
    items.sort { first, second in
      let (a, b) = (first.offsets, second.offsets)
      return (a.lowerBound, a.upperBound) < (b.lowerBound, b.upperBound)
    }
    var end = 0
    for item in items {
      let range = "\(item.offsets.lowerBound)–\(item.offsets.upperBound) of \(item.name)"
      guard let byteCount = item.elementType.byteCount(of: item.shape) else {
        throw SafeTensorsError(
          .shape, expected: "axes whose product fits an integer", received: "\(item.shape) of \(item.name)",
          remedy: SafeTensorsError.fetchAgain)
      }
      guard item.offsets.count == byteCount else {
        throw SafeTensorsError(
          .dataOffsets, expected: "\(byteCount) bytes for \(item.elementType.rawValue) \(item.shape)",
          received: "bytes \(range)", remedy: SafeTensorsError.fetchAgain)
      }
      guard item.offsets.lowerBound == end else {
        throw SafeTensorsError(
          .dataOffsets, expected: "data that go on at byte \(end), without hole or overlap",
          received: "bytes \(range)", remedy: SafeTensorsError.fetchAgain)
      }
      end = item.offsets.upperBound
      guard end <= dataByteCount else {
        throw SafeTensorsError(
          .truncated, expected: "at least \(end) bytes of data for \(item.name)",
          received: "\(dataByteCount)", remedy: SafeTensorsError.fetchAgain)
      }
    }
    guard end == dataByteCount else {
      throw SafeTensorsError(
        .dataOffsets, expected: "\(end) bytes of data", received: "\(dataByteCount)",
        remedy: SafeTensorsError.fetchAgain)
    }
  }

  /// The header's bytes, padded with spaces. Equal content gives equal bytes: metadata keys are sorted.
  func encoded() -> [UInt8] {
    var json: [UInt8] = [UInt8(ascii: "{")]
    var isFirst = true
    func key(_ name: String) {
      if !isFirst { json.append(UInt8(ascii: ",")) }
      isFirst = false
      appendJSON(name, to: &json)
      json.append(UInt8(ascii: ":"))
    }
    if !metadata.isEmpty {
      key(Self.metadataKey)
      json.append(UInt8(ascii: "{"))
      isFirst = true
      for (name, value) in metadata.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        key(name)
        appendJSON(value, to: &json)
      }
      json.append(UInt8(ascii: "}"))
      isFirst = false
    }
    for item in items {
      key(item.name)
      let shape = item.shape.map(String.init).joined(separator: ",")
      let offsets = "\(item.offsets.lowerBound),\(item.offsets.upperBound)"
      let type = item.elementType.rawValue
      json += #"{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[\#(offsets)]}"#.utf8
    }
    json.append(UInt8(ascii: "}"))
    while !json.count.isMultiple(of: Self.alignment) { json.append(UInt8(ascii: " ")) }
    return json
  }
}

private func appendJSON(_ string: String, to json: inout [UInt8]) {
  let digits = Array("0123456789abcdef".utf8)
  json.append(UInt8(ascii: "\""))
  for byte in string.utf8 {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
    case 0..<0x20: json += [UInt8]("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    default: json.append(byte)
    }
  }
  json.append(UInt8(ascii: "\""))
}
