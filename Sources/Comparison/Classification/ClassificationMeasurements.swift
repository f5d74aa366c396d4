import Architectures
import Autodiff
import Foundation
import Layers
import Readers
import Reports
import Sampling
import TensorCore
import Training
import Verification

/// What is measured of trained classifiers, on this data.
struct ClassificationMeasurements {
  let clips: LabeledClips
  let split: GroupSplit
  let options: ClassificationOptions
  let architecture: ClassificationArchitecture
  let families: [FamilyResult]

  /// - Throws: What data and models throw.
  func all() throws -> [MeasuredAspect] {
    let batches = ClassificationData(clips: clips, options: options)
    let start = ContinuousClock.now
    let batch = try batches.batches(split.training, seed: options.seed).batch(epoch: 0, index: 0)
    let preparation = (ContinuousClock.now - start).inSeconds
    let subjects = MeasurementSubjects(
      families: try families.map { family in
        MeasuredFamily(
          name: family.name, model: family.model,
          untrained: try architecture.model(
            family.matched.family, width: family.matched.width, initialization: .seed(options.seed)))
      }, batch: batch, loss: .sparseCategoricalCrossentropy(), precision: options.precision,
      preparationSeconds: preparation, isQuick: options.isQuick)
    var temporal = try self.temporal(subjects)
    let labels = batch.target.values.prefix(8).map { Int($0) }
    let field = try ReceptiveFieldMeasurement(
      subjects: subjects, output: { self.trueClass($0, labels) }, outputName: "the true class's probability",
      samples: labels.count, step: 1
    ).measure()
    temporal.figures.append(.pictures(field.panel))
    temporal.findings = zip(temporal.findings, field.findings).map { "\($0) \($1)" }
    return [
      ArchitectureMeasurement(subjects: subjects).measure(),
      DataHandlingMeasurement(subjects: subjects).measure(), temporal,
      try EfficiencyMeasurement(subjects: subjects, bySize: try bySize(), byLength: try byLength()).measure(),
      try information(subjects, batches),
    ]
  }

  private func temporal(_ subjects: MeasurementSubjects) throws -> MeasuredAspect {
    let count = min(split.test.count, options.isQuick ? 64 : 160)
    let chosen = (0..<count).map { split.test[$0 * split.test.count / count] }
    let parts = try stride(from: 0, to: count, by: options.batchSize).map {
      try clips.batch(Array(chosen[$0..<min(count, $0 + options.batchSize)]))
    }
    return try TemporalMeasurement(
      subjects: subjects, scoreName: "accuracy", higherIsBetter: true, frames: clips.frames
    ) { model, disturbance in
      var confusion = try ConfusionMatrix(classes: clips.classNames.count)
      for part in parts {
        let scores = try model.output([disturbance.applied(to: part.input)])
        try confusion.add(scores: scores.values, truths: part.labels)
      }
      return confusion.accuracy
    }.measure()
  }

  /// The sum over the batch of the probability of each sample's true class.
  private func trueClass(_ output: Tensor, _ labels: [Int]) -> Tensor {
    var choice = [Float](repeating: 0, count: output.count)
    let classes = output.shape[1]
    for (row, label) in labels.enumerated() where row < output.shape[0] { choice[row * classes + label] = 1 }
    return (output * Tensor(choice, shape: output.shape)).sum()
  }

  private func bySize() throws -> [EfficiencyMeasurement.Variant] {
    try [0.5, 1, 2].filter { !(options.isQuick && $0 > 1) }.map { factor in
      var other = architecture
      other.height = Int(Double(architecture.height) * factor)
      other.width = Int(Double(architecture.width) * factor)
      return try variant(other, x: Double(other.width))
    }
  }

  private func byLength() throws -> [EfficiencyMeasurement.Variant] {
    try Array(Set([max(1, clips.frames / 2), clips.frames, clips.frames * 2])).sorted().map {
      var other = architecture
      other.frames = $0
      return try variant(other, x: Double($0))
    }
  }

  private func variant(
    _ architecture: ClassificationArchitecture, x: Double
  ) throws -> EfficiencyMeasurement.Variant {
    EfficiencyMeasurement.Variant(
      label: "\(Int(x))", x: x,
      inputs: [
        [1, architecture.frames, architecture.height, architecture.width, architecture.channels]
      ],
      models: try families.map {
        try architecture.model($0.matched.family, width: $0.matched.width, initialization: .zeros)
      })
  }

  private func information(
    _ subjects: MeasurementSubjects, _ batches: ClassificationData
  ) throws -> MeasuredAspect {
    let most = options.isQuick ? 4 : 16
    func some(_ indices: [Int]) throws -> [[Tensor]] {
      let provider = try batches.batches(indices)
      return try (0..<min(most, provider.batchesPerEpoch)).map {
        try provider.batch(epoch: 0, index: $0).inputs
      }
    }
    return try InformationMeasurement(
      subjects: subjects,
      samples: .init(
        training: try some(split.training), validation: try some(split.validation), test: try some(split.test)
      ),
      places: families.map { family in
        switch family.matched.family {
        case .sequential:
          [
            .init(
              layer: "pool_\(architecture.stages)", output: 0, text: "last maps, before flattening",
              lastFrame: true),
            .init(layer: "lstm", output: 0, text: "LSTM output, before the head", lastFrame: false),
          ]
        case .integrated:
          [
            .init(
              layer: "conv_lstm_\(architecture.stages)", output: 0, text: "last map, before pooling",
              lastFrame: false),
            .init(layer: "vector", output: 0, text: "vector before the head", lastFrame: false),
          ]
        }
      }, threshold: 0.5
    ).measure()
  }
}
