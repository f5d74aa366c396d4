import Autodiff
import TensorCore

/// One step of a long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al.
/// 2000). Gates lie in Keras' order i, f, c, o along the last axis of kernels and bias:
///
///     i = σ(Wᵢx + Uᵢh + bᵢ)    f = σ(W_f x + U_f h + b_f)    o = σ(Wₒx + Uₒh + bₒ)
///     c' = f·c + i·tanh(W_c x + U_c h + b_c)                  h' = o·tanh(c')
///
/// Input `[batch, channels]`; kernel `[channels, 4·units]`, recurrent kernel `[units, 4·units]`.
///
/// Dropout draws one mask for the input, or one for each gate if there is recurrent dropout, as Keras 3 does.
public struct LSTMCell: VectorCell {
  public typealias State = LSTMState

  public static let gateCount = 4

  public var units: Int
  public var activation: Activation
  public var recurrentActivation: Activation
  public var useBias: Bool
  /// Whether the bias of the forget gate starts at exactly 1.
  public var unitForgetBias: Bool
  public var dropout: Float
  public var recurrentDropout: Float
  /// Whether gates and memory are normalised (Ba et al. 2016).
  public var layerNormalization: Bool {
    get { normalization.isUsed }
    set { normalization.isUsed = newValue }
  }

  public var kernel = Parameter.unbuilt
  public var recurrentKernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt
  var normalization = GateNormalization()

  public init(
    units: Int, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, unitForgetBias: Bool = true, dropout: Float = 0, recurrentDropout: Float = 0,
    layerNormalization: Bool = false
  ) {
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.useBias = useBias
    self.unitForgetBias = unitForgetBias
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
    self.layerNormalization = layerNormalization
  }

  public var dropoutMaskCounts: (input: Int, state: Int) { (recurrentDropout > 0 ? 4 : 1, 4) }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    try visit("recurrent_kernel", &recurrentKernel)
    if useBias { try visit("bias", &bias) }
    try normalization.visitParameters(visit)
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try validate(units: units, activation, recurrentActivation, input: input, in: "LSTM")
    return [input[0], units]
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let bias = ParameterSpecification("bias", [4 * units], unitForgetBias ? .unitForgetBias : .zeros)
    return try kernelSpecifications(for: input) + (useBias ? [bias] : [])
      + normalization.specifications(units: units)
  }

  public func completed(_ product: Tensor) -> Tensor {
    let normalized = normalization.input(product)
    return useBias ? normalized + bias.value : normalized
  }

  public func advanced(
    _ state: LSTMState, by gates: Tensor, _ masks: RecurrentDropout
  ) throws -> LSTMState {
    let recurrent = try products(state.hidden, recurrentKernel.value, masks.state, gates: 4) {
      try stateProduct($0, $1)
    }
    return LSTMGates(
      activation: activation, recurrentActivation: recurrentActivation, normalization: normalization
    ).step(gates + normalization.recurrent(recurrent), state.cell)
  }

  public func fused(
    _ input: Tensor, from state: LSTMState?, backwards: Bool, lastOutputOnly: Bool
  ) throws -> (outputs: Tensor, last: LSTMState)? {
    guard !layerNormalization else { return nil }
    let (outputs, hidden, cell) = try input.lstmSequence(
      kernel: kernel.value, recurrentKernel: recurrentKernel.value, bias: useBias ? bias.value : nil,
      initialState: state.map { ($0.hidden, $0.cell) }, activation: activation,
      recurrentActivation: recurrentActivation, goBackwards: backwards, returningSequence: !lastOutputOnly)
    return (outputs ?? hidden.withTime, LSTMState(hidden: hidden, cell: cell))
  }
}

extension LSTMCell {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CellOptionKeys.self)
    self.init(
      units: try options.decode(Int.self, forKey: .units),
      activation: try options.name(.activation, default: .tanh),
      recurrentActivation: try options.name(.recurrentActivation, default: .sigmoid),
      useBias: try options.value(.useBias, default: true),
      unitForgetBias: try options.value(.unitForgetBias, default: true),
      dropout: try options.value(.dropout, default: 0),
      recurrentDropout: try options.value(.recurrentDropout, default: 0),
      layerNormalization: try options.value(.layerNormalization, default: false))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CellOptionKeys.self)
    try options.encode(units, forKey: .units)
    try options.encode(activation, forKey: .activation)
    try options.encode(recurrentActivation, forKey: .recurrentActivation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(unitForgetBias, forKey: .unitForgetBias)
    try options.encode(dropout: dropout, recurrentDropout: recurrentDropout)
    if layerNormalization { try options.encode(layerNormalization, forKey: .layerNormalization) }
  }
}
