import Autodiff
import TensorCore

/// A gated cell over vectors: input `[batch, channels]`, kernel `[channels, gates · units]`, recurrent kernel
/// `[units, gates · units]`.
public protocol VectorCell: GatedCell {
  var units: Int { get }
}

extension VectorCell {
  public func inputProduct(_ input: Tensor, _ kernel: Tensor) throws -> Tensor {
    let rows = input.count / input.shape[-1]
    let product = input.reshaped(to: [rows, input.shape[-1]]).matrixProduct(with: kernel)
    return product.reshaped(to: Shape(input.shape.dimensions.dropLast() + [kernel.shape[-1]]))
  }

  public func stateProduct(_ state: Tensor, _ kernel: Tensor) throws -> Tensor {
    state.matrixProduct(with: kernel)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    input[-1].map { 2 * Self.gateCount * units * ($0 + units) }
  }

  func kernelSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try channels(of: input, in: Self.typeName)
    return [
      ParameterSpecification("kernel", [channels, Self.gateCount * units], .glorotUniform),
      ParameterSpecification("recurrent_kernel", [units, Self.gateCount * units], .orthogonal),
    ]
  }
}

extension VectorCell where State == LSTMState {
  public func initialState(for input: Tensor) throws -> LSTMState {
    LSTMState(hidden: .zeros([input.shape[0], units]), cell: .zeros([input.shape[0], units]))
  }
}

extension VectorCell where State == HiddenState {
  public func initialState(for input: Tensor) throws -> HiddenState {
    HiddenState(.zeros([input.shape[0], units]))
  }
}
