import Autodiff
import TensorCore

/// The largest value of each window, channel by channel.
///
/// Input `[batch, height, width, channels]`, output `[batch, height', width', channels]`.
public struct MaxPooling2D: UnaryLayer {
  public static let typeName = "MaxPooling2D"

  public var poolSize: Extent
  /// The step from window to window; by default the windows do not overlap.
  public var strides: Extent
  public var padding: Padding

  public init(poolSize: Extent = 2, strides: Extent? = nil, padding: Padding = .valid) {
    self.poolSize = poolSize
    self.strides = strides ?? poolSize
    self.padding = padding
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try pooledShape(for: input)
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.maximumPooled(try geometry(input.shape))
  }
}

/// The mean of each window, channel by channel; padding does not count.
///
/// Input `[batch, height, width, channels]`, output `[batch, height', width', channels]`.
public struct AveragePooling2D: UnaryLayer {
  public static let typeName = "AveragePooling2D"

  public var poolSize: Extent
  /// The step from window to window; by default the windows do not overlap.
  public var strides: Extent
  public var padding: Padding

  public init(poolSize: Extent = 2, strides: Extent? = nil, padding: Padding = .valid) {
    self.poolSize = poolSize
    self.strides = strides ?? poolSize
    self.padding = padding
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try pooledShape(for: input)
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.averagePooled(try geometry(input.shape))
  }
}

/// What both kinds of pooling share.
protocol WindowPooling: UnaryLayer {
  var poolSize: Extent { get }
  var strides: Extent { get }
  var padding: Padding { get }
  init(poolSize: Extent, strides: Extent?, padding: Padding)
}

extension MaxPooling2D: WindowPooling {}
extension AveragePooling2D: WindowPooling {}

enum PoolingKeys: String, CodingKey {
  case strides, padding
  case poolSize = "pool_size"
  case dataFormat = "data_format"
}

extension WindowPooling {
  func pooledShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireRank(4, input, axes: "[batch, height, width, channels]")
    let window = SpatialWindow(kernel: poolSize, strides: strides, padding: padding, rank: 2)
    let lengths = try window.outputLengths(for: Array(input.dimensions[1...2]), in: Self.typeName)
    return SymbolicShape([input[0]] + lengths + [input[-1]])
  }

  func geometry(_ shape: Shape) throws -> PoolingGeometry {
    try PoolingGeometry(
      input: shape, window: poolSize.values(rank: 2), strides: strides.values(rank: 2), padding: padding)
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: PoolingKeys.self)
    try options.requireChannelsLast(.dataFormat)
    self.init(
      poolSize: try options.value(.poolSize, default: 2),
      strides: try options.decodeIfPresent(Extent.self, forKey: .strides),
      padding: try options.name(.padding, default: .valid))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: PoolingKeys.self)
    try options.encode(poolSize.values(rank: 2), forKey: .poolSize)
    try options.encode(strides.values(rank: 2), forKey: .strides)
    try options.encode(padding, forKey: .padding)
  }
}
