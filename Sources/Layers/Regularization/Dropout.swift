import Autodiff
import TensorCore

/// In training, sets a share `rate` of the values to zero and scales the rest by 1 / (1 − rate)
/// (Srivastava et al. 2014). In inference it changes nothing.
public struct Dropout: UnaryLayer {
  public static let typeName = "Dropout"

  public var rate: Float
  /// The shape of the random mask, `nil` for the length of the input's axis: `[nil, 1, nil]` drops the same
  /// channels at every step of `[batch, time, channels]`. By default every value is drawn by itself.
  public var noiseShape: [Int?]?

  public init(rate: Float, noiseShape: [Int?]? = nil) {
    self.rate = rate
    self.noiseShape = noiseShape
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireRate(rate)
    try requireNonEmpty(input)
    try requireNoiseShape(noiseShape, for: input)
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    guard context.isTraining, rate > 0 else { return input }
    return input * context.random.dropoutMask(noiseShape.mask(for: input.shape), rate: rate)
  }

  enum CodingKeys: String, CodingKey {
    case rate
    case noiseShape = "noise_shape"
  }
}

/// In training, drops whole channels of maps: all of space or none (Tompson et al. 2014).
///
/// Input and output `[batch, space…, channels]`.
public struct SpatialDropout<Space: SpatialRank>: SpatialLayer {
  public static var typeName: String { "SpatialDropout\(Space.rank)D" }

  public var rate: Float
  public var dataFormat: DataFormat

  public init(rate: Float, dataFormat: DataFormat = .channelsLast) {
    self.rate = rate
    self.dataFormat = dataFormat
  }

  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    try requireRate(rate)
    return maps
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    guard context.isTraining, rate > 0 else { return maps }
    let ones = [Int](repeating: 1, count: Space.rank)
    let mask = context.random.dropoutMask(Shape([maps.shape[0]] + ones + [maps.shape[-1]]), rate: rate)
    return maps * mask
  }
}

/// Drops whole channels of sequences `[batch, length, channels]`.
public typealias SpatialDropout1D = SpatialDropout<Space1D>
/// Drops whole channels of maps `[batch, height, width, channels]`.
public typealias SpatialDropout2D = SpatialDropout<Space2D>
/// Drops whole channels of volumes `[batch, depth, height, width, channels]`.
public typealias SpatialDropout3D = SpatialDropout<Space3D>

enum SpatialDropoutKeys: String, CodingKey {
  case rate
  case dataFormat = "data_format"
}

extension SpatialDropout {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: SpatialDropoutKeys.self)
    self.init(
      rate: try options.decode(Float.self, forKey: .rate),
      dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: SpatialDropoutKeys.self)
    try options.encode(rate, forKey: .rate)
    if Space.rank > 1 { try options.encode(dataFormat, forKey: .dataFormat) }
  }
}

extension RandomStream {
  /// 0 with probability `rate` and 1 / (1 − rate) otherwise.
  mutating func dropoutMask(_ shape: Shape, rate: Float) -> Tensor {
    let scale = 1 / (1 - rate)
    return Elementwise.map(uniform(shape: shape)) { $0 < rate ? 0 : scale }
  }
}

extension [Int?]? {
  /// The shape of a random mask for an input.
  func mask(for input: Shape) -> Shape {
    guard let self else { return input }
    return Shape(zip(self, input.dimensions).map { $0 ?? $1 })
  }
}

extension Layer {
  /// Checks a share of values to drop.
  func requireRate(_ rate: Float) throws {
    guard rate >= 0, rate < 1 else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "a rate in [0, 1)", received: "\(rate)",
        remedy: "Give the share of values to drop.")
    }
  }

  /// Checks that a random mask broadcasts to an input.
  func requireNoiseShape(_ noise: [Int?]?, for input: SymbolicShape) throws {
    guard let noise else { return }
    let fits =
      noise.count == input.rank
      && zip(noise, input.dimensions).allSatisfy { $0 == nil || $0 == 1 || $1 == nil || $0 == $1 }
    guard fits else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "a noise shape that broadcasts to \(input)",
        received: "\(SymbolicShape(noise))", remedy: "Use 1 or the axis's own length for each axis.")
    }
  }
}
