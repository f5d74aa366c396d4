import Contenders
import Foundation
import Reports
import Sampling
import Support
import Tasks
import Training
import Verification

/// Turns what a comparison of classifiers measured into its report.
struct ClassificationReport {
  struct Baseline {
    let name: String
    let summary: String
    let confusions: GroupConfusions
    /// Whether it sees the last frame alone.
    var isLastFrame = false
  }

  let name: String
  let settings: ComparisonSettings
  let task: ClassificationTask
  let results: [ContenderResult]
  /// By contender, in the order of `results`, and then by seed.
  let confusions: [[GroupConfusions]]
  let baselines: [Baseline]

  private var bootstrap: BlockBootstrap { BlockBootstrap(resamples: 2000) }

  /// - Throws: `VerificationError` if the test part is empty.
  func report(provenance: Provenance) throws -> ComparisonReport {
    let ranking = try Ranking(
      accuracy, names: results.map(\.name), sums: confusions.map { try $0.map { try $0.sums() } },
      bootstrap: bootstrap, margin: margin)
    let rivalries = try self.baselines.map(rivalry)
    var report = ComparisonReport(
      title: "\(name): \(results.map(\.name).joined(separator: " or "))?", task: .classification,
      verdict: verdict(ranking, rivalries), data: dataDescription, settings: Self.settings(settings, task),
      provenance: provenance,
      models: try zip(results, confusions).map { contender, confusions in
        var result = contender.modelResult(scores: try confusions.map { try $0.pooled().accuracy })
        result.classification = try self.result(confusions)
        return result
      },
      baselines: try baselines.map {
        BaselineResult(name: $0.name, summary: $0.summary, classification: try result([$0.confusions]))
      })
    report.differences =
      ranking.reported("accuracy", isPrimary: true)
      + rivalries.flatMap { $0.reported("accuracy", contenders: results.map(\.name)) }
    return report
  }

  private var accuracy: PooledScore { .classification(.accuracy, classes: task.clips.classNames.count) }

  private var margin: Double? {
    Self.margin(settings).value(
      baselines: baselines.map { (try? $0.confusions.pooled())?.accuracy }, higherIsBetter: true)
  }

  private static func margin(_ settings: ComparisonSettings) -> PracticalMargin {
    settings.margin ?? .standard(for: .accuracy)
  }

  /// A baseline beside each contender.
  private func rivalry(_ baseline: Baseline) throws -> BaselineRivalry {
    let sums = try baseline.confusions.sums()
    let contenders = try confusions.map { try $0.map { try $0.sums() } }
    return BaselineRivalry(
      name: baseline.name, value: accuracy.value(sums.pooled),
      comparisons: try contenders.map { try bootstrap.compare(accuracy, $0, [sums], margin: margin) },
      tests: contenders.map { DieboldMariano(accuracy, $0, [sums]) }, isLastFrame: baseline.isLastFrame)
  }

  private var dataDescription: DataDescription {
    let (clips, split) = (task.clips, task.split)
    return DataDescription(
      name: name,
      summary: "\(clips.count) clips of \(clips.frames) frames, \(clips.shape.height) × "
        + "\(clips.shape.width) pixels, \(clips.classNames.count) classes.",
      quantity: "value", unit: "", leadTimeUnit: .frames, inputFrames: clips.frames,
      classes: clips.classNames,
      split: [
        SplitPart(name: "training", extent: "by group", samples: split.training.count),
        SplitPart(name: "validation", extent: "other groups", samples: split.validation.count),
        SplitPart(name: "test", extent: "groups that no training saw", samples: split.test.count),
      ])
  }

  /// The options that change results, for the report and for the plan of the run.
  static func settings(_ comparison: ComparisonSettings, _ task: ClassificationTask) -> [Setting] {
    let settings = task.settings
    return [
      Setting(
        "Clips",
        "\(task.clips.count) of \(task.clips.frames) frames, \(task.clips.shape), classes "
          + task.clips.classNames.joined(separator: ", ")),
      Setting(
        "Standardised by",
        zip(task.signature.scale, task.signature.offset).map { "\($0), \($1)" }.joined(separator: "; ")),
      Setting("Loss", "cross-entropy"),
      margin(comparison).setting(of: "accuracy"),
      Setting("Batch size", "\(settings.batchSize)"),
      Setting("Stages", "\(task.signature.stages)"),
      Setting("Head", settings.head?.rawValue ?? "each contender’s own"),
    ] + comparison.settings(task.training)
      + (settings.changes.isPlain ? [] : [Setting("Training clips", settings.changes.summary)])
  }

  private func result(_ runs: [GroupConfusions]) throws -> ClassificationResult {
    let together = try runs.map { try $0.pooled() }
    let pooled = together.dropFirst().reduce(together[0]) { $0.merged(with: $1) }
    let estimate = try bootstrap.estimate(accuracy, of: runs.map { try $0.sums() })
    return ClassificationResult(
      accuracy: estimate.value, accuracyInterval: estimate.reported, confusion: pooled.counts,
      undecided: pooled.undecided.reduce(0, +))
  }

  private func verdict(_ ranking: Ranking, _ rivalries: [BaselineRivalry]) -> Verdict {
    func percent(_ value: Double) -> String { NumberText.percent(value, 1) }
    return ComparisonVerdict(
      ranking: ranking, primary: .accuracy, scoreName: "accuracy on the test clips", budget: settings.budget,
      baselines: rivalries, stepSeconds: results.map(\.secondsPerStep), block: "one group of clips",
      moreBlocks: "More groups of clips make more blocks: a fifth of them is tested.",
      object: "these clips", caveats: results.caveats(settings), format: percent,
      differenceFormat: { NumberText.fixed($0 * 100, 1) + " points" }
    ).verdict
  }
}
