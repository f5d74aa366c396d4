import Foundation
import Layers
import TensorCore
import Testing
import Training

/// An interrupted training, resumed from its file, ends with the bits of one that was never interrupted.
@Suite struct ResumeTests {
  /// Five epochs of six steps, with momentum, dropout, batch statistics, shuffled batches and a schedule that looks
  /// at the losses so far.
  private func trainer(_ rule: any OptimizerRule = Adam(learningRate: 0.05, amsgrad: true)) throws -> Trainer<
    ModelGraph
  > {
    Trainer(
      try smallModel(), optimizer: try Optimizer(rule, clipping: .globalNorm(0.5)),
      plan: TrainingPlan(
        loss: .meanAbsoluteError, epochs: 5,
        schedule: .reduceOnPlateau(.init(factor: 0.5, patience: 1, minimumImprovement: 0.05)),
        earlyStopping: EarlyStopping(patience: 3), seed: 21))
  }

  private func validation() throws -> TensorBatches { try smallBatches(9, seed: 6) }

  @Test(arguments: [[1], [5], [6], [7], [12], [17, 18], [29], [30], Array(stride(from: 2, to: 30, by: 3))])
  func sameBitsAfterInterruptions(_ stops: [Int]) async throws {
    var straight = try trainer()
    let expected = try await straight.fit(on: smallBatches(), validation: validation())
    try await withTemporaryFolder { url in
      let folder = CheckpointFolder(url, notes: ["unit": "mm/h"])
      var current = try trainer()
      for stop in stops {
        current.plan.maximumSteps = stop
        let partial = try await current.fit(on: smallBatches(), validation: validation(), saving: folder)
        #expect(partial.steps == stop)
        current = try Trainer(resuming: Checkpoint(contentsOf: folder.lastState))
      }
      current.plan.maximumSteps = nil
      let result = try await current.fit(on: smallBatches(), validation: validation(), saving: folder)
      #expect(sameBits(result.last, expected.last), "last")
      #expect(sameBits(result.best, expected.best), "best")
      #expect(result.history.withoutTimes == expected.history.withoutTimes)
      #expect(result.outcome == expected.outcome && result.steps == expected.steps)
      #expect(current.optimizer.state.map(\.tensor) == straight.optimizer.state.map(\.tensor))
    }
  }

  /// In bfloat16 too, and the precision is part of what is saved.
  @Test func sameBitsInBFloat16() async throws {
    func trainer(_ precision: Precision) throws -> Trainer<ModelGraph> {
      let model = try Sequential(input: [nil, 4, 7, 6, 2], seed: 3) {
        ConvLSTM2D(filters: 4, kernelSize: 3, padding: .same, dropout: 0.1, returnSequences: true)
        TimeDistributed(Flatten())
        LSTM(units: 5)
        Dense(units: 2)
      }
      return Trainer(
        model, optimizer: try Optimizer(Adam(learningRate: 0.01)),
        plan: TrainingPlan(loss: .meanSquaredError, epochs: 2, seed: 4, precision: precision))
    }
    var random = RandomStream(seed: 6)
    let samples = TrainingBatch(random.normal(shape: [9, 4, 7, 6, 2]), random.normal(shape: [9, 2]))
    let batches = try TensorBatches(samples, batchSize: 2, shuffledBySeed: 5)
    var straight = try trainer(.bfloat16)
    let expected = try await straight.fit(on: batches, validation: batches)
    var other = try trainer(.float32)
    let whole = try await other.fit(on: batches, validation: batches)
    #expect(!sameBits(whole.last, expected.last), "bfloat16 is in force")
    #expect(
      abs(whole.history.losses.last! - expected.history.losses.last!) < 0.05 * whole.history.losses.last!)
    try await withTemporaryFolder { url in
      let folder = CheckpointFolder(url)
      var current = try trainer(.bfloat16)
      for stop in [1, 3, 7] {
        current.plan.maximumSteps = stop
        _ = try await current.fit(on: batches, validation: batches, saving: folder)
        current = try Trainer(resuming: Checkpoint(contentsOf: folder.lastState))
        #expect(current.plan.precision == .bfloat16)
      }
      current.plan.maximumSteps = nil
      let result = try await current.fit(on: batches, validation: batches, saving: folder)
      #expect(sameBits(result.last, expected.last) && sameBits(result.best, expected.best))
      #expect(result.history.withoutTimes == expected.history.withoutTimes)
    }
  }

  @Test func plansWithoutAPrecisionAreInFloat32() throws {
    var plan = TrainingPlan(
      loss: .meanAbsoluteError, epochs: 3, earlyStopping: EarlyStopping(), seed: 9, maximumSeconds: 4)
    let text = try JSONEncoder().encode(plan)
    var object = try #require(JSONSerialization.jsonObject(with: text) as? [String: Any])
    #expect(object.removeValue(forKey: "precision") as? String == "float32")
    let old = try JSONSerialization.data(withJSONObject: object)
    #expect(try JSONDecoder().decode(TrainingPlan.self, from: old) == plan)
    plan.precision = .bfloat16
    #expect(try JSONDecoder().decode(TrainingPlan.self, from: JSONEncoder().encode(plan)) == plan)
    object["precision"] = "float8"
    let wrong = try JSONSerialization.data(withJSONObject: object)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(TrainingPlan.self, from: wrong) }
  }

  @Test func theSavedModelIsTheBest() async throws {
    try await withTemporaryFolder { url in
      let folder = CheckpointFolder(url, notes: ["unit": "mm/h"])
      var trainer = try trainer()
      let result = try await trainer.fit(on: smallBatches(), validation: validation(), saving: folder)
      #expect(sameBits(try loadModel(from: folder.bestModel), result.best))
      #expect(sameBits(try loadModel(from: folder.lastState), result.last))
      #expect(try Checkpoint(contentsOf: folder.bestModel).notes == ["unit": "mm/h"])
      #expect(try Checkpoint(contentsOf: folder.bestModel).training == nil)
      let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
      #expect(names == ["last.squall", "model.squall"], "nothing half-written lies about")
    }
  }

  /// A cancelled task ends between two steps and leaves a file from which to go on.
  @Test(arguments: [1, 8, 12])
  func cancellationSavesTheState(_ step: Int) async throws {
    var straight = try trainer()
    let expected = try await straight.fit(on: smallBatches(), validation: validation())
    try await withTemporaryFolder { url in
      let folder = CheckpointFolder(url)
      let start = try trainer()
      let training = try smallBatches()
      let validation = try validation()
      let canceller = Recorder { report in
        if report.step == step { withUnsafeCurrentTask { $0?.cancel() } }
      }
      let task = Task {
        var trainer = start
        return try await trainer.fit(
          on: training, validation: validation, saving: folder, progress: canceller)
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      var resumed = try Trainer(resuming: Checkpoint(contentsOf: folder.lastState))
      #expect(resumed.state.step == step)
      let result = try await resumed.fit(on: training, validation: validation)
      #expect(sameBits(result.last, expected.last))
      #expect(result.history.withoutTimes == expected.history.withoutTimes)
    }
  }

  /// More epochs than planned at first.
  @Test func goesOnForLonger() async throws {
    var long = try trainer(SGD(learningRate: 0.05, momentum: 0.9, nesterov: true))
    long.plan.schedule = .constant
    var short = long
    short.plan.epochs = 2
    _ = try await short.fit(on: smallBatches())
    var resumed = try Trainer(resuming: Checkpoint(data: Checkpoint(short).encoded()))
    resumed.plan.epochs = 5
    let result = try await resumed.fit(on: smallBatches())
    #expect(sameBits(result.last, try await long.fit(on: smallBatches()).last))
  }
}
