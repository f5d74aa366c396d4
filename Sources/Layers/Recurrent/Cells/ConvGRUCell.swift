import Autodiff
import TensorCore

/// One step of a convolutional GRU (Ballas et al. 2016): the GRU's matrix products become convolutions, and h
/// stays a map. Gates lie in the order z, r, h along the last axis; see `GRUCell` for the equations and
/// `MapCell` for the shapes. The reset gate comes before the convolution, as in the paper, or after it with
/// `resetAfter`.
public struct ConvGRUCell: MapCell {
  public static let gateCount = 3

  public var filters: Int
  public var kernelSize: Extent
  public var strides: Extent
  public var padding: Padding
  public var dilationRate: Extent
  public var activation: Activation
  public var recurrentActivation: Activation
  public var useBias: Bool
  public var resetAfter: Bool
  public var dropout: Float
  public var recurrentDropout: Float
  public var dataFormat: DataFormat
  /// The number of space axes.
  public let rank: Int

  public var kernel = Parameter.unbuilt
  public var recurrentKernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    dilationRate: Extent = 1, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, resetAfter: Bool = false, dropout: Float = 0, recurrentDropout: Float = 0,
    dataFormat: DataFormat = .channelsLast, rank: Int
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.useBias = useBias
    self.resetAfter = resetAfter
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
    self.dataFormat = dataFormat
    self.rank = rank
  }

  public var place: String { "ConvGRU\(rank)D" }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    try visit("recurrent_kernel", &recurrentKernel)
    if useBias { try visit("bias", &bias) }
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    let input = dataFormat.channelsLast(input)
    try validate(units: filters, activation, recurrentActivation, input: input, in: place)
    return dataFormat.restored(try mapShape(for: input))
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let bias = ParameterSpecification("bias", resetAfter ? [2, 3 * filters] : [3 * filters], .zeros)
    return try kernelSpecifications(for: input) + (useBias ? [bias] : [])
  }

  public func initialState(for input: Tensor) throws -> HiddenState { HiddenState(try zeros(for: input)) }

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

extension ConvGRUCell {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CellOptionKeys.self)
    let kernelSize = try options.decode(Extent.self, forKey: .kernelSize)
    let known = kernelSize.lengths.count > 1 ? kernelSize.lengths.count : 2
    self.init(
      filters: try options.decode(Int.self, forKey: .filters), kernelSize: kernelSize,
      strides: try options.value(.strides, default: 1),
      padding: try options.name(.padding, default: .valid),
      dilationRate: try options.value(.dilationRate, default: 1),
      activation: try options.name(.activation, default: .tanh),
      recurrentActivation: try options.name(.recurrentActivation, default: .sigmoid),
      useBias: try options.value(.useBias, default: true),
      resetAfter: try options.value(.resetAfter, default: false),
      dropout: try options.value(.dropout, default: 0),
      recurrentDropout: try options.value(.recurrentDropout, default: 0),
      dataFormat: try options.name(.dataFormat, default: .channelsLast),
      rank: try options.value(.rank, default: known))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CellOptionKeys.self)
    try options.encode(filters, forKey: .filters)
    try options.encode(window.kernel, forKey: .kernelSize)
    try options.encode(window.strides, forKey: .strides)
    try options.encode(padding, forKey: .padding)
    try options.encode(window.dilations, forKey: .dilationRate)
    try options.encode(activation, forKey: .activation)
    try options.encode(recurrentActivation, forKey: .recurrentActivation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(resetAfter, forKey: .resetAfter)
    try options.encode(dropout: dropout, recurrentDropout: recurrentDropout)
    if dataFormat != .channelsLast { try options.encode(dataFormat, forKey: .dataFormat) }
    try options.encode(rank, forKey: .rank)
  }
}
