import Foundation

extension SafeTensorsEntry {
  /// The elements as float32. `F32`, `F16` and `BF16` are exact, `F64` is rounded to the nearest.
  /// - Throws: `SafeTensorsError` of kind `elementType` for any other element type.
  public func floats() throws -> [Float] {
    switch elementType {
    case .float32: elements(UInt32.self) { Float(bitPattern: $0) }
    case .float64: elements(UInt64.self) { Float(Double(bitPattern: $0)) }
    case .bfloat16: elements(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .float16: elements(UInt16.self, float(fromHalf:))
    default: throw mismatch("F32, F64, F16 or BF16")
    }
  }

  /// The elements as float64, exactly.
  /// - Throws: `SafeTensorsError` of kind `elementType` where they are no floating-point numbers.
  public func doubles() throws -> [Double] {
    if elementType == .float64 { return elements(UInt64.self) { Double(bitPattern: $0) } }
    return try floats().map(Double.init)
  }

  /// The elements as integers of exactly the stored type, say `integers(Int64.self)` for `I64`.
  /// - Throws: `SafeTensorsError` of kind `elementType` where they are of another type.
  public func integers<Integer: SafeTensorsInteger>(_: Integer.Type = Integer.self) throws -> [Integer] {
    guard elementType == Integer.safeTensorsElementType else {
      throw mismatch(Integer.safeTensorsElementType.rawValue)
    }
    return elements(Integer.self) { $0 }
  }

  /// The elements as truth values; any byte but 0 is true.
  /// - Throws: `SafeTensorsError` of kind `elementType` where they are of another type.
  public func bools() throws -> [Bool] {
    guard elementType == .bool else { throw mismatch(SafeTensorsElementType.bool.rawValue) }
    return bytes.map { $0 != 0 }
  }

  private func mismatch(_ expected: String) -> SafeTensorsError {
    SafeTensorsError(
      .elementType, expected: "\(name) of type \(expected)", received: elementType.rawValue,
      remedy: "Read it as what it is, or convert the file.")
  }

  private func elements<Stored: FixedWidthInteger, Element>(
    _: Stored.Type, _ convert: (Stored) -> Element
  ) -> [Element] {
    let stride = MemoryLayout<Stored>.size
    return bytes.withUnsafeBytes { raw in
      // The bytes may start anywhere, hence the unaligned loads. Their number was checked on the way in.
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
func float(fromHalf half: UInt16) -> Float {
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

func littleEndianData<Integer: FixedWidthInteger>(_ values: [Integer]) -> Data {
  #if _endian(little)
    values.withUnsafeBytes { Data($0) }
  #else
    values.map(\.littleEndian).withUnsafeBytes { Data($0) }
  #endif
}
