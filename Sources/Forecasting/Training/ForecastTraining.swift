import Architectures
import Foundation
import Layers
import SequenceData
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
  /// The share of the frames (or events) for training and validation; 1 leaves no test part.
  public var trainFraction = 0.48
  public var validationShare = 0.2
  public var batchesPerEpoch = 40
  public var batchSize = 8
  /// Integrated family: side of the patches that become channels, and kernel size.
  public var patchSize = 4
  public var kernelSize = 3
  public var run = TrainingRunOptions(loss: .meanSquaredError)

  public init() {}
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

  public init(loss: Loss) { self.loss = loss }

  /// The plan; Adam's rate is halved when the validation loss stands still.
  public var plan: TrainingPlan {
    TrainingPlan(
      loss: loss, epochs: epochs,
      schedule: .reduceOnPlateau(.init(factor: 0.5, patience: max(3, patience / 2))),
      earlyStopping: EarlyStopping(patience: patience), seed: seed, maximumSeconds: maximumSeconds)
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
  public let learningRate: Double
  public let notes: [String: String]
  /// Bytes of the data that training keeps in memory, at most.
  public let dataBytes: Int

  /// How many parameters are trained.
  public var parameterCount: Int { model.parameterCount }

  /// The trainer, from the start or where a folder says that an earlier run stopped.
  ///
  /// - Throws: `CheckpointError` and `SafeTensorsError` for a state that cannot be read; `ForecastingError` if it
  ///   belongs to another model.
  public func trainer(resuming folder: CheckpointFolder?) throws -> Trainer<ModelGraph> {
    guard let folder else {
      let optimizer = try Optimizer(Adam(learningRate: learningRate), clipping: .globalNorm(1))
      return Trainer(model, optimizer: optimizer, plan: plan)
    }
    let checkpoint = try Checkpoint(contentsOf: folder.lastState)
    var trainer = try Trainer(resuming: checkpoint)
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
    trainer.plan = plan
    return trainer
  }
}

extension PreparedTraining {
  /// Prepares the training of a forecaster: averages pixels, divides the data, fits the normaliser on the training
  /// part, holds tiles (or the last frames) out for validation.
  ///
  /// - Throws: `DataError` if the data do not suffice, `WidthMatchError` or `ShapeError` if no model fits the options.
  public init(forecaster options: ForecastTrainingOptions, events: [any FrameSource]) throws {
    let averaged: [any FrameSource] =
      options.downsampling > 1
      ? try events.map { try DownsampledSource($0, factor: options.downsampling) } : events
    let joined = try EventSequence(averaged)
    let source = CachedSource(joined)
    let tileSize = options.tileSize
    guard tileSize <= min(source.shape.height, source.shape.width) else {
      throw DataError(
        .noTile,
        expected: "tiles of at most \(min(source.shape.height, source.shape.width)) pixels, the frames being "
          + "\(source.shape)", received: "\(tileSize)",
        remedy: "Choose smaller tiles with --tile-size, or average fewer pixels.")
    }
    let hasRoom = min(source.shape.height / tileSize, 8) * min(source.shape.width / tileSize, 8) >= 4
    let parts = try DataParts(
      of: joined, fraction: options.trainFraction, inputFrames: options.inputFrames,
      forecastFrames: options.forecastFrames, hasRoomForTiles: hasRoom)
    let normalizer = try StoredNormalizer(fittedOn: source, frames: Array(parts.training))
    let domain = try DomainMask(of: source, frames: Self.spread(parts.training, 60))
    let grid = try TileGrid(domain: domain, size: tileSize)
    let heldOut = parts.validatesOnTiles ? try grid.heldOut(fraction: options.validationShare) : []

    let builder = BatchBuilder(source: source, normalizer: normalizer)
    func windows(_ frames: Range<Int>, stride: Int = 1) throws -> WindowIndex {
      try WindowIndex(
        of: source, frames: frames, inputFrames: options.inputFrames, forecastFrames: options.forecastFrames,
        stride: stride)
    }
    var sampler = TileSampler(size: tileSize, seed: options.run.seed)
    sampler.excluded = heldOut
    if source.unit != .millimetresPerHour { sampler.dryAcceptance = 1 }
    training = SequenceBatches(
      source: try RandomTileBatches(
        builder: builder, windows: windows(parts.training), sampler: sampler, batchSize: options.batchSize,
        batchesPerEpoch: options.batchesPerEpoch))
    // Neighbouring windows are nearly the same: every third is enough to choose an epoch by.
    validation = SequenceBatches(
      source: try AllTileBatches(
        builder: builder, windows: windows(parts.validation, stride: 3),
        tiles: heldOut.isEmpty ? grid.tiles : heldOut, batchSize: options.batchSize))

    let architecture = ForecastArchitecture(
      inputFrames: options.inputFrames, forecastFrames: options.forecastFrames, height: tileSize,
      width: tileSize, channels: source.shape.channels, patchSize: options.patchSize,
      kernelSize: options.kernelSize)
    let width = try WidthMatcher.width(of: options.family, in: architecture, parameters: options.parameters)
    family = options.family
    summary = architecture.summary(family, width: width)
    model = try architecture.model(family, width: width, initialization: .seed(options.run.seed))
    plan = options.run.plan
    learningRate = options.run.learningRate
    dataBytes = min(source.capacity, source.count) * source.shape.count * 5
    let times = joined.hasOneClock ? joined.timestamps : nil
    notes = try ForecastNotes(
      normalizer: normalizer, unit: source.unit, inputFrames: options.inputFrames,
      forecastFrames: options.forecastFrames, downsampling: options.downsampling,
      stepMinutes: joined.timestamps == nil ? nil : joined.nominalStep, grid: events[0].grid,
      trainedFrom: times?[0], trainedUntil: times?[parts.seen.upperBound - 1],
      trainedFrames: parts.seen.upperBound
    ).encoded()
  }

  /// Prepares the training of a classifier; clips of one group stay together in training, validation or test.
  ///
  /// - Throws: `DataError` for too few groups, `WidthMatchError` or `ShapeError` if no model fits the options.
  public init(
    classifier run: TrainingRunOptions, family: Family, clips: LabeledClips, parameters: Int, batchSize: Int
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
    training = ClassifierBatches(clips: clips, indices: split.training, batchSize: batchSize, seed: run.seed)
    validation = ClassifierBatches(clips: clips, indices: split.validation, batchSize: batchSize, seed: nil)
    plan = run.plan
    learningRate = run.learningRate
    // The clips are there already.
    dataBytes = 0
    notes = ClassifierNotes(classes: clips.classNames, splitSeed: run.seed, clipCount: clips.count).encoded()
  }

  /// Some frames of a range, evenly spread.
  private static func spread(_ range: Range<Int>, _ count: Int) -> [Int] {
    Array(stride(from: range.lowerBound, to: range.upperBound, by: max(1, range.count / count)))
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

/// Some of the clips, in their order or shuffled anew for each epoch; no more than a batch is copied at a time.
struct ClassifierBatches: BatchProvider {
  let clips: LabeledClips
  let indices: [Int]
  let batchSize: Int
  /// The seed of the order; `nil` keeps it.
  let seed: UInt64?

  var batchesPerEpoch: Int { (indices.count + batchSize - 1) / batchSize }

  func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    var order = indices
    if let seed {
      var stream = RandomStream(seed: seed).substream("shuffle").substream(epoch)
      order = stream.permutation(indices.count).map { indices[$0] }
    }
    let part = order[index * batchSize..<min(order.count, (index + 1) * batchSize)]
    let batch = try clips.batch(Array(part))
    return TrainingBatch(batch.input, batch.sparseLabels)
  }
}
