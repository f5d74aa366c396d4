import Autodiff
import TensorCore

/// A transposed convolution, which enlarges maps: the gradient of a `Conv2D` with respect to its input, with
/// learned weights.
///
/// Input `[batch, height, width, channels]`, output `[batch, height', width', filters]`; kernel
/// `[kernel height, kernel width, filters, channels]`, as in Keras.
public struct Conv2DTranspose: UnaryLayer {
  public static let typeName = "Conv2DTranspose"

  public var filters: Int
  public var kernelSize: Extent
  public var strides: Extent
  public var padding: Padding
  /// How many rows and columns the output has beyond the smallest that fits; `nil` for Keras' own rule.
  public var outputPadding: Extent?
  public var activation: Activation
  public var useBias: Bool

  public var kernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    outputPadding: Extent? = nil, activation: Activation = .linear, useBias: Bool = true
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.outputPadding = outputPadding
    self.activation = activation
    self.useBias = useBias
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireRank(4, input, axes: "[batch, height, width, channels]")
    try requirePositive("filters", [filters])
    try requirePositive("kernel size", kernelSize.lengths)
    try requirePositive("strides", strides.lengths)
    let channels = try requireChannels(input)
    guard !kernel.isBuilt || kernel.value.shape[-1] == channels else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "\(kernel.value.shape[-1]) channels (last axis)",
        received: "\(channels) in \(input)", remedy: "Feed as many channels as the layer was built for.")
    }
    let (kernels, steps) = (kernelSize.values(rank: 2), strides.values(rank: 2))
    let extra = outputPadding?.values(rank: 2)
    for axis in 0..<2 where extra.map({ $0[axis] < 0 || $0[axis] >= steps[axis] }) ?? false {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "an output padding below the stride, \(steps)",
        received: "\(extra!)", remedy: "Leave the output padding out, or enlarge the stride.")
    }
    let lengths = try (0..<2).map { axis -> Int? in
      guard let length = input[axis + 1] else { return nil }
      let output = padding.transposedLength(
        length, kernel: kernels[axis], stride: steps[axis], outputPadding: extra?[axis])
      guard output > 0 else {
        throw ShapeError(
          .emptyDimension, in: Self.typeName, expected: "an output of at least one element",
          received: "\(output) from \(input)", remedy: "Use a larger input or padding `valid`.")
      }
      return output
    }
    return SymbolicShape([input[0]] + lengths + [filters])
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try requireChannels(input)
    let shape = Shape(kernelSize.values(rank: 2) + [filters, channels])
    return [ParameterSpecification("kernel", shape, .glorotUniform)]
      + (useBias ? [ParameterSpecification("bias", [filters], .zeros)] : [])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    if useBias { try visit("bias", &bias) }
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(kernel)
    let geometry = try TransposedConvolutionGeometry(
      input: input.shape, kernel: kernel.value.shape, strides: strides.values(rank: 2), dilations: [1, 1],
      padding: padding, outputPadding: outputPadding?.values(rank: 2), in: Self.typeName)
    return input.transposedConvolved(with: kernel.value, bias: useBias ? bias.value : nil, geometry)
      .activated(by: activation)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    input.sample.map { 2 * $0.count * filters * kernelSize.values(rank: 2).reduce(1, *) }
  }
}

extension Conv2DTranspose {
  enum CodingKeys: String, CodingKey {
    case filters, strides, padding, activation
    case kernelSize = "kernel_size"
    case outputPadding = "output_padding"
    case useBias = "use_bias"
    case dataFormat = "data_format"
    case dilationRate = "dilation_rate"
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    try options.requireChannelsLast(.dataFormat)
    let dilation = try options.value(.dilationRate, default: Extent(integerLiteral: 1))
    guard dilation.lengths.allSatisfy({ $0 == 1 }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .dilationRate, in: options,
        debugDescription: "expected a dilation of 1 in a transposed convolution, received \(dilation.lengths)"
      )
    }
    self.init(
      filters: try options.decode(Int.self, forKey: .filters),
      kernelSize: try options.decode(Extent.self, forKey: .kernelSize),
      strides: try options.value(.strides, default: 1),
      padding: try options.name(.padding, default: .valid),
      outputPadding: try options.decodeIfPresent(Extent.self, forKey: .outputPadding),
      activation: try options.name(.activation, default: .linear),
      useBias: try options.value(.useBias, default: true))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(filters, forKey: .filters)
    try options.encode(kernelSize.values(rank: 2), forKey: .kernelSize)
    try options.encode(strides.values(rank: 2), forKey: .strides)
    try options.encode(padding, forKey: .padding)
    try options.encodeIfPresent(outputPadding?.values(rank: 2), forKey: .outputPadding)
    try options.encode(activation, forKey: .activation)
    try options.encode(useBias, forKey: .useBias)
  }
}
