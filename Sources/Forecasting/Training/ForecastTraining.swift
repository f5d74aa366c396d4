import Architectures
import Foundation
import Layers
import Readers
import Sampling
import TensorCore
import Training

/// What a training of one forecaster is asked to do.
public struct ForecastTrainingOptions: Sendable {
  public var family = Family.integrated
  /// How many frames the model sees, and how many it forecasts.
  public var inputFrames = 6
  public var forecastFrames = 12
  /// The side of the square tiles, in pixels after averaging.
  public var tileSize = 64
  /// How many pixels are averaged into one along each axis.
  public var downsampling = 1
  /// How many parameters the model should have, nearly.
  public var parameters = 300_000
  /// What the split keeps together, the frames between its parts, and the share for training and validation; see
  /// `SequenceLayout`.
  public var splitRule: SplitRule?
  public var splitGap: Int?
  public var trainFraction: Double?
  public var validationShare = 0.2
  public var batchesPerEpoch = 40
  public var batchSize = 8
  /// Integrated family: side of the patches that become channels, and kernel size.
  public var patchSize = 4
  public var kernelSize = 3
  /// How several frames are forecast, and when training reads the model's own ones (autoregressive).
  public var decoding = ForecastDecoding.recurrent
  public var sampling = ScheduledSampling(.none, steps: 1)
  /// Whether training tiles are mirrored and turned by chance.
  public var augments = false
  public var run = TrainingRunOptions(loss: .meanSquaredError)

  public init() {}

  /// How the data are divided and cut into samples; only rain is drawn by where it rains.
  func layout(for unit: PhysicalUnit?) -> SequenceLayout {
    var layout = SequenceLayout(
      inputFrames: inputFrames, forecastFrames: forecastFrames, tileSize: tileSize)
    layout.downsampling = downsampling
    (layout.rule, layout.gapFrames, layout.trainFraction) = (splitRule, splitGap, trainFraction)
    layout.validationShare = validationShare
    (layout.batchSize, layout.batchesPerEpoch, layout.seed) = (batchSize, batchesPerEpoch, run.seed)
    if unit != .millimetresPerHour { layout.dryAcceptance = 1 }
    return layout
  }
}

/// What every training is asked to do.
public struct TrainingRunOptions: Sendable {
  public var loss: Loss
  public var epochs = 30
  public var learningRate = 1e-3
  /// Training stops after so many epochs without a better validation loss.
  public var patience = 8
  public var maximumSeconds: Double?
  public var seed: UInt64 = 1
  /// In which numbers steps are computed; `nil` is float32, or for a training that goes on what it began with.
  public var precision: Precision?

  public init(loss: Loss) { self.loss = loss }

  /// The plan; Adam's rate is halved when the validation loss stands still.
  public var plan: TrainingPlan {
    TrainingPlan(
      loss: loss, epochs: epochs,
      schedule: .reduceOnPlateau(.init(factor: 0.5, patience: max(3, patience / 2))),
      earlyStopping: EarlyStopping(patience: patience), seed: seed, maximumSeconds: maximumSeconds,
      precision: precision ?? .float32)
  }
}

/// A training that is ready to start: model, data, plan, and what will be stored with the model.
public struct PreparedTraining: Sendable {
  public let model: ModelGraph
  public let family: Family
  /// The model in a line.
  public let summary: String
  public let training: any BatchProvider
  public let validation: any BatchProvider
  public let plan: TrainingPlan
  /// The precision that was asked for, if one was.
  let precision: Precision?
  public let learningRate: Double
  public let notes: [String: String]
  /// Bytes of the data that training keeps in memory, at most.
  public let dataBytes: Int
  /// What was done to the data and what it left out, a line each.
  public let remarks: [String]

  /// How many parameters are trained.
  public var parameterCount: Int { model.parameterCount }

  /// The trainer, from the start or where a folder says that an earlier run stopped.
  ///
  /// - Throws: `CheckpointError` and `SafeTensorsError` for a state that cannot be read; `ForecastingError` if it
  ///   belongs to another model or was begun in another precision.
  public func trainer(resuming folder: CheckpointFolder?) throws -> Trainer<ModelGraph> {
    guard let folder else {
      let optimizer = try Optimizer(Adam(learningRate: learningRate), clipping: .globalNorm(1))
      return Trainer(model, optimizer: optimizer, plan: plan, forward: AutoregressiveDecoding.output)
    }
    let checkpoint = try Checkpoint(contentsOf: folder.lastState)
    var trainer = try Trainer(
      resuming: checkpoint, into: checkpoint.model(), forward: AutoregressiveDecoding.output)
    let (before, now) = (trainer.model, model)
    guard before.inputs == now.inputs, before.layers.map(\.name) == now.layers.map(\.name),
      before.parameters.map(\.parameter.value.shape) == now.parameters.map(\.parameter.value.shape)
    else {
      throw ForecastingError(
        .otherData, in: folder.lastState.path,
        expected: "the state of a training of \(now.name) with \(now.parameterCount) parameters",
        received: "one of \(before.name) with \(before.parameterCount)",
        remedy: "Go on with the options of the first run, or train into another folder.")
    }
    // Other numbers than those of its first steps would make it another training.
    let begun = trainer.plan.precision
    guard precision == nil || precision == begun else {
      throw ForecastingError(
        .otherData, in: folder.lastState.path,
        expected: "--precision \(begun.rawValue), with which the training began",
        received: plan.precision.rawValue,
        remedy: "Leave the option out to go on, or train into another folder.")
    }
    trainer.plan = plan
    trainer.plan.precision = begun
    return trainer
  }
}

extension PreparedTraining {
  /// Prepares the training of a forecaster on sequences as they were opened.
  ///
  /// - Throws: as ``init(forecaster:on:)``.
  public init(forecaster options: ForecastTrainingOptions, events: [any FrameSource]) throws {
    try self.init(forecaster: options, on: PreparedEvents(events))
  }

  /// Prepares the training of a forecaster; see `PreparedSequences` for how the data are divided.
  ///
  /// - Throws: `DataError` if the data do not suffice, `WidthMatchError` or `ShapeError` if no model fits the options.
  public init(forecaster options: ForecastTrainingOptions, on events: PreparedEvents) throws {
    let data = try PreparedSequences(events, layout: options.layout(for: events.sources.first?.unit))
    let tiles = try data.training(seed: options.run.seed)
    let batches: any BatchProvider =
      options.augments
      ? SequenceBatches(source: try AugmentedBatches(tiles, .allSymmetries, seed: options.run.seed))
      : SequenceBatches(source: tiles)
    training = try AheadBatches(
      options.decoding == .autoregressive
        ? TeacherForcedBatches(batches, sampling: options.sampling, seed: options.run.seed) : batches)
    validation = try AheadBatches(SequenceBatches(source: data.validation), repeatsEpoch: true)
    var architecture = ForecastArchitecture(
      inputFrames: options.inputFrames, forecastFrames: options.forecastFrames, height: options.tileSize,
      width: options.tileSize, channels: data.builder.inputChannels, patchSize: options.patchSize,
      kernelSize: options.kernelSize)
    architecture.decoding = options.decoding
    let width = try WidthMatcher.width(of: options.family, in: architecture, parameters: options.parameters)
    family = options.family
    summary = architecture.summary(family, width: width)
    model = try architecture.model(family, width: width, initialization: .seed(options.run.seed))
    plan = options.run.plan
    precision = options.run.precision
    learningRate = options.run.learningRate
    dataBytes = min(data.source.capacity, data.source.count) * data.source.shape.count * 5
    remarks = data.remarks.map { "\($0.name): \($0.text)" }
    var notes = ForecastNotes(data)
    notes.decoding = options.decoding
    if options.decoding == .autoregressive { notes.sampling = options.sampling }
    self.notes = try notes.encoded()
  }

  /// Prepares the training of a classifier; clips of one group stay together in training, validation or test.
  ///
  /// - Throws: `DataError` for too few groups, `WidthMatchError` or `ShapeError` if no model fits the options.
  public init(
    classifier run: TrainingRunOptions, family: Family, clips: LabeledClips, parameters: Int, batchSize: Int,
    changes: ClipTrainingOptions = ClipTrainingOptions()
  ) throws {
    let split = try GroupSplit(of: clips, seed: run.seed)
    var architecture = ClassificationArchitecture(
      frames: clips.frames, height: clips.shape.height, width: clips.shape.width,
      channels: clips.shape.channels, classes: clips.classNames.count)
    let moments = try ChannelMoments(of: clips, split.training)
    architecture.standardize(means: moments.means, deviations: moments.deviations)
    let width = try WidthMatcher.width(of: family, in: architecture, parameters: parameters)
    self.family = family
    summary = architecture.summary(family, width: width)
    model = try architecture.model(family, width: width, initialization: .seed(run.seed))
    training = try AheadBatches(
      ClassifierBatches(clips, split.training, batchSize: batchSize, options: changes, seed: run.seed))
    validation = try AheadBatches(
      ClassifierBatches(clips, split.validation, batchSize: batchSize, seed: nil),
      repeatsEpoch: true)
    plan = run.plan
    precision = run.precision
    learningRate = run.learningRate
    // The clips are there already.
    dataBytes = 0
    remarks = changes.isPlain ? [] : ["Clips: \(changes.summary)"]
    notes = ClassifierNotes(classes: clips.classNames, splitSeed: run.seed, clipCount: clips.count).encoded()
  }
}

/// Batches of sequences as training takes them.
struct SequenceBatches<Source: BatchSource>: BatchProvider {
  let source: Source

  var batchesPerEpoch: Int { source.batchesPerEpoch }

  func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try source.batch(epoch: epoch, index: index)
    return TrainingBatch(batch.input, batch.target, mask: batch.targetMask)
  }
}
