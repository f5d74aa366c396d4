import Autodiff
import TensorCore

/// How values between given ones are found when maps are made larger.
public enum Interpolation: String, CaseIterable, Codable, Sendable {
  /// The nearest value: every pixel becomes a block.
  case nearest
  /// Linear along each axis between the centres of pixels.
  case bilinear
}

/// Larger maps: `[batch, space…, channels]` becomes `[batch, size · space…, channels]`.
public struct UpSampling<Space: SpatialRank>: SpatialLayer {
  public static var typeName: String { "UpSampling\(Space.rank)D" }

  /// How many times longer each space axis becomes.
  public var size: Extent
  /// In two dimensions; otherwise always nearest, as in Keras.
  public var interpolation: Interpolation
  public var dataFormat: DataFormat

  public init(
    size: Extent = 2, interpolation: Interpolation = .nearest, dataFormat: DataFormat = .channelsLast
  ) {
    self.size = size
    self.interpolation = interpolation
    self.dataFormat = dataFormat
  }

  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    let factors = size.values(rank: Space.rank)
    try requirePositive("size", factors)
    guard factors.count == Space.rank, Space.rank == 2 || interpolation == .nearest else {
      throw ShapeError(
        .invalidOption, in: Self.typeName,
        expected: "a size for each of \(Space.rank) space axes, bilinear interpolation in 2D only",
        received: "\(factors), \(interpolation.rawValue)",
        remedy: "Give one size, or one for each space axis.")
    }
    var output = maps
    for (axis, factor) in factors.enumerated() {
      output[axis + 1] = maps[axis + 1].map { $0 * factor }
    }
    return output
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    var output = maps
    for (axis, factor) in size.values(rank: Space.rank).enumerated() where factor > 1 {
      output =
        interpolation == .nearest
        ? output.repeated(axis: axis + 1, factor: factor)
        : output.interpolated(axis: axis + 1, factor: factor)
    }
    return output
  }
}

/// Longer sequences `[batch, length, channels]`.
public typealias UpSampling1D = UpSampling<Space1D>
/// Larger maps `[batch, height, width, channels]`.
public typealias UpSampling2D = UpSampling<Space2D>
/// Larger volumes `[batch, depth, height, width, channels]`.
public typealias UpSampling3D = UpSampling<Space3D>

enum UpSamplingKeys: String, CodingKey {
  case size, interpolation
  case dataFormat = "data_format"
}

extension UpSampling {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: UpSamplingKeys.self)
    self.init(
      size: try options.value(.size, default: 2),
      interpolation: try options.name(.interpolation, default: .nearest),
      dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: UpSamplingKeys.self)
    let factors = size.values(rank: Space.rank)
    if Space.rank == 1, factors.count == 1 {
      try options.encode(factors[0], forKey: .size)
    } else {
      try options.encode(factors, forKey: .size)
    }
    if Space.rank == 2 { try options.encode(interpolation, forKey: .interpolation) }
    if Space.rank > 1 { try options.encode(dataFormat, forKey: .dataFormat) }
  }
}
