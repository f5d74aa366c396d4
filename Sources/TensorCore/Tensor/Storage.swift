import Synchronization

/// A block of float32 values behind one or more tensors.
///
/// `@unchecked Sendable`, with this proof: values are written only (1) by the operation that made the storage,
/// before it puts it into a tensor or a context and so within anyone else's reach, and (2) by
/// `Tensor.withUnsafeMutableValues`, after `isKnownUniquelyReferenced` showed that nobody else can see it. Shared
/// storage is therefore immutable.
///
/// (`narrow` is guarded by its mutex; what it refers to is immutable.)
final class Storage: @unchecked Sendable {
  let address: UnsafeMutablePointer<Float>
  let count: Int
  private let size: Int
  private let narrow = Mutex(Narrow())

  private struct Narrow {
    weak var values: BFloat16Values?
    var isExact = false
  }

  /// Memory for `count` values, not yet initialised.
  init(count: Int) {
    require(count >= 0, "expected a count of values from 0; found \(count)")
    self.count = count
    size = Allocator.sizeClass(count * MemoryLayout<Float>.stride)
    address = Allocator.allocate(size).bindMemory(to: Float.self, capacity: max(count, 1))
  }

  /// The values in 16 bits each; one copy for all who want it at the same time.
  var narrowed: BFloat16Values {
    narrow.withLock { narrow in
      if let values = narrow.values { return values }
      let values = BFloat16Values(address, count: count)
      narrow.values = values
      return values
    }
  }

  /// Whether it is known that all values are bfloat16 numbers, which need no rounding.
  var holdsBFloat16: Bool { narrow.withLock { $0.isExact } }

  /// To be called by who wrote nothing but bfloat16 numbers.
  func markAsBFloat16() { narrow.withLock { $0.isExact = true } }

  /// To be called before values change.
  func forgetBFloat16() { narrow.withLock { $0 = Narrow() } }

  deinit { Allocator.release(address, size: size) }
}
