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

/// What is measured of trained classifiers, on this data.
struct ClassificationMeasurements {
  let task: ClassificationTask
  let settings: ComparisonSettings
  let results: [ContenderResult]
  /// In the order of `results`.
  let entrants: [Entrant<any ClassificationContender>]

  private var clips: LabeledClips { task.clips }
  private var split: GroupSplit { task.split }

  /// - Throws: What data and models throw.
  func all() throws -> [MeasuredAspect] {
    let start = ContinuousClock.now
    let batch = try task.training(seed: settings.seed).batch(epoch: 0, index: 0)
    let preparation = (ContinuousClock.now - start).inSeconds
    let subjects = MeasurementSubjects(
      models: try zip(results, entrants).map { result, entrant in
        MeasuredModel(
          name: result.name, model: result.model,
          untrained: try task.model(entrant.contender, width: entrant.size.width, seed: settings.seed))
      }, batch: batch, loss: task.loss, precision: task.settings.precision,
      preparationSeconds: preparation, isQuick: settings.isQuick)
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
      try information(subjects),
    ]
  }

  private func temporal(_ subjects: MeasurementSubjects) throws -> MeasuredAspect {
    let count = min(split.test.count, settings.isQuick ? 64 : 160)
    let chosen = (0..<count).map { split.test[$0 * split.test.count / count] }
    let parts = try stride(from: 0, to: count, by: task.settings.batchSize).map {
      try clips.batch(Array(chosen[$0..<min(count, $0 + task.settings.batchSize)]))
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
    try [0.5, 1, 2].filter { !(settings.isQuick && $0 > 1) }.compactMap { factor in
      var other = task.signature
      other.height = Int(Double(task.signature.height) * factor)
      other.width = Int(Double(task.signature.width) * factor)
      return try variant(other, x: Double(other.width))
    }
  }

  private func byLength() throws -> [EfficiencyMeasurement.Variant] {
    try Array(Set([max(1, clips.frames / 2), clips.frames, clips.frames * 2])).sorted().compactMap {
      var other = task.signature
      other.frames = $0
      return try variant(other, x: Double($0))
    }
  }

  /// The contenders for frames of another size or number; `nil` where one of them cannot take it.
  private func variant(
    _ signature: ClassificationSignature, x: Double
  ) throws -> EfficiencyMeasurement.Variant? {
    do {
      return EfficiencyMeasurement.Variant(
        label: "\(Int(x))", x: x,
        inputs: [[1, signature.frames, signature.height, signature.width, signature.channels]],
        models: try entrants.map {
          try signature.model($0.contender, width: $0.size.width, initialization: .zeros)
        })
    } catch is ShapeError { return nil }
  }

  private func information(_ subjects: MeasurementSubjects) throws -> MeasuredAspect {
    let most = settings.isQuick ? 4 : 16
    func some(_ indices: [Int]) throws -> [[Tensor]] {
      let provider = try task.batches(indices)
      return try (0..<min(most, provider.batchesPerEpoch)).map {
        try provider.batch(epoch: 0, index: $0).inputs
      }
    }
    return try InformationMeasurement(
      subjects: subjects,
      samples: .init(
        training: try some(split.training), validation: try some(split.validation), test: try some(split.test)
      ), probes: entrants.map { $0.contender.probes(task.signature) }, threshold: 0.5
    ).measure()
  }
}
