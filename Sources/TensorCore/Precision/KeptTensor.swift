/// A tensor that an operation keeps for its gradient: itself, or in bfloat16 its values in half the memory.
///
/// For operands of products, which are rounded in the backward pass anyway, and for what activations need. Operations that
/// keep the same tensor share one copy.
package struct KeptTensor: Sendable {
  private enum Values: Sendable {
    case whole(Storage)
    case halves(BFloat16Values)
  }

  private let shape: Shape
  private let values: Values

  /// - Parameter tensor: what to keep, in the precision in force.
  package init(_ tensor: Tensor) {
    self.init(
      shape: tensor.shape,
      values: Precision.use == .float32 ? .whole(tensor.storage) : .halves(tensor.storage.narrowed))
  }

  /// What the gradient of an activation needs of its output.
  ///
  /// Where an activation nears a bound, its derivative hangs on the distance from it, which 8 bits of precision do not
  /// hold: above 0.998 a sigmoid would be 1 and its derivative 0, whatever the loss made of it. Such outputs stay
  /// whole.
  ///
  /// - Parameters:
  ///   - output: the activation's output.
  ///   - activation: what made it.
  package init(_ output: Tensor, of activation: Activation) {
    switch activation {
    case .linear, .relu, .exponential: self.init(output)
    default: self.init(shape: output.shape, values: .whole(output.storage))
    }
  }

  private init(shape: Shape, values: Values) { (self.shape, self.values) = (shape, values) }

  /// The tensor, without a link to the tape.
  package var tensor: Tensor {
    switch values {
    case .whole(let storage): Tensor(shape: shape, storage: storage)
    case .halves(let values): Tensor(shape: shape, storage: values.widened)
    }
  }
}
