import Autodiff
import TensorCore

/// One step of a convolutional LSTM (Shi et al. 2015, without peepholes, as in Keras): the LSTM's matrix
/// products become convolutions, and h and c stay maps. Gates lie in Keras' order i, f, c, o along the last axis:
///
///     i = σ(Wᵢ∗x + Uᵢ∗h + bᵢ)    f = σ(W_f∗x + U_f∗h + b_f)    o = σ(Wₒ∗x + Uₒ∗h + bₒ)
///     c' = f·c + i·tanh(W_c∗x + U_c∗h + b_c)                    h' = o·tanh(c')
///
/// Strides, padding and dilation are those of the input convolution; the recurrent one is always of stride 1,
/// `same` and undilated. Input `[batch, spatial…, channels]`; kernel `[kernel…, channels, 4·filters]`,
/// recurrent kernel `[kernel…, filters, 4·filters]`. The number of spatial axes is `rank`.
public struct ConvLSTMCell: RecurrentCell {
  public static let layerName = "ConvLSTM"

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
  /// The number of spatial axes.
  public let rank: Int

  public var kernel = Parameter.unbuilt
  public var recurrentKernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    dilationRate: Extent = 1, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, unitForgetBias: Bool = true, rank: Int
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
    self.rank = rank
  }

  var window: SpatialWindow {
    SpatialWindow(
      kernel: kernelSize, strides: strides, dilations: dilationRate, padding: padding, rank: rank)
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    try visit("recurrent_kernel", &recurrentKernel)
    if useBias { try visit("bias", &bias) }
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try GateChecks.validate(self, filters: filters, activation, recurrentActivation)
    _ = try GateChecks.channels(input, kernel: kernel, in: "ConvLSTM\(rank)D")
    let lengths = try window.outputLengths(
      for: Array(input.dimensions[1..<1 + rank]), in: "ConvLSTM\(rank)D")
    return SymbolicShape([input[0]] + lengths + [filters])
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try GateChecks.channels(input, kernel: kernel, in: "ConvLSTM\(rank)D")
    let kernels = window.kernel
    return [
      ParameterSpecification("kernel", Shape(kernels + [channels, 4 * filters]), .glorotUniform),
      ParameterSpecification("recurrent_kernel", Shape(kernels + [filters, 4 * filters]), .orthogonal),
    ] + GateChecks.bias(useBias, filters, unitForgetBias)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    guard let outputs = try outputShape(for: input).sample, let channels = input[-1] else { return nil }
    return 2 * 4 * outputs.count * window.kernel.reduce(1, *) * (channels + filters)
  }

  public func initialState(for input: Tensor) throws -> LSTMState {
    let shape = Shape(try outputShape(for: SymbolicShape(input.shape)).dimensions.map { $0 ?? 0 })
    return LSTMState(hidden: .zeros(shape), cell: .zeros(shape))
  }

  public func step(_ input: Tensor, _ state: LSTMState, context: inout Context) throws -> LSTMState {
    try GateChecks.requireBuilt(self)
    let fromInput = try ConvolutionGeometry(
      input: input.shape, kernel: kernel.value.shape, strides: window.strides,
      dilations: window.dilations, padding: padding)
    let ones = [Int](repeating: 1, count: rank)
    let fromState = try ConvolutionGeometry(
      input: state.hidden.shape, kernel: recurrentKernel.value.shape, strides: ones, dilations: ones,
      padding: .same)
    let gates =
      input.convolved(with: kernel.value, bias: useBias ? bias.value : nil, fromInput)
      + state.hidden.convolved(with: recurrentKernel.value, bias: nil, fromState)
    return gatedStep(gates, state.cell, activation, recurrentActivation)
  }

  public func sequence(
    _ input: Tensor, from state: LSTMState?, backwards: Bool, context: inout Context
  ) throws -> (outputs: Tensor, last: LSTMState) {
    try GateChecks.requireBuilt(self)
    let (outputs, hidden, cell) = try input.convLSTMSequence(
      kernel: kernel.value, recurrentKernel: recurrentKernel.value, bias: useBias ? bias.value : nil,
      initialState: state.map { ($0.hidden, $0.cell) },
      options: ConvLSTMOptions(
        strides: window.strides, dilations: window.dilations, padding: padding, activation: activation,
        recurrentActivation: recurrentActivation, goBackwards: backwards))
    return (outputs, LSTMState(hidden: hidden, cell: cell))
  }
}
