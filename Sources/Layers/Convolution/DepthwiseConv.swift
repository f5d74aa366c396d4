import Autodiff
import TensorCore

/// A convolution of every channel by itself, `depthMultiplier` times: `activation(x ∗ kernel + bias)`.
///
/// Input `[batch, space…, channels]`, output `[batch, space'…, channels · multiplier]`, those of one channel side by
/// side; kernel `[kernel space…, channels, multiplier]`.
public struct DepthwiseConv<Space: SpatialRank>: SpatialLayer {
  public static var typeName: String { "DepthwiseConv\(Space.rank)D" }

  public var kernelSize: Extent
  public var strides: Extent
  public var padding: Padding
  public var depthMultiplier: Int
  public var dilationRate: Extent
  public var activation: Activation
  public var useBias: Bool
  public var dataFormat: DataFormat

  public var kernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
    dilationRate: Extent = 1, activation: Activation = .linear, useBias: Bool = true,
    dataFormat: DataFormat = .channelsLast
  ) {
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.depthMultiplier = depthMultiplier
    self.dilationRate = dilationRate
    self.activation = activation
    self.useBias = useBias
    self.dataFormat = dataFormat
  }

  private var window: SpatialWindow {
    SpatialWindow(
      kernel: kernelSize, strides: strides, dilations: dilationRate, padding: padding, rank: Space.rank)
  }

  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    try requirePositive("depth_multiplier", [depthMultiplier])
    let channels = try requireChannels(maps, built: kernel.value)
    let lengths = try window.outputLengths(
      for: Array(maps.dimensions.dropFirst().dropLast()), in: Self.typeName)
    return SymbolicShape([maps[0]] + lengths + [channels * depthMultiplier])
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try requireChannels(dataFormat.channelsLast(input))
    let shape = Shape(window.kernel + [channels, depthMultiplier])
    return [ParameterSpecification("kernel", shape, .glorotUniform)]
      + (useBias ? [ParameterSpecification("bias", [channels * depthMultiplier], .zeros)] : [])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    if useBias { try visit("bias", &bias) }
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(kernel)
    let geometry = try ConvolutionGeometry(
      input: maps.shape, kernel: kernel.value.shape, strides: window.strides, dilations: window.dilations,
      padding: padding, in: Self.typeName)
    let output = maps.depthwiseConvolved(with: kernel.value, geometry)
    return (useBias ? output + bias.value : output).activated(by: activation)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    try outputShape(for: input).sample.map { 2 * $0.count * window.kernel.reduce(1, *) }
  }
}

/// A convolution of every channel of sequences `[batch, length, channels]`.
public typealias DepthwiseConv1D = DepthwiseConv<Space1D>
/// A convolution of every channel of maps `[batch, height, width, channels]`.
public typealias DepthwiseConv2D = DepthwiseConv<Space2D>

extension DepthwiseConv {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: ConvolutionKeys.self)
    self.init(
      kernelSize: try options.decode(Extent.self, forKey: .kernelSize),
      strides: try options.value(.strides, default: 1),
      padding: try options.name(.padding, default: .valid),
      depthMultiplier: try options.value(.depthMultiplier, default: 1),
      dilationRate: try options.value(.dilationRate, default: 1),
      activation: try options.name(.activation, default: .linear),
      useBias: try options.value(.useBias, default: true),
      dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: ConvolutionKeys.self)
    try options.encode(window.kernel, forKey: .kernelSize)
    try options.encode(window.strides, forKey: .strides)
    try options.encode(padding, forKey: .padding)
    try options.encode(depthMultiplier, forKey: .depthMultiplier)
    try options.encode(window.dilations, forKey: .dilationRate)
    try options.encode(activation, forKey: .activation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(dataFormat, forKey: .dataFormat)
  }
}
