import Autodiff
import TensorCore

/// A convolution of every channel by itself, and one of single pixels over all channels after it:
/// `activation((x ∗ depthwise kernel) ∗ pointwise kernel + bias)` (Chollet 2017).
///
/// Input `[batch, space…, channels]`, output `[batch, space'…, filters]`; depthwise kernel
/// `[kernel space…, channels, multiplier]`, pointwise kernel `[1…, channels · multiplier, filters]`.
public struct SeparableConv<Space: SpatialRank>: SpatialLayer {
  public static var typeName: String { "SeparableConv\(Space.rank)D" }

  public var filters: Int
  public var kernelSize: Extent
  public var strides: Extent
  public var padding: Padding
  public var dilationRate: Extent
  public var depthMultiplier: Int
  public var activation: Activation
  public var useBias: Bool
  public var dataFormat: DataFormat

  public var depthwiseKernel = Parameter.unbuilt
  public var pointwiseKernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    dilationRate: Extent = 1, depthMultiplier: Int = 1, activation: Activation = .linear,
    useBias: Bool = true, dataFormat: DataFormat = .channelsLast
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
    self.depthMultiplier = depthMultiplier
    self.activation = activation
    self.useBias = useBias
    self.dataFormat = dataFormat
  }

  private var window: SpatialWindow {
    SpatialWindow(
      kernel: kernelSize, strides: strides, dilations: dilationRate, padding: padding, rank: Space.rank)
  }

  private var ones: [Int] { [Int](repeating: 1, count: Space.rank) }

  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    try requirePositive("filters", [filters])
    try requirePositive("depth_multiplier", [depthMultiplier])
    _ = try requireChannels(maps, built: depthwiseKernel.value)
    let lengths = try window.outputLengths(
      for: Array(maps.dimensions.dropFirst().dropLast()), in: Self.typeName)
    return SymbolicShape([maps[0]] + lengths + [filters])
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try requireChannels(dataFormat.channelsLast(input))
    return [
      ParameterSpecification(
        "depthwise_kernel", Shape(window.kernel + [channels, depthMultiplier]), .glorotUniform),
      ParameterSpecification(
        "pointwise_kernel", Shape(ones + [channels * depthMultiplier, filters]), .glorotUniform),
    ] + (useBias ? [ParameterSpecification("bias", [filters], .zeros)] : [])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("depthwise_kernel", &depthwiseKernel)
    try visit("pointwise_kernel", &pointwiseKernel)
    if useBias { try visit("bias", &bias) }
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(depthwiseKernel, pointwiseKernel)
    let geometry = try ConvolutionGeometry(
      input: maps.shape, kernel: depthwiseKernel.value.shape, strides: window.strides,
      dilations: window.dilations, padding: padding, in: Self.typeName)
    return try maps.depthwiseConvolved(with: depthwiseKernel.value, geometry)
      .convolved(
        with: pointwiseKernel.value, bias: useBias ? bias.value : nil, groups: 1, strides: ones,
        dilations: ones, padding: .valid, activation: activation, in: Self.typeName)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    guard let outputs = try outputShape(for: input).sample,
      let channels = dataFormat.channelsLast(input)[-1]
    else { return nil }
    let each = window.kernel.reduce(1, *) + filters
    return 2 * outputs.count / filters * channels * depthMultiplier * each
  }
}

/// A separable convolution of sequences `[batch, length, channels]`.
public typealias SeparableConv1D = SeparableConv<Space1D>
/// A separable convolution of maps `[batch, height, width, channels]`.
public typealias SeparableConv2D = SeparableConv<Space2D>

extension SeparableConv {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: ConvolutionKeys.self)
    self.init(
      filters: try options.decode(Int.self, forKey: .filters),
      kernelSize: try options.decode(Extent.self, forKey: .kernelSize),
      strides: try options.value(.strides, default: 1),
      padding: try options.name(.padding, default: .valid),
      dilationRate: try options.value(.dilationRate, default: 1),
      depthMultiplier: try options.value(.depthMultiplier, default: 1),
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
    try options.encode(depthMultiplier, forKey: .depthMultiplier)
    try options.encode(activation, forKey: .activation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(dataFormat, forKey: .dataFormat)
  }
}
