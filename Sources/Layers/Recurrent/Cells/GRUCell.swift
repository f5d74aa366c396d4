import Autodiff
import TensorCore

/// One step of a gated recurrent unit (Cho et al. 2014). Gates lie in Keras' order z, r, h along the last
/// axis of kernels and bias:
///
///     z = σ(W_z x + U_z h + b_z)    r = σ(W_r x + U_r h + b_r)    h' = z·h + (1 − z)·tanh(W_h x + b_h + …)
///
/// where … is r·(U_h h + b'_h) with `resetAfter`, which then has a second bias for each gate, and U_h (r·h)
/// without.
///
/// Input `[batch, channels]`; kernel `[channels, 3·units]`, recurrent kernel `[units, 3·units]`, bias `[2,
/// 3·units]` or `[3·units]`.
public struct GRUCell: VectorCell {
  public typealias State = HiddenState

  public static let gateCount = 3

  public var units: Int
  public var activation: Activation
  public var recurrentActivation: Activation
  public var useBias: Bool
  /// Whether the reset gate comes after the product with the state, or before it as in the paper.
  public var resetAfter: Bool
  public var dropout: Float
  public var recurrentDropout: Float

  public var kernel = Parameter.unbuilt
  public var recurrentKernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    units: Int, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, resetAfter: Bool = true, dropout: Float = 0, recurrentDropout: Float = 0
  ) {
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.useBias = useBias
    self.resetAfter = resetAfter
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
  }

  public var dropoutMaskCounts: (input: Int, state: Int) { (recurrentDropout > 0 ? 3 : 1, 3) }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    try visit("recurrent_kernel", &recurrentKernel)
    if useBias { try visit("bias", &bias) }
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try validate(units: units, activation, recurrentActivation, input: input, in: "GRU")
    return [input[0], units]
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let bias = ParameterSpecification("bias", resetAfter ? [2, 3 * units] : [3 * units], .zeros)
    return try kernelSpecifications(for: input) + (useBias ? [bias] : [])
  }

  public func completed(_ product: Tensor) -> Tensor {
    guard useBias else { return product }
    return product + (resetAfter ? bias.value.entry(0, axis: 0) : bias.value)
  }

  public func advanced(
    _ state: HiddenState, by gates: Tensor, _ masks: RecurrentDropout
  ) throws -> HiddenState {
    try GRUGates(
      activation: activation, recurrentActivation: recurrentActivation, resetAfter: resetAfter,
      recurrentBias: useBias && resetAfter ? bias.value.entry(1, axis: 0) : nil
    ).step(gates, state.hidden, kernel: recurrentKernel.value, masks: masks.state) {
      try products($0, $1, $2, gates: $3) { try stateProduct($0, $1) }
    }
  }
}

extension GRUCell {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CellOptionKeys.self)
    self.init(
      units: try options.decode(Int.self, forKey: .units),
      activation: try options.name(.activation, default: .tanh),
      recurrentActivation: try options.name(.recurrentActivation, default: .sigmoid),
      useBias: try options.value(.useBias, default: true),
      resetAfter: try options.value(.resetAfter, default: true),
      dropout: try options.value(.dropout, default: 0),
      recurrentDropout: try options.value(.recurrentDropout, default: 0))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CellOptionKeys.self)
    try options.encode(units, forKey: .units)
    try options.encode(activation, forKey: .activation)
    try options.encode(recurrentActivation, forKey: .recurrentActivation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(resetAfter, forKey: .resetAfter)
    try options.encode(dropout: dropout, recurrentDropout: recurrentDropout)
  }
}
