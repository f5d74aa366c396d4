import Autodiff
import TensorCore

/// A transposed convolution, which enlarges maps: the gradient of a `Conv` with respect to its input, with
/// learned weights.
///
/// Input `[batch, space…, channels]`, output `[batch, space'…, filters]`; kernel
/// `[kernel space…, filters, channels]`, as in Keras.
public struct ConvTranspose<Space: SpatialRank>: SpatialLayer {
  public static var typeName: String { "Conv\(Space.rank)DTranspose" }

  public var filters: Int
  public var kernelSize: Extent
  public var strides: Extent
  public var padding: Padding
  /// How many elements each space axis of the output has beyond the smallest that fits; `nil` for Keras' own rule.
  public var outputPadding: Extent?
  public var activation: Activation
  public var useBias: Bool
  public var dataFormat: DataFormat

  public var kernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    outputPadding: Extent? = nil, activation: Activation = .linear, useBias: Bool = true,
    dataFormat: DataFormat = .channelsLast
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.outputPadding = outputPadding
    self.activation = activation
    self.useBias = useBias
    self.dataFormat = dataFormat
  }

  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    try requirePositive("filters", [filters])
    try requirePositive("kernel size", kernelSize.lengths)
    try requirePositive("strides", strides.lengths)
    let channels = try requireChannels(maps)
    guard !kernel.isBuilt || kernel.value.shape[-1] == channels else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "\(kernel.value.shape[-1]) channels",
        received: "\(channels) in \(maps)", remedy: "Feed as many channels as the layer was built for.")
    }
    let (kernels, steps) = (kernelSize.values(rank: Space.rank), strides.values(rank: Space.rank))
    let extra = outputPadding?.values(rank: Space.rank)
    guard kernels.count == Space.rank, steps.count == Space.rank, extra?.count ?? Space.rank == Space.rank,
      padding != .causal
    else {
      throw ShapeError(
        .invalidOption, in: Self.typeName,
        expected: "sizes for \(Space.rank) space axes and padding valid or same",
        received: "kernel \(kernels), strides \(steps), output padding \(extra ?? []), \(padding.rawValue)",
        remedy: "Give one positive number, or one for each space axis.")
    }
    for axis in 0..<Space.rank where extra.map({ $0[axis] < 0 || $0[axis] >= steps[axis] }) ?? false {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "an output padding below the stride, \(steps)",
        received: "\(extra!)", remedy: "Leave the output padding out, or enlarge the stride.")
    }
    let lengths = try (0..<Space.rank).map { axis -> Int? in
      guard let length = maps[axis + 1] else { return nil }
      let output = padding.transposedLength(
        length, kernel: kernels[axis], stride: steps[axis], outputPadding: extra?[axis])
      guard output > 0 else {
        throw ShapeError(
          .emptyDimension, in: Self.typeName, expected: "an output of at least one element",
          received: "\(output) from \(maps)", remedy: "Use a larger input or padding `valid`.")
      }
      return output
    }
    return SymbolicShape([maps[0]] + lengths + [filters])
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try requireChannels(dataFormat.channelsLast(input))
    let shape = Shape(kernelSize.values(rank: Space.rank) + [filters, channels])
    return [ParameterSpecification("kernel", shape, .glorotUniform)]
      + (useBias ? [ParameterSpecification("bias", [filters], .zeros)] : [])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    if useBias { try visit("bias", &bias) }
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(kernel)
    let geometry = try TransposedConvolutionGeometry(
      input: maps.shape, kernel: kernel.value.shape, strides: strides.values(rank: Space.rank),
      dilations: [Int](repeating: 1, count: Space.rank), padding: padding,
      outputPadding: outputPadding?.values(rank: Space.rank), in: Self.typeName)
    return maps.transposedConvolved(with: kernel.value, bias: useBias ? bias.value : nil, geometry)
      .activated(by: activation)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    input.sample.map { 2 * $0.count * filters * kernelSize.values(rank: Space.rank).reduce(1, *) }
  }
}

/// A transposed convolution of sequences `[batch, length, channels]`.
public typealias Conv1DTranspose = ConvTranspose<Space1D>
/// A transposed convolution of maps `[batch, height, width, channels]`.
public typealias Conv2DTranspose = ConvTranspose<Space2D>
/// A transposed convolution of volumes `[batch, depth, height, width, channels]`.
public typealias Conv3DTranspose = ConvTranspose<Space3D>

extension ConvTranspose {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: ConvolutionKeys.self)
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
      useBias: try options.value(.useBias, default: true),
      dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: ConvolutionKeys.self)
    try options.encode(filters, forKey: .filters)
    try options.encode(kernelSize.values(rank: Space.rank), forKey: .kernelSize)
    try options.encode(strides.values(rank: Space.rank), forKey: .strides)
    try options.encode(padding, forKey: .padding)
    try options.encodeIfPresent(outputPadding?.values(rank: Space.rank), forKey: .outputPadding)
    try options.encode(activation, forKey: .activation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(dataFormat, forKey: .dataFormat)
  }
}
