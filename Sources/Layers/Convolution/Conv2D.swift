import Autodiff
import TensorCore

/// A two-dimensional convolution: `activation(x ∗ kernel + bias)`, in the sense of deep learning, that is a
/// cross-correlation.
///
/// Input `[batch, height, width, channels]`, output `[batch, height', width', filters]`; kernel
/// `[kernel height, kernel width, channels, filters]`. Height and width may differ from call to call.
public struct Conv2D: UnaryLayer {
  public static let typeName = "Conv2D"

  public var filters: Int
  public var kernelSize: Extent
  public var strides: Extent
  public var padding: Padding
  public var dilationRate: Extent
  public var activation: Activation
  public var useBias: Bool

  public var kernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    dilationRate: Extent = 1, activation: Activation = .linear, useBias: Bool = true
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.activation = activation
    self.useBias = useBias
  }

  var window: SpatialWindow {
    SpatialWindow(kernel: kernelSize, strides: strides, dilations: dilationRate, padding: padding, rank: 2)
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireRank(4, input, axes: "[batch, height, width, channels]")
    try requirePositive("filters", [filters])
    _ = try requireChannels(input, built: kernel.value)
    let lengths = try window.outputLengths(for: Array(input.dimensions[1...2]), in: Self.typeName)
    return SymbolicShape([input[0]] + lengths + [filters])
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try requireChannels(input)
    return [
      ParameterSpecification("kernel", Shape(window.kernel + [channels, filters]), .glorotUniform)
    ] + (useBias ? [ParameterSpecification("bias", [filters], .zeros)] : [])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    if useBias { try visit("bias", &bias) }
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(kernel)
    let geometry = try ConvolutionGeometry(
      input: input.shape, kernel: kernel.value.shape, strides: window.strides, dilations: window.dilations,
      padding: padding, in: Self.typeName)
    return input.convolved(
      with: kernel.value, bias: useBias ? bias.value : nil, activation: activation, geometry)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    guard let outputs = try outputShape(for: input).sample, let channels = input[-1] else { return nil }
    return 2 * outputs.count * window.kernel.reduce(1, *) * channels
  }
}

extension Conv2D {
  enum CodingKeys: String, CodingKey {
    case filters, strides, padding, activation
    case kernelSize = "kernel_size"
    case dilationRate = "dilation_rate"
    case useBias = "use_bias"
    case dataFormat = "data_format"
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    try options.requireChannelsLast(.dataFormat)
    self.init(
      filters: try options.decode(Int.self, forKey: .filters),
      kernelSize: try options.decode(Extent.self, forKey: .kernelSize),
      strides: try options.value(.strides, default: 1),
      padding: try options.name(.padding, default: .valid),
      dilationRate: try options.value(.dilationRate, default: 1),
      activation: try options.name(.activation, default: .linear),
      useBias: try options.value(.useBias, default: true))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(filters, forKey: .filters)
    try options.encode(window.kernel, forKey: .kernelSize)
    try options.encode(window.strides, forKey: .strides)
    try options.encode(padding, forKey: .padding)
    try options.encode(window.dilations, forKey: .dilationRate)
    try options.encode(activation, forKey: .activation)
    try options.encode(useBias, forKey: .useBias)
  }
}
