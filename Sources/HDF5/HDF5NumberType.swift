import CHDF5

/// How a number is stored: only the plain types that machines compute with.
///
/// HDF5 can describe any arrangement of bits, and libhdf5 (1.10) writes past its own buffers when a damaged file
/// describes an impossible one. So types are looked at before the library converts anything.
struct HDF5NumberType {
  enum Kind { case signed, unsigned, float }

  let kind: Kind
  let bytes: Int
  let isBigEndian: Bool

  /// The stored type, or `nil` if it is not a plain integer or IEEE number.
  init?(_ type: hid_t) {
    let order = H5Tget_order(type)
    let size = H5Tget_size(type)
    guard order == H5T_ORDER_LE || order == H5T_ORDER_BE, size > 0 else { return nil }
    isBigEndian = order == H5T_ORDER_BE
    bytes = size
    switch H5Tget_class(type) {
    case H5T_INTEGER:
      guard [1, 2, 4, 8].contains(size), H5Tget_precision(type) == 8 * size, H5Tget_offset(type) == 0 else {
        return nil
      }
      kind = H5Tget_sign(type) == H5T_SGN_NONE ? .unsigned : .signed
    case H5T_FLOAT:
      guard squall_h5_is_ieee(type) > 0 else { return nil }
      kind = .float
    default: return nil
    }
  }

  /// Integers out of their bytes. Unsigned numbers beyond `Int64.max` wrap.
  func convert(_ count: Int, from bytes: UnsafeRawPointer, to values: UnsafeMutablePointer<Int64>) {
    switch (self.bytes, kind) {
    case (1, .signed): convert(Int8.self, count, bytes, values)
    case (1, _): convert(UInt8.self, count, bytes, values)
    case (2, .signed): convert(Int16.self, count, bytes, values)
    case (2, _): convert(UInt16.self, count, bytes, values)
    case (4, .signed): convert(Int32.self, count, bytes, values)
    case (4, _): convert(UInt32.self, count, bytes, values)
    default: convert(Int64.self, count, bytes, values)
    }
  }

  private func convert<Number: FixedWidthInteger>(
    _ number: Number.Type, _ count: Int, _ bytes: UnsafeRawPointer, _ values: UnsafeMutablePointer<Int64>
  ) {
    for index in 0..<count {
      let stored = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
      values[index] = Int64(isBigEndian ? Number(bigEndian: stored) : Number(littleEndian: stored))
    }
  }

  /// Numbers of any type out of their bytes, rounded to the target's precision.
  func convert<Target: BinaryFloatingPoint>(
    _ count: Int, from bytes: UnsafeRawPointer, to values: UnsafeMutablePointer<Target>
  ) {
    switch (self.bytes, kind) {
    case (4, .float): read(UInt32.self, count, bytes, values) { Target(Float(bitPattern: $0)) }
    case (_, .float): read(UInt64.self, count, bytes, values) { Target(Double(bitPattern: $0)) }
    case (1, .signed): read(Int8.self, count, bytes, values) { Target($0) }
    case (1, _): read(UInt8.self, count, bytes, values) { Target($0) }
    case (2, .signed): read(Int16.self, count, bytes, values) { Target($0) }
    case (2, _): read(UInt16.self, count, bytes, values) { Target($0) }
    case (4, .signed): read(Int32.self, count, bytes, values) { Target($0) }
    case (4, _): read(UInt32.self, count, bytes, values) { Target($0) }
    case (_, .signed): read(Int64.self, count, bytes, values) { Target($0) }
    default: read(UInt64.self, count, bytes, values) { Target($0) }
    }
  }

  @inline(__always)
  private func read<Stored: FixedWidthInteger, Target>(
    _: Stored.Type, _ count: Int, _ bytes: UnsafeRawPointer, _ values: UnsafeMutablePointer<Target>,
    _ convert: (Stored) -> Target
  ) {
    for index in 0..<count {
      let stored = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)
      values[index] = convert(isBigEndian ? Stored(bigEndian: stored) : Stored(littleEndian: stored))
    }
  }
}
