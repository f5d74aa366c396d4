import Autodiff
import TensorCore

/// What training makes small: a scalar that says how far predictions are from targets.
///
/// ```swift
/// let value = try Loss.meanSquaredError(prediction: model(x), target: y, mask: valid)
/// ```
/// Every loss is the mean over the **valid elements**, those whose mask is not 0: one number each, or one sample
/// of the class axis (the last one) in the categorical losses. What stands where the mask is 0, NaN included,
/// changes neither value nor gradient. Gradients flow to the prediction, never to the target.
public enum Loss: Hashable, Sendable {
  /// (p − t)².
  case meanSquaredError
  /// |p − t|.
  case meanAbsoluteError
  /// w·(p − t)² + w·|p − t| with a weight w that grows with the observed rain (B-MSE + B-MAE, Shi et al. 2017).
  case balancedRain(RainWeights)
  /// −t·log p − (1 − t)·log(1 − p) for independent yes-or-no targets.
  case binaryCrossentropy(fromLogits: Bool = false)
  /// −Σ t·log p over classes, for targets that are shares of classes, `[…, classes]`.
  case categoricalCrossentropy(fromLogits: Bool = false)
  /// −log p of the one true class, for targets that are class indices, `[…]`.
  case sparseCategoricalCrossentropy(fromLogits: Bool = false)
  /// (p − t)²/2 near the target, δ·|p − t| − δ²/2 farther away than δ.
  case huber(delta: Double = 1)
  /// log cosh(p − t).
  case logCosh
  /// 100·|p − t| / |t|.
  case meanAbsolutePercentageError
  /// (log(1 + p) − log(1 + t))².
  case meanSquaredLogarithmicError
  /// p − t·log p, for counts.
  case poisson
  /// max(1 − t·p, 0), for targets −1 and 1 (or 0 and 1).
  case hinge
  /// max(1 − t·p, 0)².
  case squaredHinge
  /// max(1 + max((1 − t)·p) − Σ t·p, 0) over classes.
  case categoricalHinge
  /// Σ t·log(t / p) over classes.
  case klDivergence
  /// −cos of the angle between the vectors along the last axis.
  case cosineSimilarity

  /// Keras' 1e-7: how far probabilities are kept away from 0 and 1 before their logarithm is taken.
  static let epsilon: Float = 1e-7

  /// The loss of a prediction.
  ///
  /// - Parameters:
  ///   - prediction: `[batch, …, channels]`, or `[batch, …, classes]` in the categorical losses.
  ///   - target: The same shape; class indices `[batch, …]` in the sparse one.
  ///   - mask: 1 valid, 0 missing; one number for each element of the loss. `nil`: everything is valid.
  /// - Returns: A scalar on the prediction's tape.
  /// - Throws: `ShapeError` where shapes do not fit; `LossError` where nothing is valid or a class does not exist.
  public func callAsFunction(prediction: Tensor, target: Tensor, mask: Tensor? = nil) throws -> Tensor {
    try measured(prediction: prediction, target: target, mask: mask).value
  }

  /// The loss together with the number of elements of which it is the mean, so that means of batches can be
  /// pooled.
  ///
  /// - Throws: As the call does.
  public func measured(prediction: Tensor, target: Tensor, mask: Tensor? = nil) throws -> Measure {
    switch self {
    case .meanSquaredError: try Self.squaredError(prediction, target, mask)
    case .meanAbsoluteError: try Self.absoluteError(prediction, target, mask)
    case .balancedRain(let weights): try Self.balancedRain(prediction, target, mask, weights)
    case .binaryCrossentropy(let fromLogits): try Self.binary(prediction, target, mask, fromLogits)
    case .categoricalCrossentropy(let fromLogits): try Self.categorical(prediction, target, mask, fromLogits)
    case .sparseCategoricalCrossentropy(let fromLogits):
      try Self.sparseCategorical(prediction, target, mask, fromLogits)
    case .huber(let delta): try Self.huber(prediction, target, mask, delta)
    case .logCosh: try Self.logCosh(prediction, target, mask)
    case .meanAbsolutePercentageError: try Self.absolutePercentageError(prediction, target, mask)
    case .meanSquaredLogarithmicError: try Self.squaredLogarithmicError(prediction, target, mask)
    case .poisson: try Self.poissonDeviance(prediction, target, mask)
    case .hinge: try Self.hinge(prediction, target, mask, squared: false)
    case .squaredHinge: try Self.hinge(prediction, target, mask, squared: true)
    case .categoricalHinge: try Self.categoricalHinge(prediction, target, mask)
    case .klDivergence: try Self.divergence(prediction, target, mask)
    case .cosineSimilarity: try Self.cosine(prediction, target, mask)
    }
  }

  /// A mean and what it is the mean of.
  public struct Measure: Sendable {
    /// The mean over the valid elements, a scalar on the prediction's tape.
    public let value: Tensor
    /// How many elements were valid.
    public let validCount: Int
  }
}
