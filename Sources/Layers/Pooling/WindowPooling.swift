import Autodiff
import TensorCore

/// The largest value of each window, channel by channel.
///
/// Input `[batch, space…, channels]`, output `[batch, space'…, channels]`.
public struct MaxPooling<Space: SpatialRank>: WindowPooling {
  public static var typeName: String { "MaxPooling\(Space.rank)D" }

  public var poolSize: Extent
  /// The step from window to window; by default the windows do not overlap.
  public var strides: Extent
  public var padding: Padding
  public var dataFormat: DataFormat

  public init(
    poolSize: Extent = 2, strides: Extent? = nil, padding: Padding = .valid,
    dataFormat: DataFormat = .channelsLast
  ) {
    self.poolSize = poolSize
    self.strides = strides ?? poolSize
    self.padding = padding
    self.dataFormat = dataFormat
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    maps.maximumPooled(try geometry(maps.shape))
  }
}

/// The mean of each window, channel by channel; padding does not count.
///
/// Input `[batch, space…, channels]`, output `[batch, space'…, channels]`.
public struct AveragePooling<Space: SpatialRank>: WindowPooling {
  public static var typeName: String { "AveragePooling\(Space.rank)D" }

  public var poolSize: Extent
  /// The step from window to window; by default the windows do not overlap.
  public var strides: Extent
  public var padding: Padding
  public var dataFormat: DataFormat

  public init(
    poolSize: Extent = 2, strides: Extent? = nil, padding: Padding = .valid,
    dataFormat: DataFormat = .channelsLast
  ) {
    self.poolSize = poolSize
    self.strides = strides ?? poolSize
    self.padding = padding
    self.dataFormat = dataFormat
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    maps.averagePooled(try geometry(maps.shape))
  }
}

/// Pooling of sequences `[batch, length, channels]`.
public typealias MaxPooling1D = MaxPooling<Space1D>
/// Pooling of maps `[batch, height, width, channels]`.
public typealias MaxPooling2D = MaxPooling<Space2D>
/// Pooling of volumes `[batch, depth, height, width, channels]`.
public typealias MaxPooling3D = MaxPooling<Space3D>
/// Pooling of sequences `[batch, length, channels]`.
public typealias AveragePooling1D = AveragePooling<Space1D>
/// Pooling of maps `[batch, height, width, channels]`.
public typealias AveragePooling2D = AveragePooling<Space2D>
/// Pooling of volumes `[batch, depth, height, width, channels]`.
public typealias AveragePooling3D = AveragePooling<Space3D>

/// What both kinds of pooling share.
protocol WindowPooling: SpatialLayer {
  var poolSize: Extent { get }
  var strides: Extent { get }
  var padding: Padding { get }
  init(poolSize: Extent, strides: Extent?, padding: Padding, dataFormat: DataFormat)
}

enum PoolingKeys: String, CodingKey {
  case strides, padding
  case poolSize = "pool_size"
  case dataFormat = "data_format"
}

extension WindowPooling {
  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    let window = SpatialWindow(kernel: poolSize, strides: strides, padding: padding, rank: Space.rank)
    let lengths = try window.outputLengths(
      for: Array(maps.dimensions.dropFirst().dropLast()), in: Self.typeName)
    return SymbolicShape([maps[0]] + lengths + [maps[-1]])
  }

  func geometry(_ shape: Shape) throws -> PoolingGeometry {
    try PoolingGeometry(
      input: shape, window: poolSize.values(rank: Space.rank), strides: strides.values(rank: Space.rank),
      padding: padding, in: Self.typeName)
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: PoolingKeys.self)
    self.init(
      poolSize: try options.value(.poolSize, default: 2),
      strides: try options.decodeIfPresent(Extent.self, forKey: .strides),
      padding: try options.name(.padding, default: .valid),
      dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: PoolingKeys.self)
    try options.encode(poolSize.values(rank: Space.rank), forKey: .poolSize)
    try options.encode(strides.values(rank: Space.rank), forKey: .strides)
    try options.encode(padding, forKey: .padding)
    try options.encode(dataFormat, forKey: .dataFormat)
  }
}
