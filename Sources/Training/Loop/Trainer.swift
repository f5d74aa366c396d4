import Autodiff
import Layers
import TensorCore

/// Trains a model: a `ModelGraph`, or any `Parameterized` value together with its forward pass.
///
/// ```swift
/// let plan = TrainingPlan(loss: .meanSquaredError, epochs: 20, earlyStopping: EarlyStopping(patience: 5))
/// var trainer = Trainer(model, optimizer: try Optimizer(Adam()), plan: plan)
/// let result = try await trainer.fit(on: training, validation: validation, progress: TerminalProgress())
/// ```
/// Same model, batches, plan and number of threads: same bits, however often the training was interrupted.
public struct Trainer<Model: Parameterized>: Sendable {
  /// Computes the model's output, `[batch, …]`, from its inputs.
  public typealias Forward = @Sendable (Model, [Tensor], inout Context) throws -> Tensor

  /// The model as it is now.
  public internal(set) var model: Model
  public internal(set) var optimizer: Optimizer
  /// What to do. It may be changed between two calls of `fit`, to go on for more epochs say.
  public var plan: TrainingPlan
  /// How far training has come.
  public internal(set) var state = TrainingState()
  /// The model of the complete epoch with the lowest monitored loss, or the untrained one where that is a candidate and
  /// its loss is lower still.
  public internal(set) var best: Model?

  let forward: Forward

  /// A training that has not begun.
  public init(
    _ model: Model, optimizer: Optimizer, plan: TrainingPlan, forward: @escaping Forward
  ) {
    self.model = model
    self.optimizer = optimizer
    self.plan = plan
    self.forward = forward
  }

  /// Trains until the plan is fulfilled, a limit is reached or the task is cancelled.
  ///
  /// Batches in which nothing is valid are passed over. After each epoch the model and, apart from it, the whole
  /// state of the training are saved where `saving` says. In the middle of an epoch the state is saved from time to
  /// time, and by a limit or a cancellation; calling `fit` again goes on from there.
  ///
  /// - Throws: `TrainingError` if a loss or a gradient is NaN or infinite, with step, epoch and layer, or if
  ///   there are no data; `CancellationError` between two steps; what batches, model, loss and files throw.
  public mutating func fit(
    on training: any BatchProvider, validation: (any BatchProvider)? = nil, saving: CheckpointFolder? = nil,
    progress: any TrainingProgress = SilentProgress()
  ) async throws -> TrainingResult<Model> {
    try checkPlan(training)
    try saving?.prepare()
    // A limit may have saved the model of an epoch that was cut short; a training that goes on knows nothing of it.
    if let best { try saving?.saveModel(best) }
    var clock = TrainingClock()
    progress.trainingBegan(plan)
    let outcome: TrainingOutcome
    do {
      try judgeUntrained(on: validation, saving, progress)
      outcome = try run(training, validation, &clock, saving, progress)
      settle(&clock)
    } catch let error as CancellationError {
      settle(&clock)
      try saving?.saveState(of: self)
      throw error
    }
    let result = try conclude(outcome, validation, saving, progress)
    progress.trainingEnded(outcome)
    return result
  }

  // MARK: Parts of a training

  /// Makes the untrained model the first candidate for the best one, if the plan asks for that.
  private mutating func judgeUntrained(
    on validation: (any BatchProvider)?, _ saving: CheckpointFolder?, _ progress: any TrainingProgress
  ) throws {
    guard plan.startIsCandidate, state.step == 0, state.history.untrainedLoss == nil, let validation else {
      return
    }
    let loss = try validate(on: validation)
    state.history.untrainedLoss = loss
    best = model
    try saving?.saveModel(model)
    progress.untrainedJudged(loss)
  }

  private mutating func run(
    _ training: any BatchProvider, _ validation: (any BatchProvider)?, _ clock: inout TrainingClock,
    _ saving: CheckpointFolder?, _ progress: any TrainingProgress
  ) throws -> TrainingOutcome {
    var lastSave = ContinuousClock.now
    while state.epoch < plan.epochs {
      if plan.earlyStopping?.isExhausted(after: state.history.losses) == true { return .stoppedEarly }
      while state.batch < training.batchesPerEpoch {
        if let limit = reachedLimit(clock) { return limit }
        try Task.checkCancellation()
        let (samples, loss) = try step(on: training)
        progress.stepEnded(
          StepReport(
            epoch: state.epoch + 1, epochs: plan.epochs, batch: state.batch,
            batches: training.batchesPerEpoch, step: state.step, samples: samples, batchLoss: loss,
            loss: state.trainingLoss, learningRate: state.learningRate))
        if let saving, let pause = saving.everySeconds, state.batch < training.batchesPerEpoch,
          (ContinuousClock.now - lastSave).inSeconds >= pause
        {
          settle(&clock)
          try saving.saveState(of: self)
          lastSave = .now
        }
      }
      try finishEpoch(validation, &clock, saving, progress)
      lastSave = .now
    }
    return .completed
  }

  private mutating func finishEpoch(
    _ validation: (any BatchProvider)?, _ clock: inout TrainingClock, _ saving: CheckpointFolder?,
    _ progress: any TrainingProgress
  ) throws {
    guard state.validCount > 0 else {
      throw TrainingError(
        kind: .noData, epoch: state.epoch + 1, step: state.step, expected: "valid targets",
        found: "an epoch of batches in which every target is missing",
        remedy: "Check the masks, or take other tiles.")
    }
    let validationLoss = try validation.map { try validate(on: $0) }
    settle(&clock)
    let epoch = record(validationLoss, seconds: state.epochSeconds, isComplete: true)
    let isBest = epoch.monitoredLoss < state.history.bestLoss ?? .infinity
    state.history.epochs.append(epoch)
    if isBest { best = model }
    state.epoch += 1
    (state.batch, state.lossSum, state.validCount, state.epochSeconds) = (0, 0, 0, 0)
    if isBest { try saving?.saveModel(model) }
    try saving?.saveState(of: self)
    progress.epochEnded(epoch, isBest: isBest)
  }

  /// The result. An epoch that a limit cut short is validated and may give the best model, but the state stays
  /// in its middle: a resumed training must not know of it.
  private func conclude(
    _ outcome: TrainingOutcome, _ validation: (any BatchProvider)?, _ saving: CheckpointFolder?,
    _ progress: any TrainingProgress
  ) throws -> TrainingResult<Model> {
    var history = state.history
    var best = best
    if outcome.isLimit, state.validCount > 0 {
      try saving?.saveState(of: self)
      let start = ContinuousClock.now
      let validationLoss = try validation.map { try validate(on: $0) }
      let seconds = state.epochSeconds + (ContinuousClock.now - start).inSeconds
      let epoch = record(validationLoss, seconds: seconds, isComplete: false)
      let isBest = epoch.monitoredLoss < history.bestLoss ?? .infinity
      history.epochs.append(epoch)
      if isBest {
        best = model
        try saving?.saveModel(model)
      }
      progress.epochEnded(epoch, isBest: isBest)
    }
    let restores = plan.earlyStopping?.restoresBest ?? false
    return TrainingResult(
      model: restores ? best ?? model : model, best: best ?? model, last: model, outcome: outcome,
      history: history, steps: state.step, seconds: state.seconds)
  }

  private func record(
    _ validationLoss: Double?, seconds: Double, isComplete: Bool
  ) -> History.Epoch {
    History.Epoch(
      number: state.epoch + 1, trainingLoss: state.trainingLoss, validationLoss: validationLoss,
      seconds: seconds, learningRate: state.learningRate, steps: state.step, isComplete: isComplete)
  }

  // MARK: Time and limits

  private mutating func settle(_ clock: inout TrainingClock) {
    let seconds = clock.lap()
    state.seconds += seconds
    state.epochSeconds += seconds
  }

  private func reachedLimit(_ clock: TrainingClock) -> TrainingOutcome? {
    if let most = plan.maximumSteps, state.step >= most { return .stepLimit }
    if let most = plan.maximumSeconds, state.seconds + clock.sinceLap >= most { return .timeLimit }
    return nil
  }

  private func checkPlan(_ training: any BatchProvider) throws {
    func invalid(_ kind: TrainingError.Kind, _ expected: String, _ received: String) -> TrainingError {
      TrainingError(
        kind: kind, epoch: state.epoch + 1, step: state.step + 1, expected: expected, found: received,
        remedy: "Correct the plan or the data.")
    }
    guard training.batchesPerEpoch > 0 else {
      throw invalid(.noData, "at least one batch an epoch", "\(training.batchesPerEpoch)")
    }
    guard plan.epochs >= 0 else { throw invalid(.invalidOption, "epochs ≥ 0", "\(plan.epochs)") }
  }
}

extension Trainer where Model == ModelGraph {
  /// A training of a model with one output, or of the first of several.
  public init(_ model: ModelGraph, optimizer: Optimizer, plan: TrainingPlan) {
    self.init(model, optimizer: optimizer, plan: plan, forward: Self.firstOutput)
  }

  static var firstOutput: Forward { { try $0.call($1, context: &$2)[0] } }
}

/// Adds up time by laps.
struct TrainingClock {
  private var start = ContinuousClock.now

  var sinceLap: Double { (ContinuousClock.now - start).inSeconds }

  /// The seconds since the last lap, which ends here.
  mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { start = now }
    return (now - start).inSeconds
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
