import Architectures
import Forecasting
import TensorCore

/// What a comparison of classifiers is asked to do.
public struct ClassificationOptions: Sendable {
  /// Parameters of each family, matched within 3%; with another budget those of ConvLSTM2D.
  public var parameters = 40_000
  /// What is equal for both families.
  public var budget = Budget.parameters
  /// Epochs at most; `nil` for `TrainingPlan.usualLength(batchesPerEpoch:)`.
  public var epochs: Int? = nil
  public var batchSize = 16
  /// The learning rate of both families; `nil` to choose one for each on validation from ``learningRates``.
  public var learningRate: Float? = nil
  /// The grid from which learning rates are chosen, by equally short trainings.
  public var learningRates: [Float] = [1e-3, 2e-3, 5e-3]
  /// In which numbers models are trained, and their training steps timed. They are kept and scored in float32.
  public var precision = Precision.float32
  /// Training stops after so many epochs without a better validation loss; `nil` for what suits the number of epochs.
  public var patience: Int? = nil
  /// A training stops after so many seconds, with the best weights so far.
  public var maximumSeconds: Double? = nil
  /// The whole run takes about so many seconds at most: trainings share what is left, and no seed begins later.
  public var totalSeconds: Double? = nil
  /// The first seed, which also decides the split; the others follow it.
  public var seed: UInt64 = 1
  /// How many times each family is trained, with different weights and batches.
  public var seedCount = 3
  /// How often convolution (or ConvLSTM) and pooling follow each other; `nil` for what suits the size of the frames.
  public var stages: Int? = nil
  /// How maps become the vector that the head sees; `nil` for what is usual in a family.
  public var head: ClassificationHead? = nil
  /// How often the classes of training clips come, and what is changed by chance.
  public var changes = ClipTrainingOptions()

  /// Whether the trained models are measured, aspect by aspect.
  public var measures = true
  /// Whether measurements leave out what takes long.
  public var isQuick = false

  public init() {}

  /// A small setting that answers in a few minutes.
  public static var quick: ClassificationOptions {
    var options = ClassificationOptions()
    options.epochs = 8
    options.patience = 6
    options.seedCount = 1
    options.learningRate = 2e-3
    options.isQuick = true
    return options
  }

  var seeds: [UInt64] { (0..<UInt64(max(seedCount, 1))).map { seed &+ $0 } }
}
