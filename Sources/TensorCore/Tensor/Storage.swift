/// A block of float32 values behind one or more tensors.
///
/// `@unchecked Sendable`, with this proof: values are written only (1) by the operation that made the storage,
/// before it puts it into a tensor or a context and so within anyone else's reach, and (2) by
/// `Tensor.withUnsafeMutableValues`, after `isKnownUniquelyReferenced` showed that nobody else can see it. Shared
/// storage is therefore immutable.
final class Storage: @unchecked Sendable {
  let address: UnsafeMutablePointer<Float>
  let count: Int
  private let size: Int

  /// Memory for `count` values, not yet initialised.
  init(count: Int) {
    self.count = count
    size = Allocator.sizeClass(count * MemoryLayout<Float>.stride)
    address = Allocator.allocate(size).bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit { Allocator.release(address, size: size) }
}
