import Autodiff
import Contenders
import Foundation
import Layers
import Readers
import Reports
import Sampling
import Tasks
import TensorCore
import Training
import Verification

/// What is measured of trained forecasters, on this data.
struct ForecastMeasurements {
  let task: ForecastTask
  let options: ForecastComparisonOptions
  let primary: NamedScore
  let results: [ContenderResult]
  /// In the order of `results`.
  let entrants: [Entrant<any ForecastContender>]

  private var isQuick: Bool { options.comparison.isQuick }

  /// - Throws: What data and models throw.
  func all() throws -> [MeasuredAspect] {
    let start = ContinuousClock.now
    let seed = options.comparison.seed
    let batch = try task.training(seed: seed, for: results[0].model).batch(epoch: 0, index: 0)
    let preparation = (ContinuousClock.now - start).inSeconds
    let subjects = MeasurementSubjects(
      models: try zip(results, entrants).map { result, entrant in
        MeasuredModel(
          name: result.name, model: result.model,
          untrained: try task.model(entrant.contender, width: entrant.size.width, seed: seed))
      }, batch: batch, loss: task.loss, precision: task.settings.training.precision,
      preparationSeconds: preparation, isQuick: isQuick)
    var temporal = try self.temporal(subjects)
    let field = try ReceptiveFieldMeasurement(
      subjects: subjects, output: centre, outputName: "the middle pixel at the last lead time", samples: 4,
      step: task.sequences.source.nominalStep ?? 1
    ).measure()
    temporal.figures.append(.pictures(field.panel))
    temporal.findings = zip(temporal.findings, field.findings).map { "\($0) \($1)" }
    return [
      ArchitectureMeasurement(subjects: subjects).measure(),
      DataHandlingMeasurement(subjects: subjects).measure(), temporal,
      try EfficiencyMeasurement(
        subjects: subjects, bySize: try bySize(), byLength: try byLength()
      ).measure(),
      try information(subjects),
    ]
  }

  // MARK: Temporal dynamics

  private func temporal(_ subjects: MeasurementSubjects) throws -> MeasuredAspect {
    let test = try task.test()
    let all = test.batchesPerEpoch
    let count = min(all, isQuick ? 3 : 10)
    let indices = (0..<count).map { $0 * all / count }
    let batches = try indices.map {
      (observed: try test.physicalBatch(index: $0), normalized: try test.batch(index: $0))
    }
    return try TemporalMeasurement(
      subjects: subjects, scoreName: primary.name, higherIsBetter: primary.score.higherIsBetter,
      frames: task.settings.inputFrames
    ) { model, disturbance in
      var scores = try LeadTimeScoresByBlock(
        leadTimes: task.leadTimes, thresholds: options.thresholds)
      for (observed, normalized) in batches {
        var inputs = try task.inputs(normalized)
        inputs[0] = disturbance.applied(to: inputs[0])
        let forecast = try ModelForecaster(model: model, task: task).calibrated(
          model.output(inputs), observed: observed)
        try forecast.withUnsafeValues { forecast in
          try observed.target.withUnsafeValues { observation in
            try TileScoring.commonMask(observed).withUnsafeValues { mask in
              try scores.add(
                PixelPairs(forecast: forecast, observation: observation, mask: .floats(mask)),
                samples: observed.samples.count, to: "all")
            }
          }
        }
      }
      return primary.score.value(try primary.sums(scores).pooled)
    }.measure()
  }

  /// The sum over the batch of the middle pixel at the last lead time.
  private func centre(_ forecast: Tensor) -> Tensor {
    let (time, height, width) = (forecast.shape[1], forecast.shape[2], forecast.shape[3])
    let choice = Tensor(shape: [1, time, height, width, 1]) { buffer in
      for index in buffer.indices { buffer.initializeElement(at: index, to: 0) }
      buffer[((time - 1) * height + height / 2) * width + width / 2] = 1
    }
    return (forecast * choice).sum()
  }

  // MARK: Cost by size

  private func bySize() throws -> [EfficiencyMeasurement.Variant] {
    let side = task.settings.tileSize
    return try [side / 2, side, side * 2].filter { !(isQuick && $0 > side) }.compactMap { size in
      var other = task.signature
      (other.height, other.width) = (size, size)
      return try variant(other, label: "\(size)", x: Double(size))
    }
  }

  private func byLength() throws -> [EfficiencyMeasurement.Variant] {
    let frames = task.settings.inputFrames
    return try Array(Set([max(1, frames / 2), frames, frames * 2])).sorted().compactMap {
      var other = task.signature
      other.inputFrames = $0
      return try variant(other, label: "\($0)", x: Double($0))
    }
  }

  /// The contenders for frames of another size or number; `nil` where one of them cannot take it.
  private func variant(
    _ signature: ForecastSignature, label: String, x: Double
  ) throws -> EfficiencyMeasurement.Variant? {
    let models: [ModelGraph]
    do {
      models = try entrants.map {
        // Patches stay as they are.
        try signature.model(
          $0.contender.settled(for: task.signature), width: $0.size.width, initialization: .zeros)
      }
    } catch is ShapeError { return nil }
    return EfficiencyMeasurement.Variant(
      label: label, x: x,
      inputs: models[0].inputs.map { Shape([1] + $0.shape.dimensions.dropFirst().map { $0 ?? 1 }) },
      models: models)
  }

  // MARK: Information

  private func information(_ subjects: MeasurementSubjects) throws -> MeasuredAspect {
    let count = isQuick ? 4 : 12
    func some(_ source: some BatchSource) throws -> [[Tensor]] {
      let all = source.batchesPerEpoch
      let chosen = min(all, count)
      return try (0..<chosen).map { try task.inputs(source.batch(epoch: 0, index: $0 * all / chosen)) }
    }
    let sequences = task.sequences
    return try InformationMeasurement(
      subjects: subjects,
      samples: .init(
        training: try some(try sequences.training(seed: options.comparison.seed)),
        validation: try some(sequences.validation), test: try some(try task.test())),
      probes: entrants.map { $0.contender.probes(task.signature) },
      threshold: sequences.normalizer.normalize(options.thresholds.first ?? 0)
    ).measure()
  }
}

extension ModelGraph {
  /// The first output in inference; of autoregressive forecasters what they make of their own forecasts.
  ///
  /// - Throws: `ShapeError` if the inputs do not fit.
  func output(_ inputs: [Tensor]) throws -> Tensor {
    try AutoregressiveDecoding.forecast(self, inputs)
  }
}
