import Foundation
import Interchange
import TensorCore
import TestSupport
import Testing
import Training

/// Training goes on where Keras stopped, optimizer included, and arrives where Keras arrives.
@Suite struct FitGoldenTests {
  static let names = Golden.names("fit")

  @Test(arguments: names) func goesOnAsKerasDoes(_ name: String) async throws {
    let golden = try Golden.load("fit", name)
    let folder = Golden.packageRoot.appending(path: "Tests/Goldens/fit")
    let start = try KerasModel(contentsOf: folder.appending(path: "\(name).keras"))
    let end = try KerasModel(contentsOf: folder.appending(path: "\(name).trained.keras"))
    let compiled = try #require(try start.compiled())
    let optimizer = compiled.optimizer
    // Keras 3.15 leaves delta out of its files: whoever goes on has to know it.
    let loss = name == "small-huber-delta-nadam" ? Loss.huber(delta: 0.2) : try #require(compiled.loss)
    if let named = golden.metadata["loss"], !named.isEmpty { #expect(loss == (try Loss(named: named))) }
    #expect(optimizer.iteration > 0)
    let batches = try TensorBatches(
      TrainingBatch(golden.tensor("x"), golden.tensor("y")), batchSize: Int(golden.metadata["batch_size"]!)!)
    let plan = TrainingPlan(loss: loss, epochs: 5, schedule: compiled.schedule)
    var trainer = Trainer(start.graph, optimizer: optimizer, plan: plan)
    let result = try await trainer.fit(on: batches)
    let losses = try golden.tensor("losses").values
    for (epoch, expected) in zip(result.history.epochs, losses) {
      #expect(
        abs(epoch.trainingLoss - Double(expected)) <= 1e-4 * abs(Double(expected)), "epoch \(epoch.number)")
    }
    var (moved, apart) = (0.0, 0.0)
    for ((before, after), target) in zip(
      zip(start.graph.parameters, result.last.parameters), end.graph.parameters)
    {
      for (index, value) in after.parameter.value.values.enumerated() {
        let goal = Double(target.parameter.value.values[index])
        moved += pow(goal - Double(before.parameter.value.values[index]), 2)
        apart += pow(goal - Double(value), 2)
      }
    }
    #expect(moved > 0)
    #expect(apart.squareRoot() <= 1e-3 * moved.squareRoot(), "\(apart.squareRoot()) of \(moved.squareRoot())")
    #expect(trainer.optimizer.iteration == Int(end.optimizerVariables[0].scalar))
  }
  /// Compilation and optimizer survive the way through our own files: as a `.keras` archive, as a checkpoint, and
  /// back from there.
  @Test(arguments: names) func compilationGoesThroughFiles(_ name: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let original = try ModelFile(
      contentsOf: Golden.packageRoot.appending(path: "Tests/Goldens/fit/\(name).keras"))
    let wanted = try #require(try original.compilation())
    var file = original
    for ending in ["keras", "squall", "keras", "keras"] {
      let url = folder.appending(path: "m.\(ending)")
      try ModelConversion().write(file, to: url)
      file = try ModelFile(contentsOf: url)
      let found = try #require(try file.compilation())
      #expect(found.loss == wanted.loss)
      #expect(found.schedule == wanted.schedule)
      #expect(found.optimizer.iteration == wanted.optimizer.iteration)
      #expect(found.optimizer.state.map(\.name) == wanted.optimizer.state.map(\.name))
      #expect(found.optimizer.state.map(\.tensor) == wanted.optimizer.state.map(\.tensor))
      #expect(
        file.model.parameters.map(\.parameter.value) == original.model.parameters.map(\.parameter.value))
      // From here on nothing is left of what Keras wrote.
      file.training = found
    }
  }
}
