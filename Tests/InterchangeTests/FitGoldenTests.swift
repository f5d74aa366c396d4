import Foundation
import Interchange
import TensorCore
import TestSupport
import Testing
import Training

/// Training goes on where Keras stopped, optimizer included, and arrives where Keras arrives.
@Suite struct FitGoldenTests {
  @Test(arguments: Golden.names("fit")) func goesOnAsKerasDoes(_ name: String) async throws {
    let golden = try Golden.load("fit", name)
    let folder = Golden.packageRoot.appending(path: "Tests/Goldens/fit")
    let start = try KerasModel(contentsOf: folder.appending(path: "\(name).keras"))
    let end = try KerasModel(contentsOf: folder.appending(path: "\(name).trained.keras"))
    let optimizer = try #require(try start.optimizer())
    let loss = try #require(try start.loss())
    #expect(loss == (try Loss(named: golden.metadata["loss"]!)))
    #expect(optimizer.iteration > 0)
    let batches = try TensorBatches(
      TrainingBatch(golden.tensor("x"), golden.tensor("y")), batchSize: Int(golden.metadata["batch_size"]!)!)
    var trainer = Trainer(start.graph, optimizer: optimizer, plan: TrainingPlan(loss: loss, epochs: 5))
    let result = try await trainer.fit(on: batches)
    let losses = try golden.tensor("losses").values
    for (epoch, expected) in zip(result.history.epochs, losses) {
      #expect(abs(epoch.trainingLoss - Double(expected)) <= 1e-4 * Double(expected), "epoch \(epoch.number)")
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
}
