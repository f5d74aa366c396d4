import Architectures
import Foundation
import Layers
import Reports
import SequenceData
import TensorCore
import Training
import Verification

/// `squall compare … --task classify`: trains both families on the same clips at equal numbers of parameters and
/// compares their accuracy on clips of groups that neither has seen.
public struct ClassificationComparison: Sendable {
  public let options: ClassificationOptions
  public let clips: LabeledClips
  /// What the data are called in the report.
  public let name: String
  public let run: RunDescription

  public init(options: ClassificationOptions, clips: LabeledClips, name: String, run: RunDescription) {
    self.options = options
    self.clips = clips
    self.name = name
    self.run = run
  }

  /// Runs the comparison and writes `index.html` and `results.json`; the models are in `models` beside them.
  ///
  /// - Throws: `DataError` for too few groups, `WidthMatchError`, `TrainingError`, `CheckpointError`,
  ///   `ReportError`; `CancellationError` when cancelled.
  public func run() async throws -> ComparisonReport {
    let split = try GroupSplit(of: clips, seed: options.seed)
    let architecture = ClassificationArchitecture(
      frames: clips.frames, height: clips.shape.height, width: clips.shape.width,
      channels: clips.shape.channels, classes: clips.classNames.count)
    let matched = try WidthMatcher.match(architecture, parameters: options.parameters)
    ForecastComparison.announce(matched)
    let training = FamilyTraining(
      run: run, loss: .sparseCategoricalCrossentropy(), epochs: options.epochs, patience: options.patience,
      learningRate: Double(options.learningRate), maximumSeconds: options.maximumSeconds, seed: options.seed,
      notes: ["classes": clips.classNames.joined(separator: "\n")])
    let learned = try batches(split.training, shuffled: true)
    let watched = try batches(split.validation, shuffled: false)
    var trained: [TrainedFamily] = []
    for match in matched {
      let model = try architecture.model(
        match.family, width: match.width, initialization: .seed(options.seed))
      trained.append(
        try await training.train(
          match, model: model, summary: architecture.summary(match.family, width: match.width), on: learned,
          validation: watched))
    }
    let confusions = try trained.map { try confusion(of: $0.model, on: split.test) }
    let report = ClassificationReport(
      name: name, options: options, clips: clips, split: split, trained: trained, confusions: confusions,
      majority: try majority(split)
    ).report(provenance: run.provenance)
    try report.write(to: run.output)
    print("\n\(report.verdict.recommendation)\n\(report.verdict.reason)")
    return report
  }

  private func batches(_ indices: [Int], shuffled: Bool) throws -> TensorBatches {
    let batch = try clips.batch(indices)
    return try TensorBatches(
      TrainingBatch(batch.input, batch.sparseLabels), batchSize: options.batchSize,
      shuffledBySeed: shuffled ? options.seed : nil)
  }

  private func confusion(of model: ModelGraph, on indices: [Int]) throws -> ConfusionMatrix {
    var confusion = try ConfusionMatrix(classes: clips.classNames.count)
    for start in stride(from: 0, to: indices.count, by: options.batchSize) {
      try Task.checkCancellation()
      let batch = try clips.batch(Array(indices[start..<min(indices.count, start + options.batchSize)]))
      try confusion.add(scores: try model(batch.input).values, truths: batch.labels)
    }
    return confusion
  }

  /// Always the class that is most frequent in training.
  private func majority(_ split: GroupSplit) throws -> ConfusionMatrix {
    var counts = [Int](repeating: 0, count: clips.classNames.count)
    for index in split.training { counts[clips.labels[index]] += 1 }
    let majority = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    var confusion = try ConfusionMatrix(classes: clips.classNames.count)
    for index in split.test { try confusion.add(prediction: majority, truth: clips.labels[index]) }
    return confusion
  }
}
