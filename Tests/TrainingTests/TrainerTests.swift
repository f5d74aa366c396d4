import Autodiff
import Foundation
import Layers
import TensorCore
import TestSupport
import Testing
import Training

@Suite struct TrainerTests {
  static func plan(epochs: Int = 3) -> TrainingPlan {
    TrainingPlan(loss: .meanSquaredError, epochs: epochs, seed: 8)
  }

  static func trainer(epochs: Int = 3) throws -> Trainer<ModelGraph> {
    Trainer(try smallModel(), optimizer: try Optimizer(Adam(learningRate: 0.01)), plan: plan(epochs: epochs))
  }

  @Test func lossFalls() async throws {
    var trainer = try Self.trainer(epochs: 60)
    let result = try await trainer.fit(on: smallBatches(200), validation: smallBatches(40, seed: 4))
    let losses = result.history.losses
    #expect(result.outcome == .completed && losses.count == 60)
    #expect(losses[59] < losses[0] / 5)
    #expect(result.steps == 60 * 50)
    #expect(result.seconds > 0)
  }

  @Test func historySaysWhatHappened() async throws {
    var trainer = try Self.trainer(epochs: 2)
    let recorder = Recorder()
    let validation = try smallBatches(10, seed: 4)
    let result = try await trainer.fit(on: smallBatches(), validation: validation, progress: recorder)
    let epochs = result.history.epochs
    #expect(epochs.map(\.number) == [1, 2] && epochs.map(\.steps) == [6, 12])
    #expect(epochs.allSatisfy { $0.isComplete && $0.learningRate == 0.01 && $0.seconds > 0 })
    #expect(recorder.reports.map(\.batch) == [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
    #expect(recorder.reports.map(\.samples) == [4, 4, 4, 4, 4, 2, 4, 4, 4, 4, 4, 2])
    #expect(recorder.reports.last?.loss == epochs[1].trainingLoss)

    // The validation loss is the mean over all valid elements, not the mean of the batches' means.
    let all = smallData(samples: 10, seed: 4)
    let value = try Loss.meanSquaredError(
      prediction: result.last(all.inputs[0]), target: all.target, mask: all.mask)
    let last = try #require(epochs[1].validationLoss)
    #expect(abs(last - Double(value.scalar)) < 1e-6 * last)
  }

  /// Where the untrained model is a candidate, nothing worse than it becomes the result, and a resumed training knows its
  /// loss.
  @Test func theUntrainedModelIsACandidate() async throws {
    let validation = try smallBatches(10, seed: 4)
    var plan = Self.plan(epochs: 3)
    plan.startIsCandidate = true
    plan.earlyStopping = EarlyStopping(patience: 5)
    func trainer(rate: Double) throws -> Trainer<ModelGraph> {
      Trainer(try smallModel(), optimizer: try Optimizer(SGD(learningRate: rate)), plan: plan)
    }
    // What is learned is the contrary of what validation asks for.
    var contrary = smallData(samples: 22)
    contrary.target = contrary.target * -3
    let training = try TensorBatches(contrary, batchSize: 4)
    let recorder = Recorder()
    var bad = try trainer(rate: 0.01)
    try await withTemporaryFolder { url in
      let folder = CheckpointFolder(url)
      let result = try await bad.fit(
        on: training, validation: validation, saving: folder, progress: recorder)
      let untrained = try #require(result.history.untrainedLoss)
      #expect(result.history.epochs.allSatisfy { $0.monitoredLoss > untrained })
      #expect(result.history.best == nil && result.history.bestLoss == untrained)
      let start = try smallModel()
      #expect(sameBits(result.model, start) && !sameBits(result.last, start))
      #expect(sameBits(try Checkpoint(contentsOf: folder.bestModel).model(), start))
      #expect(recorder.untrained == [untrained])
      var resumed = try Trainer(resuming: Checkpoint(contentsOf: folder.lastState))
      #expect(resumed.state.history.untrainedLoss == untrained && resumed.plan.startIsCandidate)
      resumed.plan.epochs = 4
      let after = try await resumed.fit(on: training, validation: validation, progress: recorder)
      #expect(recorder.untrained.count == 1 && sameBits(after.model, start))
    }
    var good = try trainer(rate: 0.01)
    let result = try await good.fit(on: smallBatches(), validation: validation)
    #expect(try #require(result.history.best).monitoredLoss < #require(result.history.untrainedLoss))
    // Without the word nothing is judged before the first step.
    var plain = try Self.trainer()
    #expect(try await plain.fit(on: smallBatches(), validation: validation).history.untrainedLoss == nil)
  }

  /// Two samples with one input and two targets: the model must choose, and weights say which counts.
  @Test func weightsSayWhatCounts() async throws {
    let model = try Sequential(input: [nil, 1], seed: 1) { Dense(units: 1) }
    func learned(_ weights: [Float]) async throws -> (output: Float, validation: Double) {
      let batch = TrainingBatch(
        Tensor.ones([2, 1]), Tensor([1, 4], shape: [2, 1]), weights: Tensor(weights, shape: [2, 1]))
      let batches = try TensorBatches(batch, batchSize: 2)
      var trainer = Trainer(
        model, optimizer: try Optimizer(Adam(learningRate: 0.1)),
        plan: TrainingPlan(loss: .meanSquaredError, epochs: 300, seed: 8))
      let result = try await trainer.fit(on: batches, validation: batches)
      return (
        try result.last(Tensor.ones([1, 1])).values[0],
        try #require(result.history.epochs.last?.validationLoss)
      )
    }
    let (first, second) = (try await learned([2, 0]), try await learned([0.5, 1.5]))
    #expect(abs(first.output - 1) < 1e-2 && first.validation < 1e-4)
    #expect(abs(second.output - 3.25) < 1e-2, "the weighted mean of 1 and 4")
    // (0.5 · 2.25² + 1.5 · 0.75²) / 2
    #expect(abs(second.validation - 1.6875) < 1e-2)
  }

  @Test func equalSeedsGiveEqualBits() async throws {
    var (a, b) = (try Self.trainer(), try Self.trainer())
    let first = try await a.fit(on: smallBatches())
    let second = try await b.fit(on: smallBatches())
    #expect(sameBits(first.model, second.model))
    #expect(first.history.withoutTimes == second.history.withoutTimes)

    var other = try Self.trainer()
    other.plan.seed = 9
    let third = try await other.fit(on: smallBatches())
    #expect(!sameBits(first.model, third.model), "the seed decides what is dropped")
  }

  @Test func batchStatisticsAreKept() async throws {
    var trainer = try Self.trainer(epochs: 1)
    let result = try await trainer.fit(on: smallBatches())
    let mean = result.model.parameters.first { $0.name == "batch_normalization/moving_mean" }
    #expect(mean?.parameter.value.values.contains { $0 != 0 } == true)
  }

  /// A user's own struct of layers, with an ordinary function as its forward pass.
  @Test func anyParameterizedTrains() async throws {
    struct Pair: Parameterized {
      var first: Dense
      var second: Dense

      mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
        try first.visitParameters(under: "first", visit)
        try second.visitParameters(under: "second", visit)
      }
    }
    let model = Pair(
      first: try Dense(units: 5, activation: .tanh).built(for: [nil, 6], seed: 1),
      second: try Dense(units: 2).built(for: [nil, 5], seed: 2))
    var trainer = Trainer(model, optimizer: try Optimizer(SGD(learningRate: 0.1)), plan: Self.plan(epochs: 5))
    {
      try $0.second($0.first($1[0], context: &$2), context: &$2)
    }
    let result = try await trainer.fit(on: smallBatches(100))
    #expect(result.history.losses[4] < result.history.losses[0] / 2)
  }

  // MARK: Missing data

  @Test func batchesWithNothingValidArePassedOver() async throws {
    let data = try smallBatches()
    let holes = ClosureBatches(batchesPerEpoch: 4) { epoch, index in
      var batch = try data.batch(epoch: epoch, index: index / 2)
      if index % 2 == 1 { batch.mask = .zeros(batch.target.shape) }
      return batch
    }
    let whole = ClosureBatches(batchesPerEpoch: 2) { try data.batch(epoch: $0, index: $1) }
    var (a, b) = (try Self.trainer(), try Self.trainer())
    let first = try await a.fit(on: holes, validation: holes)
    let second = try await b.fit(on: whole, validation: whole)
    #expect(sameBits(first.model, second.model))
    #expect(first.history.withoutTimes == second.history.withoutTimes)
  }

  @Test func nothingToLearnIsAnError() async throws {
    let data = try smallBatches()
    let nothing = ClosureBatches(batchesPerEpoch: 2) { epoch, index in
      var batch = try data.batch(epoch: epoch, index: index)
      batch.mask = .zeros(batch.target.shape)
      return batch
    }
    for (training, validation) in [
      (nothing, nil), (data, nothing), (ClosureBatches(batchesPerEpoch: 0, make: nothing.make), nil),
    ] as [(any BatchProvider, (any BatchProvider)?)] {
      var trainer = try Self.trainer()
      let error = await #expect(throws: TrainingError.self) {
        try await trainer.fit(on: training, validation: validation)
      }
      #expect(error?.kind == .noData)
    }
  }

  // MARK: When to stop

  /// Validation wants the opposite of training, so the first epoch is the best.
  static func adverseValidation() throws -> ClosureBatches {
    let data = try smallBatches(8)
    return ClosureBatches(batchesPerEpoch: 2) { epoch, index in
      var batch = try data.batch(epoch: epoch, index: index)
      batch.target = batch.target * -1
      return batch
    }
  }

  @Test(arguments: [true, false])
  func stopsEarlyAndRestoresTheBest(_ restoresBest: Bool) async throws {
    var trainer = try Self.trainer(epochs: 50)
    trainer.plan.earlyStopping = EarlyStopping(patience: 3, restoresBest: restoresBest)
    let result = try await trainer.fit(on: smallBatches(100), validation: Self.adverseValidation())
    #expect(result.outcome == .stoppedEarly)
    #expect(result.history.epochs.count == result.history.best!.number + 3)
    var short = try Self.trainer(epochs: result.history.best!.number)
    let best = try await short.fit(on: smallBatches(100)).last
    #expect(sameBits(result.best, best))
    #expect(sameBits(result.model, restoresBest ? best : result.last) && !sameBits(result.last, best))

    let again = try await trainer.fit(on: smallBatches(100), validation: Self.adverseValidation())
    #expect(again.outcome == .stoppedEarly && again.steps == result.steps, "it stays stopped")
  }

  @Test func smallImprovementsDoNotCount() {
    let stopping = EarlyStopping(patience: 2, minimumImprovement: 0.1)
    #expect(!stopping.isExhausted(after: [1, 0.95]))
    #expect(stopping.isExhausted(after: [1, 0.95, 0.92]))
    #expect(!stopping.isExhausted(after: [1, 0.95, 0.89]))
    #expect(!EarlyStopping(patience: 2).isExhausted(after: [1, 0.99, 0.98, 0.99]))
    #expect(!stopping.isExhausted(after: []))
  }

  @Test func stepLimitKeepsWhatThereIs() async throws {
    var trainer = try Self.trainer()
    trainer.plan.maximumSteps = 9
    let result = try await trainer.fit(on: smallBatches(), validation: smallBatches(8))
    #expect(result.outcome == .stepLimit && result.steps == 9)
    #expect(result.history.epochs.map(\.isComplete) == [true, false])
    #expect(result.history.epochs[1].validationLoss != nil)
    #expect(trainer.state.history.epochs.count == 1, "the state stays in the middle of the epoch")

    var whole = try Self.trainer()
    trainer.plan.maximumSteps = nil
    let resumed = try await trainer.fit(on: smallBatches(), validation: smallBatches(8))
    let straight = try await whole.fit(on: smallBatches(), validation: smallBatches(8))
    #expect(sameBits(resumed.model, straight.model))
    #expect(resumed.history.withoutTimes == straight.history.withoutTimes)
  }

  @Test func timeLimitEndsTraining() async throws {
    var trainer = try Self.trainer(epochs: 1_000_000)
    trainer.plan.maximumSeconds = 0.05
    let result = try await trainer.fit(on: smallBatches())
    #expect(result.outcome == .timeLimit && result.seconds >= 0.05 && result.steps > 0)
    trainer.plan.maximumSeconds = 0
    #expect(try await trainer.fit(on: smallBatches()).steps == result.steps)
  }

  @Test func schedulesSetTheRate() async throws {
    var trainer = try Self.trainer(epochs: 1)
    trainer.plan.schedule = .exponential(decaySteps: 1, decayRate: 0.5)
    let recorder = Recorder()
    _ = try await trainer.fit(on: smallBatches(), progress: recorder)
    #expect(recorder.reports.map(\.learningRate) == (0..<6).map { 0.01 / Double(1 << $0) })
  }

  @Test func wrongShapesAreTypedErrors() async throws {
    let wrong = ClosureBatches(batchesPerEpoch: 1) { _, _ in TrainingBatch(.ones([4, 7]), .ones([4, 2])) }
    var trainer = try Self.trainer()
    await #expect(throws: ShapeError.self) { try await trainer.fit(on: wrong) }
    let noTarget = ClosureBatches(batchesPerEpoch: 1) { _, _ in TrainingBatch(.ones([4, 6]), .ones([4, 3])) }
    await #expect(throws: ShapeError.self) { try await trainer.fit(on: noTarget) }
    #expect(throws: ShapeError.self) {
      try TensorBatches(TrainingBatch(.ones([4, 6]), .ones([3, 2])), batchSize: 2)
    }
    #expect(throws: ShapeError.self) { try smallBatches().batch(epoch: 0, index: 6) }
  }

  /// After the first steps memory only goes round. Other tests run at the same time and ask for memory too, so
  /// one undisturbed stretch is what is looked for; a loop that takes memory in each step has none.
  @Test(arguments: [false, true])
  func takesNoNewMemory(_ isRecurrent: Bool) async throws {
    let model =
      isRecurrent
      ? try Sequential(input: [nil, 3, 9, 7, 2], seed: 1) {
        ConvLSTM2D(filters: 3, kernelSize: 3, padding: .same, returnSequences: true)
        ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same)
        Flatten()
        Dense(units: 2)
      } : try smallModel()
    var random = RandomStream(seed: 2)
    let samples = TrainingBatch(
      random.normal(shape: isRecurrent ? [8, 3, 9, 7, 2] : [8, 6]), random.normal(shape: [8, 2]))
    let batches = try TensorBatches(samples, batchSize: 4, shuffledBySeed: 1)
    var trainer = Trainer(
      model, optimizer: try Optimizer(Adam(), clipping: .globalNorm(1)), plan: Self.plan(epochs: 10_000))
    trainer.plan.maximumSteps = 12
    _ = try await trainer.fit(on: batches, validation: batches)
    var taken: [Int] = []
    for _ in 0..<100 where taken.last != 0 {
      let before = Allocator.statistics.systemAllocations
      trainer.plan.maximumSteps = trainer.state.step + 12
      _ = try await trainer.fit(on: batches, validation: batches)
      taken.append(Allocator.statistics.systemAllocations - before)
    }
    #expect(taken.last == 0, "new blocks in each twelve steps: \(taken)")
  }
}
