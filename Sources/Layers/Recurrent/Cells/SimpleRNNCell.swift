import Autodiff
import TensorCore

/// One step of a simple recurrent network (Elman 1990): h' = tanh(W x + U h + b).
///
/// Input `[batch, channels]`; kernel `[channels, units]`, recurrent kernel `[units, units]`.
public struct SimpleRNNCell: VectorCell {
  public typealias State = HiddenState

  public static let gateCount = 1

  public var units: Int
  public var activation: Activation
  public var useBias: Bool
  public var dropout: Float
  public var recurrentDropout: Float

  public var kernel = Parameter.unbuilt
  public var recurrentKernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    units: Int, activation: Activation = .tanh, useBias: Bool = true, dropout: Float = 0,
    recurrentDropout: Float = 0
  ) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    try visit("recurrent_kernel", &recurrentKernel)
    if useBias { try visit("bias", &bias) }
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try validate(units: units, activation, input: input, in: "SimpleRNN")
    return [input[0], units]
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    try kernelSpecifications(for: input)
      + (useBias ? [ParameterSpecification("bias", [units], .zeros)] : [])
  }

  public func completed(_ product: Tensor) -> Tensor { useBias ? product + bias.value : product }

  public func advanced(
    _ state: HiddenState, by gates: Tensor, _ masks: RecurrentDropout
  ) throws -> HiddenState {
    let recurrent = try products(state.hidden, recurrentKernel.value, masks.state, gates: 1) {
      try stateProduct($0, $1)
    }
    return HiddenState((gates + recurrent).activated(by: activation))
  }
}

extension SimpleRNNCell {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CellOptionKeys.self)
    self.init(
      units: try options.decode(Int.self, forKey: .units),
      activation: try options.name(.activation, default: .tanh),
      useBias: try options.value(.useBias, default: true),
      dropout: try options.value(.dropout, default: 0),
      recurrentDropout: try options.value(.recurrentDropout, default: 0))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CellOptionKeys.self)
    try options.encode(units, forKey: .units)
    try options.encode(activation, forKey: .activation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(dropout: dropout, recurrentDropout: recurrentDropout)
  }
}
