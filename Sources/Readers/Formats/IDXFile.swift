import Foundation

/// An array in the IDX format of the MNIST database, also gzip-compressed: big-endian numbers behind a header of
/// their type and the lengths of the axes.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", file formats.
public struct IDXFile: Sendable {
  /// How an element is stored, under the format's own code.
  public enum ElementType: UInt8, Sendable, CaseIterable {
    case unsigned8 = 0x08
    case signed8 = 0x09
    case signed16 = 0x0b
    case signed32 = 0x0c
    case float32 = 0x0d
    case float64 = 0x0e

    var byteCount: Int {
      switch self {
      case .unsigned8, .signed8: 1
      case .signed16: 2
      case .signed32, .float32: 4
      case .float64: 8
      }
    }
  }

  public let elementType: ElementType
  /// The lengths of the axes, slowest first.
  public let shape: [Int]
  private let bytes: [UInt8]

  /// Reads a file.
  ///
  /// - Throws: ``DataError`` if it is of another format, cut off or too long.
  public init(contentsOf url: URL) throws { try self.init(data: FileBytes.read(url), file: url.path) }

  /// Reads a file that is in memory (unpacked).
  ///
  /// - Throws: as ``init(contentsOf:)``.
  public init(data: Data, file: String) throws {
    var parser = ByteParser(data, file: file)
    guard try parser.bigEndian(2) == 0, let type = ElementType(rawValue: try parser.byte()) else {
      throw parser.foreign("an IDX file (two zeros and a type)")
    }
    let rank = Int(try parser.byte())
    guard (1...8).contains(rank) else { throw parser.corrupt("1 to 8 axes", received: "\(rank)") }
    var total = type.byteCount
    var shape: [Int] = []
    for _ in 0..<rank {
      let length = try parser.bigEndian(4)
      let (product, overflows) = total.multipliedReportingOverflow(by: max(length, 1))
      guard length > 0, !overflows else {
        throw parser.corrupt("axes that are not empty", received: "\(length)")
      }
      total = product
      shape.append(length)
    }
    guard parser.remaining == total else {
      throw parser.corrupt(
        "\(total) bytes for \(shape.map(String.init).joined(separator: "×")) elements",
        received: "\(parser.remaining)")
    }
    elementType = type
    self.shape = shape
    bytes = Array(try parser.take(total))
  }

  /// How many elements there are.
  public var count: Int { bytes.count / elementType.byteCount }

  /// Some of the elements, in the order of the file.
  public func floats(_ range: Range<Int>) -> [Float] {
    let size = elementType.byteCount
    return bytes.withUnsafeBytes { raw in
      func number<Stored: FixedWidthInteger>(_ index: Int, as _: Stored.Type) -> Stored {
        Stored(bigEndian: raw.loadUnaligned(fromByteOffset: index * size, as: Stored.self))
      }
      return range.map { index in
        switch elementType {
        case .unsigned8: Float(raw[index])
        case .signed8: Float(Int8(bitPattern: raw[index]))
        case .signed16: Float(number(index, as: Int16.self))
        case .signed32: Float(number(index, as: Int32.self))
        case .float32: Float(bitPattern: number(index, as: UInt32.self))
        case .float64: Float(Double(bitPattern: number(index, as: UInt64.self)))
        }
      }
    }
  }
}
