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
