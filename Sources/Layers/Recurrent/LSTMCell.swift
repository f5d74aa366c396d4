import Autodiff
import TensorCore

/// One step of a long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al.
/// 2000). Gates lie in Keras' order i, f, c, o along the last axis of kernels and bias:
///
///     i = σ(Wᵢx + Uᵢh + bᵢ)    f = σ(W_f x + U_f h + b_f)    o = σ(Wₒx + Uₒh + bₒ)
///     c' = f·c + i·tanh(W_c x + U_c h + b_c)                  h' = o·tanh(c')
///
/// Input `[batch, channels]`; kernel `[channels, 4·units]`, recurrent kernel `[units, 4·units]`.
public struct LSTMCell: RecurrentCell {
  public static let layerName = "LSTM"

  public var units: Int
  public var activation: Activation
  public var recurrentActivation: Activation
  public var useBias: Bool
  /// Whether the bias of the forget gate starts at exactly 1.
  public var unitForgetBias: Bool

  public var kernel = Parameter.unbuilt
  public var recurrentKernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    units: Int, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, unitForgetBias: Bool = true
  ) {
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.useBias = useBias
    self.unitForgetBias = unitForgetBias
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    try visit("recurrent_kernel", &recurrentKernel)
    if useBias { try visit("bias", &bias) }
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try GateChecks.validate(self, filters: units, activation, recurrentActivation)
    _ = try GateChecks.channels(input, kernel: kernel, in: Self.layerName)
    return [input[0], units]
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try GateChecks.channels(input, kernel: kernel, in: Self.layerName)
    return [
      ParameterSpecification("kernel", [channels, 4 * units], .glorotUniform),
      ParameterSpecification("recurrent_kernel", [units, 4 * units], .orthogonal),
    ] + GateChecks.bias(useBias, units, unitForgetBias)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    input[-1].map { 2 * 4 * units * ($0 + units) }
  }

  public func initialState(for input: Tensor) throws -> LSTMState {
    LSTMState(hidden: .zeros([input.shape[0], units]), cell: .zeros([input.shape[0], units]))
  }

  public func step(_ input: Tensor, _ state: LSTMState, context: inout Context) throws -> LSTMState {
    try GateChecks.requireBuilt(self)
    var gates =
      input.matrixProduct(with: kernel.value) + state.hidden.matrixProduct(with: recurrentKernel.value)
    if useBias { gates = gates + bias.value }
    return gatedStep(gates, state.cell, activation, recurrentActivation)
  }

  public func sequence(
    _ input: Tensor, from state: LSTMState?, backwards: Bool, context: inout Context
  ) throws -> (outputs: Tensor, last: LSTMState) {
    try GateChecks.requireBuilt(self)
    let (outputs, hidden, cell) = try input.lstmSequence(
      kernel: kernel.value, recurrentKernel: recurrentKernel.value, bias: useBias ? bias.value : nil,
      initialState: state.map { ($0.hidden, $0.cell) }, activation: activation,
      recurrentActivation: recurrentActivation, goBackwards: backwards)
    return (outputs, LSTMState(hidden: hidden, cell: cell))
  }
}

/// The new state from the pre-activations of the four gates i, f, c, o along the last axis.
func gatedStep(
  _ gates: Tensor, _ cell: Tensor, _ activation: Activation, _ recurrentActivation: Activation
) -> LSTMState {
  let units = cell.shape[-1]
  func gate(_ index: Int) -> Tensor { gates.slice(axis: -1, index * units..<(index + 1) * units) }
  let input = gate(0).activated(by: recurrentActivation)
  let forget = gate(1).activated(by: recurrentActivation)
  let output = gate(3).activated(by: recurrentActivation)
  let next = forget * cell + input * gate(2).activated(by: activation)
  return LSTMState(hidden: output * next.activated(by: activation), cell: next)
}
