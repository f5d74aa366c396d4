/// The type of an array's elements, under NumPy's code for it without the byte order.
package enum NumPyElementType: String, Hashable, Sendable, CaseIterable {
  case bool = "b1"
  case int8 = "i1"
  case int16 = "i2"
  case int32 = "i4"
  case int64 = "i8"
  case uint8 = "u1"
  case uint16 = "u2"
  case uint32 = "u4"
  case uint64 = "u8"
  case float16 = "f2"
  case float32 = "f4"
  case float64 = "f8"

  /// Bytes of one element.
  package var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// Whether elements have fractions.
  package var isFloatingPoint: Bool { self == .float16 || self == .float32 || self == .float64 }
}

/// The order of the bytes of one element.
package enum NumPyByteOrder: String, Hashable, Sendable {
  case little = "<"
  case big = ">"
}
