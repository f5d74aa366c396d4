import Autodiff
import TensorCore

/// One step of a convolutional LSTM (Shi et al. 2015): the LSTM's matrix products become convolutions, and h
/// and c stay maps. Gates lie in Keras' order i, f, c, o along the last axis:
///
///     i = σ(Wᵢ∗x + Uᵢ∗h + bᵢ)    f = σ(W_f∗x + U_f∗h + b_f)    o = σ(Wₒ∗x + Uₒ∗h + bₒ)
///     c' = f·c + i·tanh(W_c∗x + U_c∗h + b_c)                    h' = o·tanh(c')
///
/// With peepholes, which Keras leaves out, i and f also see c, and o sees c'. See `MapCell` for the shapes.
///
/// Dropout draws a mask for each gate, for the input as well as for the state, as Keras does.
public struct ConvLSTMCell: MapCell {
  public static let gateCount = 4

  public var filters: Int
  public var kernelSize: Extent
  public var strides: Extent
  public var padding: Padding
  public var dilationRate: Extent
  public var activation: Activation
  public var recurrentActivation: Activation
  public var useBias: Bool
  /// Whether the bias of the forget gate starts at exactly 1.
  public var unitForgetBias: Bool
  public var dropout: Float
  public var recurrentDropout: Float
  /// Whether the gates see the memory.
  public var peepholes: Peepholes
  /// Whether gates and memory are normalised over the channels of each pixel (Ba et al. 2016).
  public var layerNormalization: Bool {
    get { normalization.isUsed }
    set { normalization.isUsed = newValue }
  }
  public var dataFormat: DataFormat
  /// The number of space axes.
  public let rank: Int

  public var kernel = Parameter.unbuilt
  public var recurrentKernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt
  public var peephole = Parameter.unbuilt
  var normalization = GateNormalization()

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    dilationRate: Extent = 1, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, unitForgetBias: Bool = true, dropout: Float = 0, recurrentDropout: Float = 0,
    peepholes: Peepholes = .none, layerNormalization: Bool = false,
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
    self.unitForgetBias = unitForgetBias
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
    self.peepholes = peepholes
    self.dataFormat = dataFormat
    self.rank = rank
    self.layerNormalization = layerNormalization
  }

  public var place: String { "ConvLSTM\(rank)D" }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    try visit("recurrent_kernel", &recurrentKernel)
    if useBias { try visit("bias", &bias) }
    if peepholes != .none { try visit("peephole", &peephole) }
    try normalization.visitParameters(visit)
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    let input = dataFormat.channelsLast(input)
    try validate(units: filters, activation, recurrentActivation, input: input, in: place)
    let output = try mapShape(for: input)
    if peepholes == .perPosition, peephole.isBuilt {
      let built = peephole.value.shape.dimensions.dropLast()
      guard zip(built, output.dimensions.dropFirst()).allSatisfy({ $1 == nil || $0 == $1 }) else {
        throw ShapeError(
          .wrongLength, in: place, expected: "maps of \(Shape(Array(built))), as peepholes of each position",
          received: "\(output)", remedy: "Feed maps of one size, or use peepholes of each channel.")
      }
    }
    return dataFormat.restored(output)
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let bias = ParameterSpecification("bias", [4 * filters], unitForgetBias ? .unitForgetBias : .zeros)
    return try kernelSpecifications(for: input) + (useBias ? [bias] : []) + peepholeSpecification(for: input)
      + normalization.specifications(units: filters)
  }

  private func peepholeSpecification(for input: SymbolicShape) throws -> [ParameterSpecification] {
    switch peepholes {
    case .none: return []
    case .perChannel: return [ParameterSpecification("peephole", [3 * filters], .zeros)]
    case .perPosition:
      let size = try mapShape(for: dataFormat.channelsLast(input)).dimensions.dropFirst().dropLast()
        .compactMap { $0 }
      guard size.count == rank else {
        throw ShapeError(
          .invalidOption, in: place, expected: "maps of a known size for peepholes of each position",
          received: "\(input)", remedy: "Fix the size of the frames, or use peepholes of each channel.")
      }
      return [ParameterSpecification("peephole", Shape(size + [3 * filters]), .zeros)]
    }
  }

  public func initialState(for input: Tensor) throws -> LSTMState {
    let zeros = try zeros(for: input)
    return LSTMState(hidden: zeros, cell: zeros)
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
      activation: activation, recurrentActivation: recurrentActivation,
      peephole: peepholes == .none ? nil : peephole.value, normalization: normalization
    ).step(gates + normalization.recurrent(recurrent), state.cell)
  }

  public func fused(
    _ input: Tensor, from state: LSTMState?, backwards: Bool, lastOutputOnly: Bool
  ) throws -> (outputs: Tensor, last: LSTMState)? {
    guard peepholes == .none, !layerNormalization else { return nil }
    let (outputs, hidden, cell) = try input.convLSTMSequence(
      kernel: kernel.value, recurrentKernel: recurrentKernel.value, bias: useBias ? bias.value : nil,
      initialState: state.map { ($0.hidden, $0.cell) },
      options: ConvLSTMOptions(
        strides: window.strides, dilations: window.dilations, padding: padding, activation: activation,
        recurrentActivation: recurrentActivation, goBackwards: backwards),
      returningSequence: !lastOutputOnly)
    return (outputs ?? hidden.withTime, LSTMState(hidden: hidden, cell: cell))
  }
}

/// How the gates of a ConvLSTM see its memory.
public enum Peepholes: String, CaseIterable, Codable, Sendable {
  /// Not at all, as in Keras.
  case none
  /// Through one weight for each channel, `[3 · filters]` in the order i, f, o: maps may be of any size.
  case perChannel = "channel"
  /// Through one weight for each value of the memory, `[space…, 3 · filters]`: the Hadamard products of Shi
  /// et al. 2015, which fix the size of the maps.
  case perPosition = "position"
}

extension ConvLSTMCell {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CellOptionKeys.self)
    let kernelSize = try options.decode(Extent.self, forKey: .kernelSize)
    let known = kernelSize.lengths.count > 1 ? kernelSize.lengths.count : 2
    try self.init(from: decoder, rank: options.value(.rank, default: known))
  }

  /// The cell of a layer that knows how many space axes there are.
  init(from decoder: any Decoder, rank: Int) throws {
    let options = try decoder.container(keyedBy: CellOptionKeys.self)
    self.init(
      filters: try options.decode(Int.self, forKey: .filters),
      kernelSize: try options.decode(Extent.self, forKey: .kernelSize),
      strides: try options.value(.strides, default: 1),
      padding: try options.name(.padding, default: .valid),
      dilationRate: try options.value(.dilationRate, default: 1),
      activation: try options.name(.activation, default: .tanh),
      recurrentActivation: try options.name(.recurrentActivation, default: .sigmoid),
      useBias: try options.value(.useBias, default: true),
      unitForgetBias: try options.value(.unitForgetBias, default: true),
      dropout: try options.value(.dropout, default: 0),
      recurrentDropout: try options.value(.recurrentDropout, default: 0),
      peepholes: try options.name(.peepholes, default: .none),
      layerNormalization: try options.value(.layerNormalization, default: false),
      dataFormat: try options.name(.dataFormat, default: .channelsLast), rank: rank)
  }

  public func encode(to encoder: any Encoder) throws {
    try encodeOptions(to: encoder)
    var options = encoder.container(keyedBy: CellOptionKeys.self)
    try options.encode(rank, forKey: .rank)
  }

  /// The options without the number of space axes, which a layer's name says.
  func encodeOptions(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CellOptionKeys.self)
    try options.encode(filters, forKey: .filters)
    try options.encode(window.kernel, forKey: .kernelSize)
    try options.encode(window.strides, forKey: .strides)
    try options.encode(padding, forKey: .padding)
    try options.encode(window.dilations, forKey: .dilationRate)
    try options.encode(activation, forKey: .activation)
    try options.encode(recurrentActivation, forKey: .recurrentActivation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(unitForgetBias, forKey: .unitForgetBias)
    try options.encode(dropout: dropout, recurrentDropout: recurrentDropout)
    if dataFormat != .channelsLast { try options.encode(dataFormat, forKey: .dataFormat) }
    if peepholes != .none { try options.encode(peepholes, forKey: .peepholes) }
    if layerNormalization { try options.encode(layerNormalization, forKey: .layerNormalization) }
  }
}
