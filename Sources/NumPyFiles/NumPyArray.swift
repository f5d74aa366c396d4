import Foundation

/// An array in memory: row-major (C order), little endian, whatever the file was.
package struct NumPyArray: Hashable, Sendable {
  package let elementType: NumPyElementType
  /// The lengths of the axes, slowest first; `[]` is a scalar.
  package let shape: [Int]
  /// The elements in row-major order, little endian; indices start at 0.
  package let bytes: Data

  /// An array of float32.
  /// - Throws: `NumPyError` of kind `byteCount` where the values do not fill the shape.
  package init(shape: [Int], floats: [Float]) throws {
    try self.init(
      elementType: .float32, shape: shape,
      bytes: floats.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) })
  }

  /// An array of float64.
  /// - Throws: `NumPyError` of kind `byteCount` where the values do not fill the shape.
  package init(shape: [Int], doubles: [Double]) throws {
    try self.init(
      elementType: .float64, shape: shape,
      bytes: doubles.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) })
  }

  /// Wraps bytes that are already laid out as described.
  /// - Throws: `NumPyError` where they do not fill the shape.
  package init(elementType: NumPyElementType, shape: [Int], bytes: Data) throws {
    let header = try NumPyHeader(
      elementType: elementType, byteOrder: .little, isFortranOrder: false, shape: shape)
    guard header.byteCount == bytes.count else {
      throw NumPyError(
        .byteCount, expected: "\(header.byteCount) bytes for shape \(shape)", received: "\(bytes.count)",
        remedy: "Give one element for each place of the shape.")
    }
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes.startIndex == 0 ? bytes : Data(bytes)
  }

  /// How many elements there are.
  package var count: Int { bytes.count / elementType.byteCount }

  /// The elements as float32, whatever number they are: `f8` and large integers are rounded to the nearest,
  /// truth values become 0 and 1.
  package func floats() -> [Float] {
    switch elementType {
    case .bool: elements(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .int8: elements(Int8.self) { Float($0) }
    case .int16: elements(Int16.self) { Float($0) }
    case .int32: elements(Int32.self) { Float($0) }
    case .int64: elements(Int64.self) { Float($0) }
    case .uint8: elements(UInt8.self) { Float($0) }
    case .uint16: elements(UInt16.self) { Float($0) }
    case .uint32: elements(UInt32.self) { Float($0) }
    case .uint64: elements(UInt64.self) { Float($0) }
    case .float16: elements(UInt16.self, float(fromHalf:))
    case .float32: elements(UInt32.self) { Float(bitPattern: $0) }
    case .float64: elements(UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }

  /// The elements as float64, exactly but for large integers.
  package func doubles() -> [Double] {
    switch elementType {
    case .float64: elements(UInt64.self) { Double(bitPattern: $0) }
    case .int32: elements(Int32.self) { Double($0) }
    case .int64: elements(Int64.self) { Double($0) }
    case .uint32: elements(UInt32.self) { Double($0) }
    case .uint64: elements(UInt64.self) { Double($0) }
    default: floats().map(Double.init)
    }
  }

  /// The elements as integers.
  /// - Throws: `NumPyError` of kind `elementType` for floating-point numbers or integers that do not fit.
  package func integers() throws -> [Int] {
    switch elementType {
    case .bool: return elements(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .int8: return elements(Int8.self) { Int($0) }
    case .int16: return elements(Int16.self) { Int($0) }
    case .int32: return elements(Int32.self) { Int($0) }
    case .int64: return elements(Int64.self) { Int($0) }
    case .uint8: return elements(UInt8.self) { Int($0) }
    case .uint16: return elements(UInt16.self) { Int($0) }
    case .uint32: return elements(UInt32.self) { Int($0) }
    case .uint64:
      let values = elements(UInt64.self) { Int(exactly: $0) ?? -1 }
      if !values.contains(-1) { return values }
    case .float16, .float32, .float64: break
    }
    throw NumPyError(
      .elementType, expected: "integers", received: "elements of type \(elementType.rawValue)",
      remedy: "Convert the array, say with .astype('int64').")
  }

  private func elements<Stored: FixedWidthInteger, Element>(
    _: Stored.Type, _ convert: (Stored) -> Element
  ) -> [Element] {
    let stride = MemoryLayout<Stored>.size
    return bytes.withUnsafeBytes { raw in
      [Element](unsafeUninitializedCapacity: raw.count / stride) { buffer, count in
        count = raw.count / stride
        for index in 0..<count {
          let stored = raw.loadUnaligned(fromByteOffset: index * stride, as: Stored.self)
          buffer.initializeElement(at: index, to: convert(Stored(littleEndian: stored)))
        }
      }
    }
  }
}

/// IEEE half precision to float32, exactly. (`Float16` is missing on some of the platforms Swift runs on.)
private func float(fromHalf half: UInt16) -> Float {
  let sign = UInt32(half & 0x8000) << 16
  let exponent = UInt32(half >> 10) & 0x1f
  let fraction = UInt32(half & 0x3ff)
  switch exponent {
  case 0:
    // Zero or subnormal: fraction × 2⁻²⁴.
    let magnitude = Float(fraction) * 0x1p-24
    return sign == 0 ? magnitude : -magnitude
  case 0x1f: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
  default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }
}
