import Autodiff
import Foundation
import Layers
import TensorCore
import TestSupport
import Testing
import Training

/// Fifty Adam steps of whole models, from Keras' initial weights on Keras' batches: the loss of every step.
@Suite struct TrajectoryTests {
  @Test(arguments: Golden.names("training"))
  func lossesAreKeras(_ name: String) async throws {
    let golden = try Golden.load("training", name)
    let inputs = try golden.tensor("inputs")
    let targets = try golden.tensor("targets")
    var sample = inputs.shape.dimensions.dropFirst(2).map(Optional.some)
    sample.insert(nil, at: 0)
    let records = try JSONDecoder().decode(
      [LayerRecord].self, from: Data(try #require(golden.metadata["model"]).utf8))
    let builder = GraphBuilder(seed: 1)
    var value = try builder.input(SymbolicShape(sample))
    for (index, record) in records.enumerated() {
      value = try builder.add(record.layer, name: "\(index)")(value)
    }
    var model = try builder.model(outputs: [value])
    let weights = try golden.named("param")
    let finals = try golden.named("final")
    model.visitParameters { name, parameter in
      guard let weight = weights[name.replacing("/", with: ".")] else {
        Issue.record("no weight \(name)")
        return
      }
      #expect(weight.shape == parameter.value.shape, "\(name)")
      parameter.value = weight
    }
    #expect(model.parameters.count == weights.count)

    let optimizer = try JSONDecoder().decode(
      Optimizer.self, from: Data(try #require(golden.metadata["optimizer"]).utf8))
    let batches = inputs.shape[0]
    let steps = try #require(golden.metadata["steps"].flatMap { Int($0) })
    var trainer = Trainer(
      model, optimizer: optimizer,
      plan: TrainingPlan(
        loss: try Loss(named: #require(golden.metadata["loss"])), epochs: steps / batches))
    let recorder = Recorder()
    let result = try await trainer.fit(
      on: ClosureBatches(batchesPerEpoch: batches) { _, index in
        TrainingBatch(inputs.entry(index, axis: 0), targets.entry(index, axis: 0))
      }, progress: recorder)
    #expect(result.steps == steps)
    #expect(recorder.losses.count == steps)
    for (step, pair) in zip(recorder.losses, try golden.tensor("losses").values).enumerated() {
      let difference = abs(pair.0 - Double(pair.1)) / Double(pair.1)
      #expect(difference < 1e-3, "step \(step): \(pair.0) against \(pair.1)")
    }
    // Weights are looser than losses: a ReLU that lets one pixel more through moves a small bias by a little.
    for (name, parameter) in result.last.parameters {
      let reference = try #require(finals[name.replacing("/", with: ".")])
      assertClose(parameter.value, reference, tolerance: 5e-3, "final \(name)")
    }
  }
}
