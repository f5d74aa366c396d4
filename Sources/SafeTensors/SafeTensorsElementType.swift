/// The type of a tensor's elements, under the name it has in the file (`F32`, `I64`, …).
public enum SafeTensorsElementType: String, Hashable, Sendable, CaseIterable {
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case float8E4M3 = "F8_E4M3"
  case float8E5M2 = "F8_E5M2"
  case uint16 = "U16"
  case int16 = "I16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case uint32 = "U32"
  case int32 = "I32"
  case float32 = "F32"
  case uint64 = "U64"
  case int64 = "I64"
  case float64 = "F64"

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8, .float8E4M3, .float8E5M2: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// Bytes of a tensor of `shape`, or `nil` where an axis is negative or the product does not fit.
  ///
  /// Axes are multiplied in order and a product that overflows before it meets a zero is refused as well,
  /// as the format's reference implementation does.
  func byteCount(of shape: [Int]) -> Int? {
    var total = 1
    for axis in shape + [byteCount] {
      guard axis >= 0 else { return nil }
      let (product, overflow) = total.multipliedReportingOverflow(by: axis)
      guard !overflow else { return nil }
      total = product
    }
    return total
  }
}
