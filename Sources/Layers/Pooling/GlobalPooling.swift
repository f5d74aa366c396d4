import Autodiff
import TensorCore

/// The mean of each channel over all of space: `[batch, space…, channels]` becomes `[batch, channels]`.
public struct GlobalAveragePooling<Space: SpatialRank>: GlobalPooling {
  public static var typeName: String { "GlobalAveragePooling\(Space.rank)D" }

  /// Whether space axes stay, with length 1.
  public var keepDimensions: Bool
  public var dataFormat: DataFormat

  public init(keepDimensions: Bool = false, dataFormat: DataFormat = .channelsLast) {
    self.keepDimensions = keepDimensions
    self.dataFormat = dataFormat
  }

  /// Steps of a sequence that a mask leaves out do not count, as in Keras.
  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    if Space.rank == 1, let mask = context.mask, mask.rank == 2 {
      let counts = mask.viewed(as: Shape(mask.shape.dimensions + [1]))
      return (maps * counts).sum(alongAxes: [1], keepingDimensions: keepDimensions)
        / counts.sum(alongAxes: [1], keepingDimensions: keepDimensions)
    }
    return maps.mean(alongAxes: Array(1...Space.rank), keepingDimensions: keepDimensions)
  }
}

/// The maximum of each channel over all of space: `[batch, space…, channels]` becomes `[batch, channels]`.
public struct GlobalMaxPooling<Space: SpatialRank>: GlobalPooling {
  public static var typeName: String { "GlobalMaxPooling\(Space.rank)D" }

  /// Whether space axes stay, with length 1.
  public var keepDimensions: Bool
  public var dataFormat: DataFormat

  public init(keepDimensions: Bool = false, dataFormat: DataFormat = .channelsLast) {
    self.keepDimensions = keepDimensions
    self.dataFormat = dataFormat
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    maps.maximum(alongAxes: Array(1...Space.rank), keepingDimensions: keepDimensions)
  }
}

/// Over sequences `[batch, length, channels]`.
public typealias GlobalAveragePooling1D = GlobalAveragePooling<Space1D>
/// Over maps `[batch, height, width, channels]`.
public typealias GlobalAveragePooling2D = GlobalAveragePooling<Space2D>
/// Over volumes `[batch, depth, height, width, channels]`.
public typealias GlobalAveragePooling3D = GlobalAveragePooling<Space3D>
/// Over sequences `[batch, length, channels]`.
public typealias GlobalMaxPooling1D = GlobalMaxPooling<Space1D>
/// Over maps `[batch, height, width, channels]`.
public typealias GlobalMaxPooling2D = GlobalMaxPooling<Space2D>
/// Over volumes `[batch, depth, height, width, channels]`.
public typealias GlobalMaxPooling3D = GlobalMaxPooling<Space3D>

/// What both kinds of global pooling share.
protocol GlobalPooling: SpatialLayer {
  var keepDimensions: Bool { get }
  init(keepDimensions: Bool, dataFormat: DataFormat)
}

enum GlobalPoolingKeys: String, CodingKey {
  case keepDimensions = "keepdims"
  case dataFormat = "data_format"
}

extension GlobalPooling {
  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    let ones = [Int?](repeating: 1, count: keepDimensions ? Space.rank : 0)
    return SymbolicShape([maps[0]] + ones + [maps[-1]])
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: GlobalPoolingKeys.self)
    self.init(
      keepDimensions: try options.value(.keepDimensions, default: false),
      dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: GlobalPoolingKeys.self)
    try options.encode(keepDimensions, forKey: .keepDimensions)
    try options.encode(dataFormat, forKey: .dataFormat)
  }
}
