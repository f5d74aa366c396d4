import Foundation
import ZipArchive

/// A classic NetCDF file: formats 1 (classic), 2 (64-bit offset) and 5 (64-bit data). Numbers are read where they lie.
///
/// Source: Unidata, "NetCDF Classic Format Specification".
struct ClassicNetCDF: NetCDFStore {
  let file: String
  let variables: [NetCDFVariable]
  private let layouts: [String: Layout]
  private let bytes: ByteSource

  private struct Layout {
    let type: ElementType
    let begin: Int
    /// Bytes from one record to the next, for variables with the unlimited dimension.
    let recordStride: Int?
  }

  private enum ElementType: Int {
    case byte = 1
    case char = 2
    case short = 3
    case int = 4
    case float = 5
    case double = 6
    case unsignedByte = 7
    case unsignedShort = 8
    case unsignedInt = 9
    case int64 = 10
    case unsignedInt64 = 11

    var size: Int {
      switch self {
      case .byte, .char, .unsignedByte: 1
      case .short, .unsignedShort: 2
      case .int, .float, .unsignedInt: 4
      case .double, .int64, .unsignedInt64: 8
      }
    }
  }

  /// The longest header that is believed, and the most dimensions, attributes and variables in it.
  private static let maximumHeader = 1 << 24
  private static let maximumCount = 1 << 16

  init(_ url: URL) throws {
    let bytes = try numPyErrors(url) { try ByteSource(contentsOf: url) }
    try self.init(bytes, file: url.path)
  }

  init(_ data: Data, file: String) throws { try self.init(ByteSource(data), file: file) }

  private init(_ bytes: ByteSource, file: String) throws {
    self.bytes = bytes
    self.file = file
    let head = try numPyErrors(URL(fileURLWithPath: file)) {
      try bytes.bytes(0..<min(bytes.count, Self.maximumHeader))
    }
    var header = HeaderParser(ByteParser(head, file: file))
    (variables, layouts) = try header.parse(fileCount: bytes.count)
  }

  func floats(_ variable: NetCDFVariable, leading: [Int]) throws -> [Float] {
    try read(variable, leading) { Float($0) }
  }

  func doubles(_ variable: NetCDFVariable) throws -> [Double] { try read(variable, []) { $0 } }

  private func read<Element>(
    _ variable: NetCDFVariable, _ leading: [Int], _ convert: (Double) -> Element
  ) throws -> [Element] {
    guard let layout = layouts[variable.name], leading.count <= variable.shape.count,
      zip(leading, variable.shape).allSatisfy({ $0 >= 0 && $0 < $1 })
    else { throw outside(variable) }
    let size = layout.type.size
    if let stride = layout.recordStride {
      let inner = variable.shape.dropFirst().reduce(1, *)
      if leading.isEmpty {
        return try (0..<variable.shape[0]).flatMap {
          try run(layout, layout.begin + $0 * stride, inner, convert)
        }
      }
      let part = variable.shape.dropFirst(leading.count).reduce(1, *)
      let place = zip(leading, variable.shape).dropFirst().reduce(0) { $0 * $1.1 + $1.0 } * part
      return try run(layout, layout.begin + leading[0] * stride + place * size, part, convert)
    }
    let part = variable.shape.dropFirst(leading.count).reduce(1, *)
    let place = zip(leading, variable.shape).reduce(0) { $0 * $1.1 + $1.0 } * part
    return try run(layout, layout.begin + place * size, part, convert)
  }

  private func run<Element>(
    _ layout: Layout, _ start: Int, _ count: Int, _ convert: (Double) -> Element
  ) throws -> [Element] {
    let size = layout.type.size
    guard start >= 0, start <= bytes.count, count * size <= bytes.count - start else {
      throw DataError(
        .corrupt, file: file, expected: "\(count) numbers from byte \(start) on",
        received: "the end of the file after \(bytes.count) bytes",
        remedy: "The file is truncated: fetch it again.")
    }
    let data = try numPyErrors(URL(fileURLWithPath: file)) { try bytes.bytes(start..<start + count * size) }
    return data.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> [Element] in
      func number<Stored: FixedWidthInteger>(_ index: Int, _: Stored.Type) -> Stored {
        Stored(bigEndian: raw.loadUnaligned(fromByteOffset: index * size, as: Stored.self))
      }
      return (0..<count).map { index in
        switch layout.type {
        case .byte: convert(Double(Int8(bitPattern: raw[index])))
        case .char, .unsignedByte: convert(Double(raw[index]))
        case .short: convert(Double(number(index, Int16.self)))
        case .unsignedShort: convert(Double(number(index, UInt16.self)))
        case .int: convert(Double(number(index, Int32.self)))
        case .unsignedInt: convert(Double(number(index, UInt32.self)))
        case .float: convert(Double(Float(bitPattern: number(index, UInt32.self))))
        case .double: convert(Double(bitPattern: number(index, UInt64.self)))
        case .int64: convert(Double(number(index, Int64.self)))
        case .unsignedInt64: convert(Double(number(index, UInt64.self)))
        }
      }
    }
  }

  private func outside(_ variable: NetCDFVariable) -> DataError {
    DataError(
      .wrongShape, file: file, expected: "indices within \(variable.shape) of \(variable.name)",
      received: "others", remedy: "Ask for what the file has.")
  }

  // MARK: The header

  private struct HeaderParser {
    var parser: ByteParser
    /// Bytes of a count, and of an offset.
    var countSize = 4
    var offsetSize = 4

    init(_ parser: ByteParser) { self.parser = parser }

    mutating func parse(fileCount: Int) throws -> ([NetCDFVariable], [String: Layout]) {
      guard parser.remaining >= 4, try parser.take(3).elementsEqual("CDF".utf8) else {
        throw parser.foreign("a classic NetCDF file")
      }
      let version = try parser.byte()
      switch version {
      case 1: break
      case 2: offsetSize = 8
      case 5: (countSize, offsetSize) = (8, 8)
      default: throw parser.corrupt("version 1, 2 or 5", received: "\(version)")
      }
      let records = try count(limit: Int.max)
      let dimensions = try list(10) { parser in (try parser.name(), try parser.count(limit: 1 << 40)) }
      _ = try list(12) { parser in try parser.attribute() }
      let found = try list(11) { parser in try parser.variable(dimensions.map(\.1)) }
      return try layOut(found, dimensions, records: records, fileCount: fileCount)
    }

    private struct Found {
      let name: String
      let dimensions: [Int]
      let attributes: [String: NetCDFAttribute]
      let type: ElementType
      let begin: Int
    }

    private mutating func layOut(
      _ found: [Found], _ dimensions: [(String, Int)], records: Int, fileCount: Int
    ) throws -> ([NetCDFVariable], [String: Layout]) {
      func isRecord(_ variable: Found) -> Bool {
        variable.dimensions.first.map { dimensions[$0].1 == 0 } ?? false
      }
      func recordBytes(_ variable: Found) throws -> Int {
        var total = variable.type.size
        for dimension in variable.dimensions.dropFirst() {
          let (product, overflows) = total.multipliedReportingOverflow(by: dimensions[dimension].1)
          guard !overflows, product <= 1 << 48 else {
            throw parser.corrupt("a size that fits memory", received: "more")
          }
          total = product
        }
        return total
      }
      let recorded = try found.filter(isRecord).map(recordBytes)
      // Records are padded to 4 bytes each, but for a single variable of small numbers.
      let stride = recorded.count == 1 ? recorded[0] : recorded.reduce(0) { $0 + ($1 + 3) / 4 * 4 }
      // A file still being written states no number of records.
      let starts = found.filter(isRecord).map(\.begin)
      let first = starts.min() ?? fileCount
      let stated = countSize == 4 ? records == Int(UInt32.max) : records < 0
      let count = stated ? max(0, fileCount - first) / max(stride, 1) : records
      guard count >= 0, count <= 1 << 40 else {
        throw parser.corrupt("a number of records", received: "\(records)")
      }
      var variables: [NetCDFVariable] = []
      var layouts: [String: Layout] = [:]
      for variable in found {
        let shape = variable.dimensions.enumerated().map { axis, dimension in
          axis == 0 && isRecord(variable) ? count : dimensions[dimension].1
        }
        var total = variable.type.size
        for length in shape {
          let (product, overflows) = total.multipliedReportingOverflow(by: length)
          guard !overflows, product <= 1 << 48 else {
            throw parser.corrupt("a size that fits memory", received: "more")
          }
          total = product
        }
        guard layouts[variable.name] == nil else {
          throw parser.corrupt("each name once", received: variable.name)
        }
        layouts[variable.name] = Layout(
          type: variable.type, begin: variable.begin, recordStride: isRecord(variable) ? stride : nil)
        let isUnsigned = if case .text("true")? = variable.attributes["_Unsigned"] { true } else { false }
        variables.append(
          NetCDFVariable(
            name: variable.name, dimensions: variable.dimensions.map { dimensions[$0].0 }, shape: shape,
            isByte: variable.type == .unsignedByte || (variable.type == .byte && isUnsigned),
            attributes: variable.attributes))
      }
      return (variables, layouts)
    }

    private mutating func list<Item>(
      _ tag: Int, _ item: (inout HeaderParser) throws -> Item
    ) throws -> [Item] {
      let found = try parser.bigEndian(4)
      let number = try count(limit: ClassicNetCDF.maximumCount)
      guard found == tag || (found == 0 && number == 0) else {
        throw parser.corrupt("the list \(tag) of the header", received: "the tag \(found)")
      }
      return try (0..<number).map { _ in try item(&self) }
    }

    mutating func count(limit: Int) throws -> Int {
      let value = try parser.take(countSize).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let number = Int(truncatingIfNeeded: value)
      guard number <= limit, limit == Int.max || number >= 0 else {
        throw parser.corrupt("at most \(limit)", received: "\(value)")
      }
      return number
    }

    mutating func name() throws -> String {
      let length = try count(limit: 1 << 12)
      let text = String(decoding: try parser.take(length), as: UTF8.self)
      try pad(length)
      return text
    }

    private mutating func pad(_ length: Int) throws { _ = try parser.take((4 - length % 4) % 4) }

    mutating func attribute() throws -> (String, NetCDFAttribute) {
      let name = try name()
      let type = try elementType()
      let number = try count(limit: 1 << 20)
      let bytes = Array(try parser.take(number * type.size))
      try pad(bytes.count)
      if type == .char { return (name, .text(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))) }
      return (
        name, .numbers((0..<number).map { Self.number(bytes[$0 * type.size..<($0 + 1) * type.size], type) })
      )
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ type: ElementType) -> Double {
      let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return switch type {
      case .byte: Double(Int8(truncatingIfNeeded: value))
      case .short: Double(Int16(truncatingIfNeeded: value))
      case .int: Double(Int32(truncatingIfNeeded: value))
      case .int64: Double(Int64(truncatingIfNeeded: value))
      case .float: Double(Float(bitPattern: UInt32(truncatingIfNeeded: value)))
      case .double: Double(bitPattern: value)
      default: Double(value)
      }
    }

    private mutating func elementType() throws -> ElementType {
      let code = try parser.bigEndian(4)
      guard let type = ElementType(rawValue: code) else {
        throw parser.corrupt("a type from 1 to 11", received: "\(code)")
      }
      return type
    }

    private mutating func variable(_ dimensions: [Int]) throws -> Found {
      let name = try name()
      let rank = try count(limit: 32)
      let axes = try (0..<rank).map { _ in
        let axis = try count(limit: ClassicNetCDF.maximumCount)
        guard dimensions.indices.contains(axis) else {
          throw parser.corrupt("one of \(dimensions.count) dimensions", received: "number \(axis)")
        }
        return axis
      }
      guard axes.dropFirst().allSatisfy({ dimensions[$0] > 0 }) else {
        throw parser.corrupt("the unlimited dimension first in \(name)", received: "elsewhere")
      }
      let attributes = try list(12) { parser in try parser.attribute() }
      let type = try elementType()
      _ = try parser.take(countSize)
      let begin = try parser.take(offsetSize).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard begin <= UInt64(1) << 48 else {
        throw parser.corrupt("an offset within the file", received: "\(begin)")
      }
      return Found(
        name: name, dimensions: axes,
        attributes: Dictionary(attributes, uniquingKeysWith: { first, _ in first }),
        type: type, begin: Int(begin))
    }
  }
}
