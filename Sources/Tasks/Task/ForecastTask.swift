import Contenders
import Foundation
import Layers
import Readers
import Sampling
import TensorCore
import Training

/// Forecasting on one set of data: the settings and everything that follows from them, made once. Training, comparing,
/// scoring and forecasting all start from this value, so that they agree to the last bit.
public struct ForecastTask: Sendable {
  public let settings: ForecastSettings
  /// Split, normalisers, tiles and windows.
  public let sequences: PreparedSequences
  /// What goes into a model and comes out, whatever its architecture.
  public let signature: ForecastSignature
  /// What is minimised, in normalised units.
  public let loss: Loss
  /// How much each lead time counts in training; `nil`: all alike.
  public private(set) var leadWeights: [Float]?
  /// What the model saw whose training goes on.
  private let seenBefore: [SeenData]
  /// Nowcasts and aligned frames, for models that read them and for baselines.
  package let fields: WindowFields

  /// Prepares the data; see `PreparedSequences`.
  ///
  /// - Parameters:
  ///   - events: The sequences as they were opened.
  ///   - settings: Every choice.
  ///   - stored: What a model says whose training goes on: its normalisers are taken. By default they are fitted on the
  ///     training part.
  /// - Throws: `DataError` if the sequences are too short, too small or hold nothing to fit a normaliser on;
  ///   ``ForecastingError`` for a loss that does not fit the unit.
  public init(
    _ events: PreparedEvents, settings: ForecastSettings, goingOnFrom stored: ForecastNotes? = nil
  ) throws {
    var settings = settings
    try Self.check(settings, unit: events.sources.first?.unit)
    sequences = try PreparedSequences(
      events, layout: settings.layout, normalizer: stored?.normalizer, extras: stored?.extras ?? [])
    seenBefore = stored?.seenData ?? []
    fields = WindowFields(source: sequences.source, leads: settings.forecastFrames)
    if settings.choosesBackground {
      settings.background = try BackgroundChoice.better(on: sequences, fields: fields)
      settings.choosesBackground = false
    }
    self.settings = settings
    var signature = ForecastSignature(
      inputFrames: settings.inputFrames, forecastFrames: settings.forecastFrames, height: settings.tileSize,
      width: settings.tileSize, channels: sequences.builder.inputChannels)
    signature.background = settings.background
    signature.isResidual = settings.isResidual
    signature.decoding = settings.decoding
    self.signature = signature
    loss = try settings.loss.loss(in: sequences.normalizer, unit: sequences.source.unit)
    if settings.leadWeighting == .skill {
      leadWeights = try LeadWeights.measured(
        on: ForecastBatches(task: self, base: try sequences.training(seed: settings.splitSeed)), loss: loss,
        leads: settings.forecastFrames)
    }
  }

  /// Refuses nowcasts of what is not rain, and calibration by a nowcast that there is not.
  private static func check(_ settings: ForecastSettings, unit: PhysicalUnit?) throws {
    let readsNowcast =
      settings.background.isNowcast || settings.choosesBackground || settings.coordinates == .lagrangian
    if readsNowcast, unit != .millimetresPerHour || settings.inputFrames < 2 {
      throw ForecastingError(
        .invalidOption, in: "--background",
        expected: "last-frame, and --coordinates eulerian, without two frames or more of rain in mm/h",
        received: "a nowcast of \(settings.inputFrames) frames in \(unit?.rawValue ?? "no unit")",
        remedy: "Leave both options out, or say with --unit what the stored numbers mean.")
    }
    guard settings.calibration == .none || settings.background.isNowcast || settings.choosesBackground else {
      throw ForecastingError(
        .invalidOption, in: "--calibration \(settings.calibration.rawValue)",
        expected: "a nowcast as the background, whose amounts a forecast gets", received: "the last frame",
        remedy: "Leave --calibration out, or choose another --background.")
    }
  }

  /// One sequence as it is.
  public init(_ source: any FrameSource, settings: ForecastSettings) throws {
    try self.init(PreparedEvents(source), settings: settings)
  }

  // MARK: Batches

  /// The training batches of a seed, the same for every contender, made ahead of the step.
  ///
  /// - Parameters:
  ///   - seed: What weights, tiles and the order of samples depend on.
  ///   - model: Whose decoder reads the frame before gets the true ones, or by scheduled sampling its own.
  ///   - share: The share of the training part to draw from; a smaller one is part of every larger one.
  /// - Throws: `DataError` if a number is not positive.
  public func training(seed: UInt64, for model: ModelGraph, share: Double = 1) throws -> any BatchProvider {
    let plain = ForecastBatches(task: self, base: try sequences.training(seed: seed, share: share))
    let batches: any BatchProvider =
      settings.augments
      ? SymmetricBatches(
        base: plain, seed: seed,
        normalizer: sequences.source.unit == .millimetresPerHour ? sequences.normalizer : nil) : plain
    return try AheadBatches(
      AutoregressiveDecoding.isUsed(by: model)
        ? TeacherForcedBatches(batches, sampling: settings.sampling, seed: seed) : batches)
  }

  /// The validation batches; every epoch is the first again.
  ///
  /// - Throws: `DataError` for a number out of range.
  public func validation() throws -> any BatchProvider {
    try AheadBatches(ForecastBatches(task: self, base: sequences.validation), repeatsEpoch: true)
  }

  /// What models take of a batch: the observed frames, in Lagrangian coordinates where the settings say so, and the
  /// background if it is a nowcast.
  ///
  /// - Throws: What reading throws; `MotionError`.
  package func inputs(_ batch: SequenceBatch) throws -> [Tensor] {
    let normalizer = sequences.normalizer
    var inputs = [batch.input]
    if settings.coordinates == .lagrangian {
      inputs[0] = LagrangianInput.replacingField(
        of: batch.input, by: try fields.aligned(for: batch.samples), normalizer: normalizer,
        hasMask: settings.masksInput)
    }
    if let method = settings.background.nowcast {
      let background = try fields.nowcast(method, for: batch.samples)
      inputs.append(Elementwise.map(background) { normalizer.normalize($0) })
    }
    return inputs
  }

  /// Bytes of the nowcasts and aligned frames that training keeps, at most.
  var fieldBytes: Int {
    let fields =
      (settings.background.isNowcast ? settings.forecastFrames : 0)
      + (settings.coordinates == .lagrangian ? settings.inputFrames : 0)
    return min(
      fields == 0 ? 0 : self.fields.capacity,
      sequences.source.count * fields * sequences.source.shape.pixels * 4)
  }

  // MARK: Models

  /// The model of a contender with the weights that a seed gives it.
  ///
  /// - Throws: `ShapeError` and `ContenderError` for settings that the contender cannot take.
  public func model(
    _ contender: any ForecastContender, width: Int, seed: UInt64
  ) throws -> ModelGraph {
    try signature.model(contender, width: width, initialization: .seed(seed))
  }

  /// What is stored with a model, so that it can be used on other data of the kind and trained again.
  ///
  /// - Parameters:
  ///   - contender: The architecture as options name it, and its width; `nil` for a model from elsewhere.
  /// - Throws: What encoding throws.
  public func notes(contender: String?, width: Int?) throws -> [String: String] {
    var notes = try ForecastNotes(sequences)
    notes.settings = settings
    notes.contender = contender
    notes.width = width
    notes.earlier = seenBefore
    return try notes.encoded()
  }

  // MARK: The test part

  /// The test samples.
  ///
  /// - Throws: `DataError` if everything is for training and validation.
  package func test() throws -> AllTileBatches {
    guard let test = sequences.test else {
      throw DataError(
        .invalidOption, expected: "a test part to score on", received: "a training fraction of 1",
        remedy: "Leave --train-fraction below 1.")
    }
    return test
  }

  /// Minutes from the last observed frame to each forecast frame; frames where time is unknown.
  package var leadTimes: [Double] {
    (1...settings.forecastFrames).map { Double($0) * (sequences.source.nominalStep ?? 1) }
  }
}

/// Batches of a task as training takes them.
package struct ForecastBatches: BatchProvider {
  let task: ForecastTask
  let base: any BatchSource

  package init(task: ForecastTask, base: any BatchSource) {
    self.task = task
    self.base = base
  }

  package var batchesPerEpoch: Int { base.batchesPerEpoch }

  package func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try base.batch(epoch: epoch, index: index)
    return TrainingBatch(
      inputs: try task.inputs(batch), target: batch.target, mask: batch.targetMask,
      weights: task.leadWeights.map { LeadWeights.spread($0, over: batch.target.shape) })
  }
}
