import CKernels

/// Values in 16 bits each. Written before it is handed out, and never after.
final class BFloat16Values: Sendable {
  private let storage: Storage
  private let count: Int

  init(_ values: UnsafePointer<Float>, count: Int) {
    self.count = count
    storage = Storage(halves: count)
    squall_to_bfloat16(values, storage.halves, Int64(count))
  }

  /// The values in float32, exactly.
  var widened: Storage {
    let result = Storage(count: count)
    squall_from_bfloat16(storage.halves, result.address, Int64(count))
    return result
  }
}

extension Storage {
  /// Memory for values of 16 bits.
  convenience init(halves count: Int) { self.init(count: (count + 1) / 2) }

  var halves: UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(address).assumingMemoryBound(to: UInt16.self)
  }
}
