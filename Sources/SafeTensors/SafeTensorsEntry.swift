import Foundation

/// One named tensor of a safetensors file: its element type, its shape and its raw little-endian bytes.
public struct SafeTensorsEntry: Hashable, Sendable {
  public let name: String
  public let elementType: SafeTensorsElementType
  /// Axis lengths, slowest first; `[]` is a scalar.
  public let shape: [Int]
  /// The elements in row-major order, little endian; indices start at 0.
  public let bytes: Data

  /// Wraps bytes that are already laid out as the file format wants them.
  /// - Throws: `SafeTensorsError` where the bytes do not fill the shape exactly, or the name is reserved.
  public init(name: String, elementType: SafeTensorsElementType, shape: [Int], bytes: Data) throws {
    guard name != Header.metadataKey else {
      throw SafeTensorsError(
        .malformedHeader, expected: "a tensor name", received: "the reserved name \(name)",
        remedy: "Choose another name; the format keeps its metadata under this one.")
    }
    guard let byteCount = elementType.byteCount(of: shape) else {
      throw SafeTensorsError(
        .shape, expected: "axes ≥ 0 whose product fits an integer", received: "shape \(shape) of \(name)",
        remedy: "Correct the shape.")
    }
    guard bytes.count == byteCount else {
      throw SafeTensorsError(
        .shape, expected: "\(byteCount) bytes for \(name), \(elementType.rawValue) \(shape)",
        received: "\(bytes.count) bytes", remedy: "Give one element for each place of the shape.")
    }
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes.startIndex == 0 ? bytes : Data(bytes)
  }

  /// A float32 tensor.
  public init(_ name: String, shape: [Int], floats: [Float]) throws {
    try self.init(
      name: name, elementType: .float32, shape: shape, bytes: littleEndianData(floats.map { $0.bitPattern }))
  }

  /// A float64 tensor.
  public init(_ name: String, shape: [Int], doubles: [Double]) throws {
    try self.init(
      name: name, elementType: .float64, shape: shape, bytes: littleEndianData(doubles.map { $0.bitPattern }))
  }

  /// A tensor of integers or bytes; the element type follows from `Integer`.
  public init<Integer: SafeTensorsInteger>(_ name: String, shape: [Int], integers: [Integer]) throws {
    try self.init(
      name: name, elementType: Integer.safeTensorsElementType, shape: shape,
      bytes: littleEndianData(integers))
  }

  /// A tensor of truth values.
  public init(_ name: String, shape: [Int], bools: [Bool]) throws {
    try self.init(name: name, elementType: .bool, shape: shape, bytes: Data(bools.map { $0 ? 1 : 0 }))
  }
}

/// Integers that safetensors files store.
public protocol SafeTensorsInteger: FixedWidthInteger, Sendable {
  static var safeTensorsElementType: SafeTensorsElementType { get }
}
extension UInt8: SafeTensorsInteger {
  public static var safeTensorsElementType: SafeTensorsElementType { .uint8 }
}
extension Int32: SafeTensorsInteger {
  public static var safeTensorsElementType: SafeTensorsElementType { .int32 }
}
extension Int64: SafeTensorsInteger {
  public static var safeTensorsElementType: SafeTensorsElementType { .int64 }
}
extension UInt64: SafeTensorsInteger {
  public static var safeTensorsElementType: SafeTensorsElementType { .uint64 }
}
