import Autodiff
import TensorCore

/// A convolution: `activation(x ∗ kernel + bias)`, in the sense of deep learning, that is a cross-correlation.
///
/// Input `[batch, space…, channels]`, output `[batch, space'…, filters]`; kernel
/// `[kernel space…, channels / groups, filters]`. Lengths of space may differ from call to call.
public struct Conv<Space: SpatialRank>: SpatialLayer {
  public static var typeName: String { "Conv\(Space.rank)D" }

  public var filters: Int
  public var kernelSize: Extent
  public var strides: Extent
  /// `causal` in one dimension only.
  public var padding: Padding
  public var dilationRate: Extent
  /// Into how many groups channels and filters are divided; each group of filters sees one of channels.
  public var groups: Int
  public var activation: Activation
  public var useBias: Bool
  public var dataFormat: DataFormat

  public var kernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    dilationRate: Extent = 1, groups: Int = 1, activation: Activation = .linear, useBias: Bool = true,
    dataFormat: DataFormat = .channelsLast
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.groups = groups
    self.activation = activation
    self.useBias = useBias
    self.dataFormat = dataFormat
  }

  var window: SpatialWindow {
    SpatialWindow(
      kernel: kernelSize, strides: strides, dilations: dilationRate, padding: padding, rank: Space.rank,
      allowsCausal: Space.rank == 1)
  }

  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    try requirePositive("filters", [filters])
    let channels = try requireChannels(maps)
    guard groups > 0, channels % groups == 0, filters % groups == 0 else {
      throw ShapeError(
        .invalidOption, in: Self.typeName,
        expected: "groups that divide \(channels) channels and \(filters) filters", received: "\(groups)",
        remedy: "Choose another number of groups.")
    }
    guard !kernel.isBuilt || kernel.value.shape[-2] * groups == channels else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "\(kernel.value.shape[-2] * groups) channels",
        received: "\(channels) in \(maps)",
        remedy: "Feed as many channels as the layer was built for, or build it anew.")
    }
    let lengths = try window.outputLengths(
      for: Array(maps.dimensions.dropFirst().dropLast()), in: Self.typeName)
    return SymbolicShape([maps[0]] + lengths + [filters])
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try requireChannels(dataFormat.channelsLast(input))
    return [
      ParameterSpecification(
        "kernel", Shape(window.kernel + [channels / max(groups, 1), filters]), .glorotUniform)
    ] + (useBias ? [ParameterSpecification("bias", [filters], .zeros)] : [])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    if useBias { try visit("bias", &bias) }
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(kernel)
    return try maps.convolved(
      with: kernel.value, bias: useBias ? bias.value : nil, groups: groups, strides: window.strides,
      dilations: window.dilations, padding: padding, activation: activation,
      in: Self.typeName)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    guard let outputs = try outputShape(for: input).sample,
      let channels = dataFormat.channelsLast(input)[-1]
    else { return nil }
    return 2 * outputs.count * window.kernel.reduce(1, *) * channels / groups
  }
}

/// A convolution of sequences `[batch, length, channels]`.
public typealias Conv1D = Conv<Space1D>
/// A convolution of maps `[batch, height, width, channels]`.
public typealias Conv2D = Conv<Space2D>
/// A convolution of volumes `[batch, depth, height, width, channels]`.
public typealias Conv3D = Conv<Space3D>

/// The options of convolutions under Keras' names.
enum ConvolutionKeys: String, CodingKey {
  case filters, strides, padding, groups, activation
  case kernelSize = "kernel_size"
  case dilationRate = "dilation_rate"
  case outputPadding = "output_padding"
  case depthMultiplier = "depth_multiplier"
  case useBias = "use_bias"
  case dataFormat = "data_format"
}

extension Conv {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: ConvolutionKeys.self)
    self.init(
      filters: try options.decode(Int.self, forKey: .filters),
      kernelSize: try options.decode(Extent.self, forKey: .kernelSize),
      strides: try options.value(.strides, default: 1),
      padding: try options.name(.padding, default: .valid),
      dilationRate: try options.value(.dilationRate, default: 1),
      groups: try options.value(.groups, default: 1),
      activation: try options.name(.activation, default: .linear),
      useBias: try options.value(.useBias, default: true),
      dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: ConvolutionKeys.self)
    try options.encode(filters, forKey: .filters)
    try options.encode(window.kernel, forKey: .kernelSize)
    try options.encode(window.strides, forKey: .strides)
    try options.encode(padding, forKey: .padding)
    try options.encode(window.dilations, forKey: .dilationRate)
    try options.encode(groups, forKey: .groups)
    try options.encode(activation, forKey: .activation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(dataFormat, forKey: .dataFormat)
  }
}
