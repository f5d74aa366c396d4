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
