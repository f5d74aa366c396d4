import Autodiff
import Contenders
import Foundation
import Layers
import Reports
import TensorCore
import Training

/// Time and memory of a training step and of a forecast, and how they grow with image size and sequence length.
struct EfficiencyMeasurement {
  let subjects: MeasurementSubjects
  /// Models for other sizes: the input shape of one sample and each contender's model, untrained.
  struct Variant {
    let label: String
    let x: Double
    let inputs: [Shape]
    let models: [ModelGraph]
  }
  let bySize: [Variant]
  let byLength: [Variant]

  func measure() throws -> MeasuredAspect {
    var rows: [[String]] = []
    var findings: [String] = []
    var stages: [MeasuredFigure] = []
    for family in subjects.models {
      let step = try StepTimer.measure(
        family.model, subjects.batch, subjects.loss, precision: subjects.precision)
      let one = subjects.batch.inputs.map { Movement.slice($0, axis: 0, 0..<1) }
      let (forecast, parts) = try forward(family.model, one)
      let memory = MeasuredText.bytes(step.peakBytes)
      rows.append([
        family.name, MeasuredText.seconds(step.seconds),
        MeasuredText.seconds(step.seconds / Double(max(1, subjects.batch.count))),
        MeasuredText.seconds(forecast), memory,
      ])
      findings.append(
        "\(MeasuredText.seconds(step.seconds)) a training step of \(subjects.batch.count) samples, "
          + "\(MeasuredText.seconds(forecast)) for one sample; peak memory of a step \(memory).")
      stages.append(
        .table(
          MeasuredTable(
            title: "Time of one sample by stage, \(family.name)", columns: ["Stage", "Time", "Share"],
            rows: parts.map {
              [
                $0.name, MeasuredText.seconds($0.seconds),
                MeasuredText.percent($0.seconds / max(forecast, 1e-9)),
              ]
            })))
    }
    var figures: [MeasuredFigure] = []
    if !bySize.isEmpty { figures.append(try chart("Cost by image size", "pixels a side", bySize)) }
    if !byLength.isEmpty { figures.append(try chart("Cost by sequence length", "input frames", byLength)) }
    figures.append(
      .table(
        MeasuredTable(
          title: "Time and memory",
          columns: ["Model", "Training step", "Step, a sample", "One sample", "Peak memory of a step"],
          rows: rows)))
    return MeasuredAspect(
      aspect: .efficiency, findings: findings,
      method:
        "Medians on this machine; training steps in \(subjects.precision.rawValue), forecasts in float32. "
        + "Making a batch from the data takes \(MeasuredText.seconds(subjects.preparationSeconds)) apart from "
        + "that. Peak memory is what the tensors of a training step take beyond the weights. Other sizes run untrained models of the same width.",
      figures: figures + stages)
  }

  /// Seconds of a forward pass and of its stages.
  private func forward(
    _ model: ModelGraph, _ inputs: [Tensor]
  ) throws -> (seconds: Double, stages: [(name: String, seconds: Double)]) {
    let recorder = LayerRecorder(keepsOutputs: false)
    _ = try recorder.run(model, inputs)
    var best: (seconds: Double, stages: [(name: String, seconds: Double)]) = (.infinity, [])
    for _ in 0..<(subjects.isQuick ? 1 : 3) {
      let start = ContinuousClock.now
      let events = try recorder.run(model, inputs)
      let seconds = (ContinuousClock.now - start).inSeconds
      guard seconds < best.seconds else { continue }
      var last = start
      best = (
        seconds,
        // A decoder that runs frame by frame passes its stages more than once.
        events.reduce(into: [(name: String, seconds: Double)]()) { stages, event in
          let taken = (event.time - last).inSeconds
          last = event.time
          if let known = stages.firstIndex(where: { $0.name == event.layer }) {
            stages[known].seconds += taken
          } else {
            stages.append((event.layer, taken))
          }
        }
      )
    }
    return best
  }

  private func chart(_ title: String, _ xLabel: String, _ variants: [Variant]) throws -> MeasuredFigure {
    var lines = subjects.models.enumerated().map { MeasuredLine(name: $1.name, model: $0, points: []) }
    for variant in variants {
      let inputs = variant.inputs.map { Tensor.zeros($0) }
      for (index, model) in variant.models.enumerated() {
        let (seconds, _) = try forward(model, inputs)
        lines[index].points.append(MeasuredPoint(x: variant.x, y: seconds * 1000))
      }
    }
    return .chart(
      MeasuredChart(
        title: title, xLabel: xLabel, yLabel: "milliseconds a sample", isLogarithmic: true, lines: lines))
  }
}

/// Times training steps.
enum StepTimer {
  /// The median time of a step (forward, backward, update) on a batch, and the memory it adds at its peak, in the
  /// precision of a training.
  ///
  /// - Throws: What model and loss throw.
  static func measure(
    _ model: ModelGraph, _ batch: TrainingBatch, _ loss: Loss, precision: Precision, repeats: Int = 3
  ) throws -> (seconds: Double, peakBytes: Int) {
    var model = model
    var optimizer = try Optimizer(Adam(learningRate: 1e-9))
    var times: [Double] = []
    var peak = 0
    for round in 0...repeats {
      Allocator.resetPeak()
      let before = Allocator.statistics.bytesInUse
      let start = ContinuousClock.now
      var context = Context(isTraining: true, random: RandomStream(seed: 1))
      let (_, gradients) = try Precision.using(precision) {
        try valueAndGradient(at: model) { model in
          let prediction = try AutoregressiveDecoding.output(model, batch.inputs, &context)
          return try loss.measured(prediction, batch).value
        }
      }
      try optimizer.update(&model, along: gradients)
      if round > 0 { times.append((ContinuousClock.now - start).inSeconds) }
      peak = max(peak, Allocator.statistics.peakBytesInUse - before)
    }
    return (times.sorted()[times.count / 2], peak)
  }
}
