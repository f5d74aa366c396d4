import Autodiff
import TensorCore

/// In training, multiplies by normal noise of mean 1 and variance rate / (1 − rate) (Srivastava et al. 2014). In
/// inference it changes nothing.
public struct GaussianDropout: UnaryLayer {
  public static let typeName = "GaussianDropout"

  public var rate: Float

  public init(rate: Float) { self.rate = rate }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireRate(rate)
    try requireNonEmpty(input)
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    guard context.isTraining, rate > 0 else { return input }
    let deviation = (rate / (1 - rate)).squareRoot()
    return input * context.random.normal(shape: input.shape, mean: 1, deviation: deviation)
  }

  enum CodingKeys: String, CodingKey { case rate }
}

/// In training, adds normal noise of mean 0. In inference it changes nothing.
public struct GaussianNoise: UnaryLayer {
  public static let typeName = "GaussianNoise"

  /// The standard deviation of the noise.
  public var deviation: Float

  public init(deviation: Float) { self.deviation = deviation }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonNegative("stddev", deviation)
    try requireNonEmpty(input)
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    guard context.isTraining, deviation > 0 else { return input }
    return input + context.random.normal(shape: input.shape, deviation: deviation)
  }

  enum CodingKeys: String, CodingKey { case deviation = "stddev" }
}

/// Dropout that keeps mean and variance of self-normalising networks: dropped values become −λα, and an affine
/// map restores the first two moments (Klambauer et al. 2017). In inference it changes nothing.
public struct AlphaDropout: UnaryLayer {
  public static let typeName = "AlphaDropout"

  public var rate: Float
  /// The shape of the random mask, as in `Dropout`.
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
    let lowest: Float = -1.7580993408473766
    let rate = rate
    let scale = 1 / ((1 - rate) * (1 + rate * lowest * lowest)).squareRoot()
    let draws = context.random.uniform(shape: noiseShape.mask(for: input.shape))
    let kept = Elementwise.map(draws) { $0 >= rate ? scale : 0 }
    let offset = Elementwise.map(draws) { ($0 >= rate ? 0 : lowest) * scale - scale * lowest * rate }
    return input * kept + offset
  }

  enum CodingKeys: String, CodingKey {
    case rate
    case noiseShape = "noise_shape"
  }
}
