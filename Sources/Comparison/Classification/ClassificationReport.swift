import Architectures
import Foundation
import Readers
import Reports
import Sampling
import Support
import Training
import Verification

/// Turns what a comparison of classifiers measured into its report.
struct ClassificationReport {
  let name: String
  let options: ClassificationOptions
  let clips: LabeledClips
  let split: GroupSplit
  let families: [FamilyResult]
  /// By family, in the order of `families`, and then by seed.
  let confusions: [[GroupConfusions]]
  let baselines: [(name: String, summary: String, confusions: GroupConfusions)]

  private let bootstrap = BlockBootstrap(resamples: 2000)

  init(
    name: String, options: ClassificationOptions, clips: LabeledClips, split: GroupSplit,
    families: [FamilyResult], confusions: [[GroupConfusions]],
    baselines: [(name: String, summary: String, confusions: GroupConfusions)]
  ) {
    self.name = name
    self.options = options
    self.clips = clips
    self.split = split
    self.families = families
    self.confusions = confusions
    self.baselines = baselines
  }

  /// - Throws: `VerificationError` if the test part is empty.
  func report(provenance: Provenance) throws -> ComparisonReport {
    let comparison = try compare(confusions[1], confusions[0])
    var report = ComparisonReport(
      title: "\(name): Conv2D + LSTM or ConvLSTM2D?", task: .classification,
      verdict: try verdict(comparison), data: dataDescription, settings: Self.settings(options),
      provenance: provenance,
      models: try zip(families, confusions).map { family, confusions in
        var result = family.modelResult(scores: try confusions.map { try $0.pooled().accuracy })
        result.classification = try self.result(confusions)
        return result
      },
      baselines: try baselines.map {
        BaselineResult(name: $0.name, summary: $0.summary, classification: try result([$0.confusions]))
      })
    report.differences = try differences(comparison)
    return report
  }

  private var accuracy: PooledScore { .classification(.accuracy, classes: clips.classNames.count) }

  private func compare(
    _ first: [GroupConfusions], _ second: [GroupConfusions]
  ) throws -> PairedComparison {
    try bootstrap.compare(accuracy, first.map { try $0.sums() }, second.map { try $0.sums() })
  }

  private func differences(_ comparison: PairedComparison) throws -> [ScoreDifference] {
    let names = families.map(\.name)
    var lines = [
      comparison.reported(score: "accuracy", first: names[1], second: names[0], isPrimary: true)
    ]
    for (index, name) in names.enumerated() {
      for baseline in baselines {
        lines.append(
          try compare(confusions[index], [baseline.confusions])
            .reported(score: "accuracy", first: name, second: baseline.name))
      }
    }
    return lines
  }

  private var dataDescription: DataDescription {
    DataDescription(
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
  static func settings(_ options: ClassificationOptions) -> [Setting] {
    [
      Setting("Parameters of each family", "\(options.parameters), matched within 3%"),
      Setting("Equal for both", options.budget.rawValue),
      Setting("Loss", "cross-entropy"),
      Setting(
        "Optimizer",
        "Adam, \(ForecastReport.rateText(options.learningRate, options.learningRates)), halved on plateaus, clipped at norm 1"
      ),
      Setting(
        "Epochs",
        "at most \(options.epochs.map { "\($0)" } ?? "what makes 800 steps (20 to 100)"), patience "
          + "\(options.patience.map { "\($0)" } ?? "three tenths of them")"),
      Setting("Batch size", "\(options.batchSize)"),
      options.precision.setting,
      Setting("Stages", options.stages.map { "\($0)" } ?? "by the size of the frames"),
      Setting(
        "Head", options.head?.rawValue ?? "flatten (Conv2D + LSTM), maximum of each channel (ConvLSTM2D)"),
      Setting("Time cap", options.maximumSeconds.map { "\(Int($0)) s for each training" } ?? "none"),
      Setting("First seed", "\(options.seed)"),
    ] + (options.changes.isPlain ? [] : [Setting("Training clips", options.changes.summary)])
  }

  private func result(_ runs: [GroupConfusions]) throws -> ClassificationResult {
    let together = try runs.map { try $0.pooled() }
    let pooled = together.dropFirst().reduce(together[0]) { $0.merged(with: $1) }
    let estimate = try bootstrap.estimate(accuracy, of: runs.map { try $0.sums() })
    return ClassificationResult(
      accuracy: estimate.value, accuracyInterval: estimate.reported, confusion: pooled.counts,
      undecided: pooled.undecided.reduce(0, +))
  }

  private func verdict(_ comparison: PairedComparison) throws -> Verdict {
    func percent(_ value: Double?) -> String {
      value.map { NumberText.percent($0, 1) } ?? "undefined"
    }
    let names = families.map(\.name)
    let accuracy = [comparison.second.value ?? 0, comparison.first.value ?? 0]
    let better = accuracy[1] >= accuracy[0] ? 1 : 0
    let others = try baselines.map {
      "\($0.name.lowercased()) \(percent(try $0.confusions.pooled().accuracy))"
    }
    var caveats = ["Parameters, operations and time of both are in the table; only one of them is equal."]
    if families.contains(where: \.wasStoppedByTime) {
      caveats.append("A training was stopped by its time cap; longer training may change the order.")
    }
    let done = families.map(\.records.count).min() ?? 0
    if done < options.seedCount {
      caveats.append("\(done) of \(options.seedCount) seeds are done; the report is not final.")
    }
    return Verdict(
      recommendation: comparison.isClear
        ? "Use \(names[better]) for these clips."
        : "No clear difference: \(names[0]) and \(names[1]) recognise these clips about equally well.",
      reason:
        "At equal \(options.budget.text) \(names[0]) recognises \(percent(accuracy[0])) of the test clips and "
        + "\(names[1]) \(percent(accuracy[1])); baselines: \(others.joined(separator: ", ")).",
      certainty: Certainty(
        comparison: comparison, block: "one group of clips",
        format: { NumberText.fixed($0 * 100, 1) + " points" }
      ).text,
      caveats: caveats, preferredModel: comparison.isClear ? names[better] : nil, primaryScore: .accuracy)
  }
}
