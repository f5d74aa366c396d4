import Contenders
import Layers
import Readers
import Sampling
import TensorCore
import Training

/// Every choice that decides how a classifier is trained on clips, but the architecture.
public struct ClassificationSettings: Codable, Equatable, Sendable {
  /// How often convolution (or ConvLSTM) and pooling follow each other; `nil` for what suits the size of the frames.
  public var stages: Int?
  /// How maps become the vector that the head sees; `nil` for each contender's own choice.
  public var head: ClassificationHead?
  /// How often classes are drawn in training, and what is changed by chance.
  public var changes = ClipTrainingOptions()
  /// What the split depends on. Not the seed of a training: all trainings of a comparison share one split.
  public var splitSeed: UInt64 = 1
  /// Epochs at most; `nil` for as many as make 800 steps, between 20 and 100.
  public var epochs: Int?
  /// Epochs without a better validation loss before training stops; `nil` for three tenths of the epochs.
  public var patience: Int?
  public var batchSize = 16
  public var learningRate = 2e-3
  public var precision = Precision.float32
  public var maximumSeconds: Double?

  public init() {}
}

/// Classifying one set of clips: the settings and everything that follows from them, made once.
public struct ClassificationTask: Sendable {
  public let settings: ClassificationSettings
  public let clips: LabeledClips
  /// Clips of one group stay together.
  public let split: GroupSplit
  /// What goes into a model and comes out, whatever its architecture; standardises by the training part.
  public let signature: ClassificationSignature
  /// The length of a training, chosen from the number of clips where the settings leave it open.
  public let training: TrainingSettings
  public let loss = Loss.sparseCategoricalCrossentropy()

  /// Splits the clips and measures what the input is standardised by.
  ///
  /// - Throws: `DataError` for too few groups or a class that training would not see.
  public init(_ clips: LabeledClips, settings: ClassificationSettings) throws {
    self.settings = settings
    self.clips = clips
    split = try GroupSplit(of: clips, seed: settings.splitSeed)
    var signature = ClassificationSignature(
      frames: clips.frames, height: clips.shape.height, width: clips.shape.width,
      channels: clips.shape.channels, classes: clips.classNames.count, stages: settings.stages,
      head: settings.head)
    let moments = try ChannelMoments(of: clips, split.training)
    signature.standardize(means: moments.means, deviations: moments.deviations)
    self.signature = signature
    let steps = (split.training.count + settings.batchSize - 1) / max(1, settings.batchSize)
    let epochs = settings.epochs ?? TrainingPlan.usualLength(batchesPerEpoch: steps).epochs
    var training = TrainingSettings(
      epochs: epochs, batchSize: settings.batchSize, learningRate: settings.learningRate,
      patience: settings.patience ?? TrainingPlan.usualPatience(epochs: epochs))
    training.precision = settings.precision
    training.maximumSeconds = settings.maximumSeconds
    self.training = training
  }

  /// The training batches of a seed, the same for every contender, made ahead of the step.
  ///
  /// - Parameters:
  ///   - seed: What the order of samples depends on.
  ///   - share: The share of the training clips to take; a smaller one is part of every larger one. An epoch has as many
  ///     batches as with all clips.
  /// - Throws: `DataError` if an option does not fit the clips.
  public func training(seed: UInt64, share: Double = 1) throws -> any BatchProvider {
    func batches(_ indices: [Int]) throws -> ClassifierBatches {
      try ClassifierBatches(
        clips, indices, batchSize: settings.batchSize, options: settings.changes, seed: seed)
    }
    let all = try batches(split.training)
    guard share < 1 else { return try AheadBatches(all) }
    let some = try split.trainingShare(share, of: clips, seed: settings.splitSeed)
    return try AheadBatches(
      RepeatedBatches(base: try batches(some), batchesPerEpoch: all.batchesPerEpoch))
  }

  /// The validation batches; every epoch is the first again.
  ///
  /// - Throws: `DataError` without a clip.
  public func validation() throws -> any BatchProvider { try batches(split.validation) }

  /// Batches of some clips in their order.
  ///
  /// - Throws: `DataError` without a clip.
  package func batches(_ indices: [Int]) throws -> any BatchProvider {
    try AheadBatches(
      ClassifierBatches(clips, indices, batchSize: settings.batchSize, seed: nil), repeatsEpoch: true)
  }

  /// The model of a contender with the weights that a seed gives it.
  ///
  /// - Throws: `ShapeError` for frames that the contender cannot take.
  public func model(
    _ contender: any ClassificationContender, width: Int, seed: UInt64
  ) throws -> ModelGraph {
    try signature.model(contender, width: width, initialization: .seed(seed))
  }

  /// What is stored with a model.
  ///
  /// - Parameter contender: The architecture as options name it, and its width.
  /// - Throws: What encoding throws.
  public func notes(contender: String?, width: Int?) throws -> [String: String] {
    var notes = ClassifierNotes(
      classes: clips.classNames, splitSeed: settings.splitSeed, clipCount: clips.count)
    (notes.settings, notes.contender, notes.width) = (settings, contender, width)
    return try notes.encoded()
  }
}
