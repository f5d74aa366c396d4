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

/// `squall compare … --task classify`: trains contenders on the same clips at an equal budget, from several seeds, and
/// compares their accuracy on clips of groups that no training saw.
package struct ClassificationComparison: Sendable {
  package let options: ComparisonSettings
  package let settings: ClassificationSettings
  package let clips: LabeledClips
  /// What the data are called in the report.
  package let name: String
  package let run: RunDescription
  package let progress: any ComparisonProgress

  package init(
    options: ComparisonSettings, settings: ClassificationSettings, clips: LabeledClips, name: String,
    run: RunDescription, progress: any ComparisonProgress = SilentComparison()
  ) {
    self.options = options
    self.settings = settings
    self.clips = clips
    self.name = name
    self.run = run
    self.progress = progress
  }

  /// Runs the comparison and writes `index.html` and `results.json`, after each seed anew; the models are in
  /// `models` beside them.
  ///
  /// - Throws: `DataError` for too few groups, `ContenderError`, `ComparisonError` if the folder cannot be
  ///   written or holds another run, `TrainingError`, `CheckpointError`, `ReportError`; `CancellationError` when
  ///   cancelled.
  package func run() async throws -> ComparisonReport {
    let task = try ClassificationTask(clips, settings: settings)
    return try await ComparisonRun(task: ComparedClassification(self, task), run: run, progress: progress)()
  }
}

extension ComparisonSettings {
  /// What classifiers are compared with unless told otherwise.
  package static var classification: ComparisonSettings {
    ComparisonSettings(parameters: 40_000, learningRates: [1e-3, 2e-3, 5e-3])
  }
}

/// Classifiers as a comparison takes them.
final class ComparedClassification: ComparableTask {
  let comparison: ClassificationComparison
  let task: ClassificationTask
  private var baselines: [ClassificationReport.Baseline] = []

  init(_ comparison: ClassificationComparison, _ task: ClassificationTask) throws {
    self.comparison = comparison
    self.task = task
  }

  var name: String { comparison.name }
  var settings: ComparisonSettings { comparison.options }
  var training: TrainingSettings { task.training }
  var loss: Loss { task.loss }
  var batchesPerEpoch: Int {
    (task.split.training.count + task.settings.batchSize - 1) / max(1, task.settings.batchSize)
  }
  var primaryName: String { "accuracy on the test clips" }
  var searchEpochs: Int { max(2, task.training.epochs / 6) }
  var reportSettings: [Setting] { ClassificationReport.settings(settings, task) }

  func entrants() throws -> [Entrant<any ClassificationContender>] {
    try Entrant.all(settings, task.signature)
  }

  var signature: ClassificationSignature { task.signature }

  func candidate(_ text: String) throws -> any ClassificationContender { try Contenders.classifier(text) }

  func searchSpace(_ candidate: any ClassificationContender) -> SearchSpace {
    type(of: candidate).searchSpace
  }

  func summary(_ entrant: Entrant<any ClassificationContender>) -> String {
    task.signature.summary(entrant.contender, width: entrant.size.width)
  }

  func model(_ entrant: Entrant<any ClassificationContender>, seed: UInt64) throws -> ModelGraph {
    try task.model(entrant.contender, width: entrant.size.width, seed: seed)
  }

  func notes(_ entrant: Entrant<any ClassificationContender>) throws -> [String: String] {
    try task.notes(contender: entrant.text, width: entrant.size.width)
  }

  func trainingBatches(
    seed: UInt64, for model: ModelGraph, share: TrainingShare
  ) throws -> any BatchProvider {
    try task.training(seed: seed, share: share.fraction)
  }

  func primaryScore(_ scores: [GroupConfusions]) throws -> SharePoint.Score {
    let estimate = try BlockBootstrap(resamples: 2000).estimate(
      .classification(.accuracy, classes: task.clips.classNames.count), of: scores.map { try $0.sums() })
    return SharePoint.Score(
      value: estimate.value, interval: estimate.reported, bySeed: try scores.map { try $0.pooled().accuracy })
  }

  func validationBatches() throws -> any BatchProvider { try task.validation() }

  func scores(of model: ModelGraph) throws -> GroupConfusions {
    let clips = task.clips
    var confusions = GroupConfusions(classes: clips.classNames.count)
    let test = task.split.test
    for start in stride(from: 0, to: test.count, by: task.settings.batchSize) {
      try Task.checkCancellation()
      let batch = try clips.batch(Array(test[start..<min(test.count, start + task.settings.batchSize)]))
      let scores = try model(batch.input).values
      let classes = batch.classCount
      for (row, clip) in batch.clips.enumerated() {
        try confusions.add(to: clips.groups[clip]) {
          try $0.add(
            scores: Array(scores[row * classes..<(row + 1) * classes]), truths: [batch.labels[row]])
        }
      }
    }
    return confusions
  }

  /// The last frame alone, trained once: what needs no motion. Not where it is a contender itself.
  func trainBaselines(
    _ training: ContenderTraining, entrants: [Entrant<any ClassificationContender>], time: TimeBudget
  ) async throws {
    baselines = [
      .init(
        name: "Majority class", summary: "Always the most frequent class of the training part.",
        confusions: try majority())
    ]
    let text = CNNLastClassifier.name
    guard !entrants.contains(where: { $0.contender.name == text }) else { return }
    let contender = try Contenders.classifier(text)
    let width = try BudgetMatcher.width(
      of: contender, task.signature, parameters: settings.parameters)
    let entrant = Entrant<any ClassificationContender>(
      text: text, contender: contender, displayName: contender.displayName,
      size: MatchedSize(width: width, parameters: 0, operations: 0))
    let plan = training.plan(
      epochs: task.training.epochs, seed: settings.seed,
      maximumSeconds: time.seconds(trainingsToCome: 1 + entrants.count * settings.seedCount))
    var finished = training.finished(entrant.key, plan: plan, as: GroupConfusions.self)
    if finished == nil {
      let (record, best) = try await training.train(
        entrant.key, title: entrant.displayName, model: try model(entrant, seed: settings.seed), plan: plan,
        learningRate: task.training.learningRate, notes: notes(entrant),
        on: task.training(seed: settings.seed), validation: task.validation())
      let done = Finished(record: record, scores: try scores(of: best))
      try training.finish(done)
      finished = done
    }
    guard let finished else { return }
    baselines.insert(
      .init(
        name: entrant.displayName, summary: summary(entrant), confusions: finished.scores, isLastFrame: true),
      at: 0)
  }

  func report(
    _ results: [ContenderResult], scores: [[GroupConfusions]],
    entrants: [Entrant<any ClassificationContender>], run: RunDescription,
    progress: any ComparisonProgress, isComplete: Bool
  ) throws -> ComparisonReport {
    var report = try ClassificationReport(
      name: name, settings: settings, task: task, results: results, confusions: scores,
      baselines: baselines
    ).report(provenance: run.provenance)
    guard settings.measures, isComplete else { return report }
    progress.note("measuring the trained models")
    report.classScores = try ClassificationQuality(task: task, results: results).scores(report)
    report.measurements = try ClassificationMeasurements(
      task: task, settings: settings, results: results, entrants: entrants
    ).all()
    report.suitability = try ClipAdvice(on: task.clips, name: name).suitability(
      found: report.clearWinner, report.verdict)
    return report
  }

  /// Always the class that is most frequent in training.
  private func majority() throws -> GroupConfusions {
    let clips = task.clips
    var counts = [Int](repeating: 0, count: clips.classNames.count)
    for index in task.split.training { counts[clips.labels[index]] += 1 }
    let majority = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    var confusions = GroupConfusions(classes: clips.classNames.count)
    for index in task.split.test {
      try confusions.add(to: clips.groups[index]) {
        try $0.add(prediction: majority, truth: clips.labels[index])
      }
    }
    return confusions
  }
}
