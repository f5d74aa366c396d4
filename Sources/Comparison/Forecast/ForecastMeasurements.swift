import Architectures
import Autodiff
import Foundation
import Layers
import Reports
import Sampling
import TensorCore
import Training
import Verification

/// What is measured of trained forecasters, on this data.
struct ForecastMeasurements {
  let data: ForecastData
  let options: ForecastOptions
  let architecture: ForecastArchitecture
  let primary: NamedScore
  let loss: Loss
  let families: [FamilyResult]
  /// What the families were trained on.
  let batches: any BatchProvider

  /// - Throws: What data and models throw.
  func all() throws -> [MeasuredAspect] {
    let start = ContinuousClock.now
    let batch = try batches.batch(epoch: 0, index: 0)
    let preparation = (ContinuousClock.now - start).inSeconds
    let subjects = MeasurementSubjects(
      families: try families.map { family in
        MeasuredFamily(
          name: family.name, model: family.model,
          untrained: try architecture.model(
            family.matched.family, width: family.matched.width, initialization: .seed(options.seed)))
      }, batch: batch, loss: loss, precision: options.precision, preparationSeconds: preparation,
      isQuick: options.isQuick)
    var temporal = try self.temporal(subjects)
    let field = try ReceptiveFieldMeasurement(
      subjects: subjects, output: centre, outputName: "the middle pixel at the last lead time", samples: 4,
      step: data.source.nominalStep ?? 1
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
    let all = data.test.batchesPerEpoch
    let count = min(all, options.isQuick ? 3 : 10)
    let indices = (0..<count).map { $0 * all / count }
    let batches = try indices.map {
      (observed: try data.test.physicalBatch(index: $0), normalized: try data.test.batch(index: $0))
    }
    return try TemporalMeasurement(
      subjects: subjects, scoreName: primary.name, higherIsBetter: primary.score.higherIsBetter,
      frames: options.inputFrames
    ) { model, disturbance in
      var scores = try LeadTimeScoresByBlock(
        leadTimes: data.leadTimes(options.forecastFrames), thresholds: options.thresholds)
      for (observed, normalized) in batches {
        var inputs = try data.inputs(normalized)
        inputs[0] = disturbance.applied(to: inputs[0])
        let forecast = data.test.builder.denormalized(try model.output(inputs))
        try forecast.withUnsafeValues { forecast in
          try observed.target.withUnsafeValues { observation in
            try ForecastScoring.commonMask(observed).withUnsafeValues { mask in
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
    let unit = max(1 << architecture.stages, architecture.patchSize)
    let sizes = [options.tileSize / 2, options.tileSize, options.tileSize * 2]
    return try sizes.filter { $0 >= unit && $0 % unit == 0 && !(options.isQuick && $0 > options.tileSize) }
      .map {
        size in
        var other = architecture
        (other.height, other.width) = (size, size)
        return try variant(other, label: "\(size)", x: Double(size))
      }
  }

  private func byLength() throws -> [EfficiencyMeasurement.Variant] {
    try Array(Set([max(1, options.inputFrames / 2), options.inputFrames, options.inputFrames * 2])).sorted()
      .map {
        var other = architecture
        other.inputFrames = $0
        return try variant(other, label: "\($0)", x: Double($0))
      }
  }

  private func variant(
    _ architecture: ForecastArchitecture, label: String, x: Double
  ) throws -> EfficiencyMeasurement.Variant {
    let models = try families.map {
      try architecture.model($0.matched.family, width: $0.matched.width, initialization: .zeros)
    }
    return EfficiencyMeasurement.Variant(
      label: label, x: x,
      inputs: models[0].inputs.map { Shape([1] + $0.shape.dimensions.dropFirst().map { $0 ?? 1 }) },
      models: models)
  }

  // MARK: Information

  private func information(_ subjects: MeasurementSubjects) throws -> MeasuredAspect {
    let count = options.isQuick ? 4 : 12
    func some(_ source: some BatchSource) throws -> [[Tensor]] {
      let all = source.batchesPerEpoch
      let chosen = min(all, count)
      return try (0..<chosen).map { try data.inputs(source.batch(epoch: 0, index: $0 * all / chosen)) }
    }
    let last = "encoder_conv_\(architecture.stages)"
    return try InformationMeasurement(
      subjects: subjects,
      samples: .init(
        training: try some(try data.training(seed: options.seed)), validation: try some(data.validation),
        test: try some(data.test)),
      places: families.map { family in
        switch family.matched.family {
        case .sequential:
          [
            .init(layer: last, output: 0, text: "last convolution, before flattening", lastFrame: true),
            .init(layer: "encoder_lstm", output: 1, text: "LSTM state, after flattening", lastFrame: false),
          ]
        case .integrated:
          [
            .init(layer: "encoder_1", output: 1, text: "state of the first ConvLSTM2D", lastFrame: false),
            .init(layer: "encoder_2", output: 1, text: "state of the second ConvLSTM2D", lastFrame: false),
          ]
        }
      }, threshold: data.normalizer.normalize(options.thresholds.first ?? 0)
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
