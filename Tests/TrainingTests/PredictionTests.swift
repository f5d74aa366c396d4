import Foundation
import Layers
import Testing
import Training

@Suite struct PredictionTests {
  private func trainer(epochs: Int = 3) throws -> Trainer<ModelGraph> {
    Trainer(
      try smallModel(), optimizer: try Optimizer(Adam(learningRate: 0.05)),
      plan: TrainingPlan(loss: .meanAbsoluteError, epochs: epochs, seed: 21))
  }

  @Test func countsStepsAndLeavesTheTrainerAsItIs() async throws {
    var trainer = try trainer()
    let prediction = try trainer.prediction(on: smallBatches(), validation: smallBatches(9, seed: 6))
    #expect(prediction.peakBytes > 0 && prediction.secondsPerStep > 0)
    #expect(abs(prediction.seconds / prediction.secondsPerStep - (3 * 6 + 3)) < 1e-6)
    #expect(trainer.state == TrainingState())
    var other = try self.trainer()
    let (a, b) = (try await trainer.fit(on: smallBatches()), try await other.fit(on: smallBatches()))
    #expect(sameBits(a.last, b.last))
  }

  @Test func refusesWhatDoesNotFit() throws {
    let error = #expect(throws: TrainingError.self) {
      try trainer().prediction(on: smallBatches(), available: 500)
    }
    #expect(error?.kind == .tooLarge)
    #expect(error?.description.contains("fewer parameters") == true)
    // What tests beside this one allocate counts too, so that a sample may seem to cost nothing: try again then.
    var advice = ""
    for _ in 0..<30 where !advice.contains("Take at most") {
      let batch = #expect(throws: TrainingError.self) {
        try trainer().prediction(
          on: TensorBatches(smallData(samples: 4000), batchSize: 4000), available: 100_000)
      }
      advice = batch?.description ?? ""
    }
    #expect(advice.contains("Take at most"), "\(advice)")
  }

  #if os(Linux)
    @Test func theSystemTellsItsMemory() throws {
      #expect(try #require(AvailableMemory.bytes) > 1 << 20)
      #expect(try #require(AvailableMemory.occupied) > 1 << 20)
    }
  #endif

  /// Saved after every step, a training that was killed goes on in the middle of its epoch.
  @Test func stateIsSavedWithinAnEpoch() async throws {
    var straight = try trainer()
    let expected = try await straight.fit(on: smallBatches())
    try await withTemporaryFolder { url in
      let folder = CheckpointFolder(url, everySeconds: 0)
      let copy = url.appending(path: "copy.squall")
      let progress = Recorder { report in
        // The state of the step before this one; it is as if the process were killed here.
        if report.step == 10 { try? FileManager.default.copyItem(at: folder.lastState, to: copy) }
      }
      var trainer = try trainer()
      _ = try await trainer.fit(on: smallBatches(), saving: folder, progress: progress)
      var resumed = try Trainer(resuming: Checkpoint(contentsOf: copy))
      #expect(resumed.state.step == 9 && resumed.state.batch == 3)
      let result = try await resumed.fit(on: smallBatches(), saving: folder)
      #expect(sameBits(result.last, expected.last) && sameBits(result.best, expected.best))
      let (a, b) = try (Checkpoint(trainer).digests(), Checkpoint(resumed).digests())
      #expect(a.map(\.digest) == b.map(\.digest))
      #expect(a.map(\.part) == ["weights", "optimizer", "best", "position"])
    }
  }

  /// What killed processes left is cleared away; what stands there otherwise is not touched.
  @Test func remainsAreRemoved() async throws {
    try await withTemporaryFolder { url in
      let remains = url.appending(path: ".last.squall.\(UUID().uuidString).tmp")
      let other = url.appending(path: ".last.squall.tmp")
      for file in [remains, other] { try Data([1]).write(to: file) }
      var trainer = try trainer(epochs: 1)
      _ = try await trainer.fit(on: smallBatches(), saving: CheckpointFolder(url))
      #expect(!FileManager.default.fileExists(atPath: remains.path))
      #expect(FileManager.default.fileExists(atPath: other.path))
    }
  }
}
