import Contenders
import Foundation
import Layers
import TensorCore
import Testing
import Training

@Suite struct ScheduledSamplingTests {
  /// `[samples, 3 + 3, 8, 8, 1]` of noise, cut into input and target.
  private func batches(leads: Int = 3, samples: Int = 6) throws -> TensorBatches {
    var random = RandomStream(seed: 3)
    return try TensorBatches(
      TrainingBatch(
        random.normal(shape: [samples, 3, 8, 8, 1]), random.normal(shape: [samples, leads, 8, 8, 1])),
      batchSize: 2, shuffledBySeed: 4)
  }

  @Test func probabilitiesOfTheTruth() {
    let linear = ScheduledSampling(.linear, steps: 200)
    #expect([0, 50, 200, 900].map { linear.truthProbability(step: $0) } == [1, 0.75, 0, 0])
    let exponential = ScheduledSampling(.exponential, steps: 200)
    #expect(abs(exponential.truthProbability(step: 100) - 0.1) < 1e-12)
    #expect(abs(exponential.truthProbability(step: 200) - 0.01) < 1e-12)
    let none = ScheduledSampling(.none, steps: 200)
    #expect(none.truthProbability(step: 1000) == 1)
    for steps in [1, 7, 200, 100_000] {
      let sigmoid = ScheduledSampling(.sigmoid, steps: steps)
      let values = [0, steps / 4, steps / 2, steps, 3 * steps].map { sigmoid.truthProbability(step: $0) }
      #expect(
        zip(values, values.dropFirst()).allSatisfy { $0 >= $1 } && values.allSatisfy { (0...1).contains($0) })
    }
    let sigmoid = ScheduledSampling(.sigmoid, steps: 200)
    #expect(abs(sigmoid.truthProbability(step: 100) - 0.5) < 1e-9)
    let ends = sigmoid.truthProbability(step: 0) + sigmoid.truthProbability(step: 200)
    #expect(abs(ends - 1) < 1e-9 && sigmoid.truthProbability(step: 0) > 0.95)
  }

  /// The share of own frames follows the schedule, the last observed frame is never one, and the choice is the same
  /// whenever a batch is asked for.
  @Test func whichLeadsReadOwnForecasts() throws {
    let base = try batches(leads: 40, samples: 40)
    let batches = TeacherForcedBatches(base, sampling: ScheduledSampling(.linear, steps: 40), seed: 9)
    #expect(batches.batchesPerEpoch == 20)
    let first = try batches.batch(epoch: 0, index: 0)
    #expect(first.inputs.count == 3 && first.inputs[2].values.allSatisfy { $0 == 0 })
    var count = 0.0
    for index in 0..<20 {
      let batch = try batches.batch(epoch: 1, index: index)
      #expect(batch.inputs[2].shape == [2, 40, 1, 1, 1])
      #expect(Movement.slice(batch.inputs[2], axis: 1, 0..<1).values == [0, 0])
      #expect(try batch.inputs[2] == batches.batch(epoch: 1, index: index).inputs[2])
      count += Reduction.sum(batch.inputs[2])
      #expect(
        batch.inputs[1]
          == TeacherForcedBatches.previousFrames(observed: batch.inputs[0], target: batch.target))
    }
    // Steps 20 to 39 of 40: from a half to nearly one.
    #expect(abs(count / Double(20 * 2 * 39) - 0.7375) < 0.04)
    #expect(try TeacherForcedBatches(base, seed: 9).batch(epoch: 3, index: 0).inputs.count == 2)
  }

  private func trainer(_ contender: String) throws -> Trainer<ModelGraph> {
    var signature = ForecastSignature(
      inputFrames: 3, forecastFrames: 3, height: 8, width: 8)
    signature.decoding = .autoregressive
    return Trainer(
      try signature.model(
        Contenders.forecaster(contender == "convlstm2d" ? "convlstm2d:patch=2" : "\(contender):stages=2"),
        width: 3, initialization: .seed(2)),
      optimizer: try Optimizer(Adam(learningRate: 0.01)),
      plan: TrainingPlan(loss: .meanSquaredError, epochs: 3, seed: 21),
      forward: AutoregressiveDecoding.output)
  }

  /// Own forecasts are sampled from what the weights are at a step, and still an interrupted training ends with the
  /// same bits. Validation is on own forecasts throughout.
  @Test(arguments: Contenders.standard) func sameBitsAfterInterruptions(_ contender: String) async throws {
    let training = TeacherForcedBatches(
      try batches(), sampling: ScheduledSampling(.linear, steps: 6), seed: 7)
    let validation = try batches(samples: 4)
    var straight = try trainer(contender)
    let expected = try await straight.fit(on: training, validation: validation)
    try await withTemporaryFolder { url in
      let folder = CheckpointFolder(url)
      var current = try trainer(contender)
      for stop in [2, 3, 5] {
        current.plan.maximumSteps = stop
        _ = try await current.fit(on: training, validation: validation, saving: folder)
        let checkpoint = try Checkpoint(contentsOf: folder.lastState)
        current = try Trainer(
          resuming: checkpoint, into: checkpoint.model(), forward: AutoregressiveDecoding.output)
      }
      current.plan.maximumSteps = nil
      let result = try await current.fit(on: training, validation: validation, saving: folder)
      #expect(
        result.last.parameters.map(\.parameter.value) == expected.last.parameters.map(\.parameter.value))
    }
    var forced = try trainer(contender)
    let other = try await forced.fit(on: TeacherForcedBatches(try batches(), seed: 7), validation: validation)
    #expect(other.last.parameters.map(\.parameter.value) != expected.last.parameters.map(\.parameter.value))

    var loss = 0.0
    for index in 0..<2 {
      let batch = try validation.batch(epoch: 0, index: index)
      var context = Context.inference
      let forecast = try AutoregressiveDecoding.output(expected.last, batch.inputs, &context)
      loss += zip(forecast.values, batch.target.values).reduce(0) {
        $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
      }
    }
    loss /= Double(4 * 3 * 64)
    #expect(abs(loss - (expected.history.epochs.last?.validationLoss ?? 0)) < 1e-4)
  }
}
