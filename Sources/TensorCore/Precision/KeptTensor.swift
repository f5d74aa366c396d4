/// A tensor that an operation keeps for its gradient: itself, or in bfloat16 its values in half the memory.
///
/// For operands of products, which are rounded on the way back anyway, and for outputs of activations. Operations
/// that keep the same tensor share one copy.
package struct KeptTensor: Sendable {
  private enum Values: Sendable {
    case whole(Storage)
    case halves(BFloat16Values)
  }

  private let shape: Shape
  private let values: Values

  /// - Parameter tensor: what to keep, in the precision in force.
  package init(_ tensor: Tensor) {
    shape = tensor.shape
    values = Precision.use == .float32 ? .whole(tensor.storage) : .halves(tensor.storage.narrowed)
  }

  /// The tensor, without a link to the tape.
  package var tensor: Tensor {
    switch values {
    case .whole(let storage): Tensor(shape: shape, storage: storage)
    case .halves(let values): Tensor(shape: shape, storage: values.widened)
    }
  }
}
