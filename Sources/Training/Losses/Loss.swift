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
  /// Half the square of the error up to `delta`, and a straight line beyond (Huber 1964).
  case huber(delta: Double = 1)
  /// log cosh(p − t): like half the square near zero, like |p − t| − log 2 far away.
  case logCosh
  /// 100·|p − t| / |t|.
  case meanAbsolutePercentageError
  /// (log(1 + p) − log(1 + t))², negative values taken as 0.
  case meanSquaredLogarithmicError
  /// p − t·log p: what counts t say against a Poisson distribution of rate p, constants aside.
  case poisson
  /// max(1 − t·p, 0) for targets −1 and 1; targets 0 and 1 are taken for these.
  case hinge
  /// The square of `hinge`.
  case squaredHinge
  /// max(1 + max over the wrong classes of p − p of the right class, 0), for targets `[…, classes]`.
  case categoricalHinge
  /// Σ t·log(t / p) over the last axis, for shares of classes.
  case klDivergence
  /// −cos of the angle between prediction and target along the last axis: −1 where they point the same way.
  case cosineSimilarity
  /// −t·log p − (1 − t)·log(1 − p) for independent yes-or-no targets. Label smoothing s moves targets to
  /// t·(1 − s) + s / 2.
  case binaryCrossentropy(fromLogits: Bool = false, labelSmoothing: Float = 0)
  /// Binary cross-entropy times (1 − probability of the right answer)^γ, so that easy cases count little.
  case binaryFocalCrossentropy(FocalOptions = FocalOptions())
  /// −Σ t·log p over classes, for targets that are shares of classes, `[…, classes]`. Label smoothing s moves
  /// targets to t·(1 − s) + s / classes.
  case categoricalCrossentropy(fromLogits: Bool = false, labelSmoothing: Float = 0)
  /// −Σ α·(1 − p)^γ·t·log p over classes.
  case categoricalFocalCrossentropy(FocalOptions = FocalOptions())
  /// −log p of the one true class, for targets that are class indices, `[…]`.
  case sparseCategoricalCrossentropy(fromLogits: Bool = false)
  /// FAL and FCL (Yan et al. 2024, "Fourier Amplitude and Correlation Loss: Beyond Using L2 Loss for Skillful
  /// Precipitation Nowcasting"), which reward sharp forecasts: the squared difference of the Fourier amplitudes of each
  /// frame, which does not see where something is, and 1 − the correlation of the spectra, which does.
  ///
  /// The paper draws one of the two for each step, FCL ever more rarely. Here both are in each step, in fixed shares: the
  /// loss is then a function of the prediction alone, so that validation, early stopping and resumed training see the
  /// same loss in every epoch and a run can be repeated bit by bit. Neither part knows the mean level well; add a squared
  /// error, as in `mse+facl`. Predictions are `[…, height, width, channels]`.
  case spectral(SpectralOptions = SpectralOptions())
  /// A weighted sum of losses.
  case sum(LossSum)
  /// A loss of the program's own.
  case custom(AnyLoss)

  /// Keras' 1e-7: how far probabilities are kept away from 0 and 1 before their logarithm is taken.
  static let epsilon: Float = 1e-7

  /// The loss of a prediction.
  ///
  /// - Parameters:
  ///   - prediction: `[batch, …, channels]`, or `[batch, …, classes]` in the categorical losses.
  ///   - target: The same shape; class indices `[batch, …]` in the sparse one.
  ///   - mask: 1 valid, 0 missing; one number for each element of the loss. `nil`: everything is valid.
  ///   - weights: By what each element's loss is multiplied (Keras' sample weights); the mean is still that over
  ///     the number of valid elements. `nil`: by 1.
  /// - Returns: A scalar on the prediction's tape.
  /// - Throws: `ShapeError` where shapes do not fit; `LossError` where nothing is valid or a class does not exist.
  public func callAsFunction(
    prediction: Tensor, target: Tensor, mask: Tensor? = nil, weights: Tensor? = nil
  ) throws -> Tensor {
    try measured(prediction: prediction, target: target, mask: mask, weights: weights).value
  }

  /// The loss together with the number of elements of which it is the mean, so that means of batches can be
  /// pooled.
  ///
  /// - Throws: As the call does.
  public func measured(
    prediction: Tensor, target: Tensor, mask: Tensor? = nil, weights: Tensor? = nil
  ) throws -> Measure {
    let count = ElementCount(mask: mask, weights: weights)
    switch self {
    case .meanSquaredError: return try Self.squaredError(prediction, target, count)
    case .meanAbsoluteError: return try Self.absoluteError(prediction, target, count)
    case .balancedRain(let weights): return try Self.balancedRain(prediction, target, count, weights)
    case .huber(let delta): return try Self.huber(prediction, target, count, delta)
    case .logCosh: return try Self.logCosh(prediction, target, count)
    case .meanAbsolutePercentageError: return try Self.percentageError(prediction, target, count)
    case .meanSquaredLogarithmicError: return try Self.squaredLogarithmicError(prediction, target, count)
    case .poisson: return try Self.poisson(prediction, target, count)
    case .hinge: return try Self.hinge(.hinge, prediction, target, count, isSquared: false)
    case .squaredHinge: return try Self.hinge(.squaredHinge, prediction, target, count, isSquared: true)
    case .categoricalHinge: return try Self.categoricalHinge(prediction, target, count)
    case .klDivergence: return try Self.divergence(prediction, target, count)
    case .cosineSimilarity: return try Self.cosineSimilarity(prediction, target, count)
    case .binaryCrossentropy(let fromLogits, let smoothing):
      let smooth = Self.smoothed(target, smoothing, classes: 2)
      return try Self.binary(prediction, smooth, count, fromLogits)
    case .binaryFocalCrossentropy(let options):
      let smooth = Self.smoothed(target, options.labelSmoothing, classes: 2)
      return try Self.binaryFocal(prediction, smooth, count, options)
    case .categoricalCrossentropy(let fromLogits, let smoothing):
      let smooth = Self.smoothed(target, smoothing, classes: prediction.shape.dimensions.last ?? 1)
      return try Self.categorical(prediction, smooth, count, fromLogits)
    case .categoricalFocalCrossentropy(let options):
      let classes = prediction.shape.dimensions.last ?? 1
      let smooth = Self.smoothed(target, options.labelSmoothing, classes: classes)
      return try Self.categoricalFocal(prediction, smooth, count, options)
    case .sparseCategoricalCrossentropy(let fromLogits):
      return try Self.sparseCategorical(prediction, target, count, fromLogits)
    case .spectral(let options): return try Self.spectral(prediction, target, count, options)
    case .sum(let terms): return try Self.sum(terms, prediction, target, count)
    case .custom(let loss): return try Self.custom(loss, prediction, target, count)
    }
  }

  /// The loss of what a model makes of a batch, with its mask and weights, and the number of elements of which it
  /// is the mean.
  ///
  /// - Throws: As the call does.
  public func measured(_ prediction: Tensor, _ batch: TrainingBatch) throws -> Measure {
    try measured(
      prediction: prediction, target: batch.target, mask: batch.mask, weights: batch.weights)
  }

  /// Targets moved towards an equal share for each of `classes`.
  private static func smoothed(_ target: Tensor, _ smoothing: Float, classes: Int) -> Tensor {
    guard smoothing != 0 else { return target }
    let share = smoothing / Float(max(classes, 1))
    return Elementwise.map(target) { $0 * (1 - smoothing) + share }
  }

  /// A mean and what it is the mean of.
  public struct Measure: Sendable {
    /// The mean over the valid elements, a scalar on the prediction's tape.
    public let value: Tensor
    /// How many elements were valid.
    public let validCount: Int
  }
}
