import Autodiff
import TensorCore

/// The rectifier with its options: x between `threshold` and `maxValue`, `maxValue` above, and below the threshold
/// `negativeSlope` · (x − threshold).
public struct ReLU: UnaryLayer {
  public static let typeName = "ReLU"

  /// The largest value of the output; `nil` for no bound.
  public var maxValue: Float?
  public var negativeSlope: Float
  public var threshold: Float

  public init(maxValue: Float? = nil, negativeSlope: Float = 0, threshold: Float = 0) {
    self.maxValue = maxValue
    self.negativeSlope = negativeSlope
    self.threshold = threshold
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    for (option, value) in [
      ("max_value", maxValue ?? 0), ("negative_slope", negativeSlope), ("threshold", threshold),
    ] { try requireNonNegative(option, value) }
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    let (top, slope, threshold) = (maxValue ?? .infinity, negativeSlope, threshold)
    return input.mapped {
      $0 > threshold ? min($0, top) : $0.isNaN ? $0 : slope * ($0 - threshold)
    } derivative: {
      $0 > threshold ? ($0 < top ? 1 : 0) : slope
    }
  }
}

extension ReLU {
  enum CodingKeys: String, CodingKey {
    case maxValue = "max_value"
    case negativeSlope = "negative_slope"
    case threshold
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      maxValue: try options.decodeIfPresent(Float.self, forKey: .maxValue),
      negativeSlope: try options.value(.negativeSlope, default: 0),
      threshold: try options.value(.threshold, default: 0))
  }
}

/// x above zero and `negativeSlope` · x below (Maas et al. 2013).
public struct LeakyReLU: UnaryLayer {
  public static let typeName = "LeakyReLU"

  public var negativeSlope: Float

  public init(negativeSlope: Float = 0.3) { self.negativeSlope = negativeSlope }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    try requireNonNegative("negative_slope", negativeSlope)
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    let slope = negativeSlope
    return input.mapped {
      $0 > 0 ? $0 : slope * $0
    } derivative: {
      $0 > 0 ? 1 : slope
    }
  }
}

extension LeakyReLU {
  enum CodingKeys: String, CodingKey {
    case negativeSlope = "negative_slope"
    /// Keras 2's name.
    case alpha
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    let older: Float = try options.value(.alpha, default: 0.3)
    self.init(negativeSlope: try options.value(.negativeSlope, default: older))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(negativeSlope, forKey: .negativeSlope)
  }
}

/// x above zero and `alpha` · (eˣ − 1) below (Clevert et al. 2016).
public struct ELU: UnaryLayer {
  public static let typeName = "ELU"

  public var alpha: Float

  public init(alpha: Float = 1) { self.alpha = alpha }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    let alpha = alpha
    return input.mapped {
      $0 > 0 ? $0 : alpha * Float.exponentialMinusOne($0)
    } derivative: {
      $0 > 0 ? 1 : alpha * Float.exponential($0)
    }
  }
}

extension ELU {
  enum CodingKeys: String, CodingKey { case alpha }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(alpha: try options.value(.alpha, default: 1))
  }
}

extension Layer {
  /// Checks an option that must not be negative.
  func requireNonNegative(_ option: String, _ value: Float) throws {
    guard value >= 0, value.isFinite else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "\(option) of at least 0", received: "\(value)",
        remedy: "Give a number from 0.")
    }
  }
}
