import Autodiff
import Foundation
import Layers
import SafeTensors
import TensorCore
import TestSupport
import Testing
import Training

@Suite struct CheckpointTests {
  static let notes = [
    "normaliser": #"{"log_rain": {"mean": 0.3}}"#, "unit": "mm/h", "grid": "KNMI 765×700 äöü",
  ]

  /// A training that has gone on for a while, with all that a checkpoint can hold.
  static func trainer() async throws -> Trainer<ModelGraph> {
    var trainer = try TrainerTests.trainer()
    trainer.plan.maximumSteps = 9
    _ = try await trainer.fit(on: smallBatches(), validation: smallBatches(8))
    return trainer
  }

  @Test func modelsComeBack() async throws {
    try await withTemporaryFolder { folder in
      var model = try await Self.trainer().model
      model.visitParameters { name, parameter in
        if name == "dense/bias" { parameter.isTrainable = false }
      }
      let url = folder.appending(path: "model.squall")
      try Checkpoint(model, notes: Self.notes).write(to: url)
      let loaded = try loadModel(from: url)
      #expect(sameBits(loaded, model))
      #expect(try loaded(.ones([3, 6])) == model(.ones([3, 6])))
      #expect(try Checkpoint(contentsOf: url).notes == Self.notes)
      // Anybody's reader finds the weights under their names.
      let file = try SafeTensorsFile(contentsOf: url)
      #expect(try file.shape("dense/kernel") == [6, 5])
      #expect(file.metadata["unit"] == "mm/h")
    }
  }

  @Test func statesComeBack() async throws {
    let trainer = try await Self.trainer()
    let data = try Checkpoint(trainer, notes: Self.notes).encoded()
    let checkpoint = try Checkpoint(data: data)
    let resumed = try Trainer(resuming: checkpoint)
    #expect(sameBits(resumed.model, trainer.model))
    #expect(sameBits(try #require(resumed.best), try #require(trainer.best)))
    #expect(resumed.plan == trainer.plan && resumed.state == trainer.state)
    #expect(resumed.optimizer.iteration == 9)
    #expect(try Checkpoint(resumed, notes: Self.notes).encoded() == data, "equal content, equal bytes")
  }

  /// A model that is no graph has no description, but its parameters and its training come back.
  @Test func closuresResume() async throws {
    let plan = TrainingPlan(loss: .meanSquaredError, epochs: 2)
    let dense = try Dense(units: 2).built(for: [nil, 6], seed: 4)
    let forward: Trainer<Dense>.Forward = { try $0($1[0], context: &$2) }
    var straight = Trainer(dense, optimizer: try Optimizer(), plan: plan, forward: forward)
    var first = straight
    first.plan.maximumSteps = 4
    _ = try await first.fit(on: smallBatches())
    let checkpoint = try Checkpoint(data: Checkpoint(first).encoded())
    let error = #expect(throws: CheckpointError.self) { try checkpoint.model() }
    #expect(error?.kind == .noModel)
    var resumed = try Trainer(
      resuming: checkpoint, into: Dense(units: 2).built(for: [nil, 6]), forward: forward)
    resumed.plan.maximumSteps = nil
    let result = try await resumed.fit(on: smallBatches())
    #expect(sameBits(result.model, try await straight.fit(on: smallBatches()).model))
  }

  // MARK: Files that are no checkpoint, or not this one

  @Test func everyTruncationIsATypedError() async throws {
    let data = try Checkpoint(await Self.trainer(), notes: Self.notes).encoded()
    for length in stride(from: 0, to: data.count, by: 7) {
      #expect(throws: SafeTensorsError.self, "\(length) of \(data.count) bytes") {
        try Checkpoint(data: data.prefix(length))
      }
    }
  }

  /// No byte can change without being noticed.
  @Test func everyFlippedByteIsATypedError() async throws {
    let data = try Checkpoint(await Self.trainer(), notes: Self.notes).encoded()
    let headerCount = Int(data[0]) | Int(data[1]) << 8
    for (position, change) in zip(data.indices, [UInt8(0x01), 0x20, 0x80, 0xff, 0x04].cycled) {
      var damaged = data
      damaged[position] ^= change
      do {
        _ = try Checkpoint(data: damaged)
        // Spaces between header and data are free to be other white space.
        if position < headerCount { continue }
        Issue.record("byte \(position) changed by \(change) and nobody noticed")
      } catch is CheckpointError {
      } catch is SafeTensorsError {
      } catch {
        Issue.record("byte \(position): \(error) of type \(type(of: error))")
      }
    }
  }

  @Test func foreignFilesAreRefused() async throws {
    let weights = Golden.packageRoot.appending(path: "Tests/Goldens/losses/MeanSquaredError.safetensors")
    let foreign = #expect(throws: CheckpointError.self) { try loadModel(from: weights) }
    #expect(foreign?.kind == .foreign)
    #expect(throws: SafeTensorsError.self) { try loadModel(from: URL(filePath: "/nowhere/model.squall")) }
    #expect(throws: SafeTensorsError.self) { try loadModel(from: Golden.packageRoot) }

    var file = try SafeTensorsFile(data: Checkpoint(smallModel()).encoded())
    file.metadata["squall.format"] = "2"
    let newer = #expect(throws: CheckpointError.self) { try Checkpoint(data: file.encoded()) }
    #expect(newer?.kind == .newerFormat)
    file.metadata["squall.format"] = "1"
    file.metadata["unit"] = "dBZ"
    let edited = #expect(throws: CheckpointError.self) { try Checkpoint(data: file.encoded()) }
    #expect(edited?.kind == .damaged)
    file.metadata["squall.checksum"] = nil
    #expect(throws: CheckpointError.self) { try Checkpoint(data: file.encoded()) }
  }

  @Test func otherModelsAreRefused() throws {
    let checkpoint = try Checkpoint(smallModel())
    for other in [
      try Sequential(input: [nil, 6]) { Dense(units: 5) },
      try Sequential(input: [nil, 7]) {
        Dense(units: 5)
        BatchNormalization()
        Dense(units: 2)
      },
      try Sequential(input: [nil, 6]) {
        Dense(units: 5)
        BatchNormalization()
        Dense(units: 2)
        Dense(units: 2)
      },
    ] {
      var copy = other
      let error = #expect(throws: CheckpointError.self) { try checkpoint.load(into: &copy) }
      #expect(error?.kind == .mismatch)
      #expect(sameBits(copy, other), "nothing was changed")
    }
    let error = #expect(throws: CheckpointError.self) { try Trainer(resuming: checkpoint) }
    #expect(error?.kind == .noTrainingState)
  }

  @Test func reservedNamesAreRefused() throws {
    let note = #expect(throws: CheckpointError.self) { try Checkpoint(smallModel(), notes: ["squall.x": ""]) }
    #expect(note?.kind == .reservedName)
    #expect(throws: CheckpointError.self) { try Checkpoint(Weights([("squall.best/a", .ones([1]))])) }
    #expect(throws: CheckpointError.self) { try Checkpoint(Weights([("a", .ones([1])), ("a", .ones([1]))])) }
  }

  @Test func unwritableFoldersAreErrors() async throws {
    let file = Golden.packageRoot.appending(path: "Package.swift/inside")
    var trainer = try TrainerTests.trainer(epochs: 1)
    await #expect(throws: (any Error).self) {
      try await trainer.fit(on: smallBatches(), saving: CheckpointFolder(file))
    }
    #expect(throws: SafeTensorsError.self) { try Checkpoint(smallModel()).write(to: file) }
  }
}

extension Array {
  /// The elements over and over.
  fileprivate var cycled: some Sequence<Element> {
    sequence(first: 0) { $0 + 1 }.lazy.map { self[$0 % self.count] }
  }
}
