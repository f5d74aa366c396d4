import Autodiff
import Layers
import Synchronization
import TensorCore

extension Trainer {
  /// One step on the next batch: forward, backward, update. Returns the number of samples and their loss,
  /// `nil` if there was nothing valid.
  mutating func step(on training: any BatchProvider) throws -> (samples: Int, loss: Double?) {
    try Precision.using(plan.precision) { try stepInForce(on: training) }
  }

  /// The step in the precision in force.
  private mutating func stepInForce(on training: any BatchProvider) throws -> (samples: Int, loss: Double?) {
    let batch = try training.batch(epoch: state.epoch, index: state.batch)
    var context = stepContext
    var validCount = 0
    var loss = Tensor(0)
    let gradients: Gradients
    do {
      (_, gradients) = try valueAndGradient(at: model) { model in
        let prediction = try forward(model, batch.inputs, &context)
        let measure = try plan.loss.measured(prediction, batch)
        validCount = measure.validCount
        loss = measure.value.detached
        // What layers want made small besides is learned, but it is no part of the loss that is reported.
        return context.penalty.map { measure.value + $0 } ?? measure.value
      }
    } catch let error as LossError where error.kind == .nothingValid {
      // Nothing to learn here: no step, and no weight in the mean.
      state.batch += 1
      return (batch.count, nil)
    }
    guard loss.scalar.isFinite else {
      throw nonFinite(originOfNonFiniteLoss(batch), "a loss of \(loss.scalar)")
    }
    // The way back goes from the last parameters to the first, so the culprit is the last in order.
    if let name = gradients.names.last(where: { gradients[$0]?.isFinite == false }) {
      throw nonFinite(.gradient(parameter: name), "a gradient that is NaN or infinite")
    }
    let rate = plan.schedule.rate(
      initial: optimizer.rule.learningRate, step: optimizer.iteration, losses: state.history.losses)
    try optimizer.update(&model, along: gradients, learningRate: rate)
    model.apply(context)
    state.step += 1
    state.batch += 1
    state.lossSum += Double(loss.scalar) * Double(validCount)
    state.validCount += validCount
    state.learningRate = rate
    return (batch.count, Double(loss.scalar))
  }

  /// The mean loss over all valid elements of all batches, in inference.
  func validate(on validation: any BatchProvider) throws -> Double {
    try Precision.using(plan.precision) { try validateInForce(on: validation) }
  }

  private func validateInForce(on validation: any BatchProvider) throws -> Double {
    var (sum, count) = (0.0, 0)
    for index in 0..<validation.batchesPerEpoch {
      try Task.checkCancellation()
      let batch = try validation.batch(epoch: 0, index: index)
      var context = Context.inference
      let prediction = try forward(model, batch.inputs, &context)
      do {
        let measure = try plan.loss.measured(prediction, batch)
        guard measure.value.scalar.isFinite else {
          throw nonFinite(
            originOfNonFiniteLoss(batch, isTraining: false), "a validation loss of \(measure.value.scalar)")
        }
        sum += Double(measure.value.scalar) * Double(measure.validCount)
        count += measure.validCount
      } catch let error as LossError where error.kind == .nothingValid {
        continue
      }
    }
    guard count > 0 else {
      throw TrainingError(
        kind: .noData, epoch: state.epoch + 1, step: state.step, expected: "valid targets for validation",
        found: "\(validation.batchesPerEpoch) batches in which every target is missing",
        remedy: "Check the masks, or take another part of the data for validation.")
    }
    return sum / Double(count)
  }

  /// Random numbers of a step depend on the seed and its number alone.
  private var stepContext: Context {
    Context(isTraining: true, random: RandomStream(seed: plan.seed).substream("step").substream(state.step))
  }

  private func nonFinite(_ origin: NonFiniteOrigin, _ received: String) -> TrainingError {
    TrainingError(
      kind: .nonFinite(origin), epoch: state.epoch + 1, step: state.step + 1, expected: "finite numbers",
      found: "\(received); the first one to be NaN or infinite is \(origin)",
      remedy: "Check the data for values that are not finite, lower the learning rate or clip gradients.")
  }

  /// Runs the forward pass once more and watches where the first value comes up that is not finite.
  private func originOfNonFiniteLoss(_ batch: TrainingBatch, isTraining: Bool = true) -> NonFiniteOrigin {
    if let number = batch.inputs.firstIndex(where: { !$0.isFinite }) { return .input(number) }
    let finding = Finding()
    var context = isTraining ? stepContext : .inference
    context.observer = { layer, outputs in
      if outputs.contains(where: { !$0.isFinite }) { finding.note(layer) }
    }
    let output = try? forward(model, batch.inputs, &context)
    if let layer = finding.layer { return .layer(layer) }
    if output?.isFinite == false { return .output }
    return batch.target.isFinite(where: batch.mask) ? .loss : .target
  }
}

/// The first layer that something was found about.
private final class Finding: Sendable {
  private let name = Mutex<String?>(nil)

  var layer: String? { name.withLock { $0 } }

  func note(_ layer: String) { name.withLock { $0 = $0 ?? layer } }
}
