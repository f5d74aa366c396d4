import Architectures
import Foundation
import Reports
import SequenceData
import Training
import Verification

/// Turns what a comparison of classifiers measured into its report.
struct ClassificationReport {
  let name: String
  let options: ClassificationOptions
  let clips: LabeledClips
  let split: GroupSplit
  let trained: [TrainedFamily]
  /// In the order of `trained`.
  let confusions: [ConfusionMatrix]
  let majority: ConfusionMatrix

  /// Accuracies closer than this are called no clear difference. One seed gives no interval; this is a convention,
  /// not a test, and the report says so.
  static let smallestDifference = 0.05

  func report(provenance: Provenance) -> ComparisonReport {
    ComparisonReport(
      title: "\(name): Conv2D + LSTM or ConvLSTM2D?", task: .classification, verdict: verdict,
      data: DataDescription(
        name: name,
        summary: "\(clips.count) clips of \(clips.frames) frames, \(clips.shape.height) × "
          + "\(clips.shape.width) pixels, \(clips.classNames.count) classes.",
        quantity: "value", unit: "", leadTimeUnit: .frames, inputFrames: clips.frames,
        classes: clips.classNames,
        split: [
          SplitPart(name: "training", extent: "by group", samples: split.training.count),
          SplitPart(name: "validation", extent: "other groups", samples: split.validation.count),
          SplitPart(name: "test", extent: "groups that no training saw", samples: split.test.count),
        ]),
      settings: [
        Setting("Parameters of each family", "\(options.parameters), matched within 3%"),
        Setting("Loss", trained.first?.loss ?? ""),
        Setting("Optimizer", "Adam, learning rate \(options.learningRate), clipped at norm 1"),
        Setting("Epochs", "at most \(options.epochs), patience \(options.patience)"),
        Setting("Batch size", "\(options.batchSize)"), Setting("Seed", "\(options.seed)"),
      ], provenance: provenance,
      models: zip(trained, confusions).map { trained, confusion in
        var result = trained.result
        result.classification = Self.result(confusion)
        return result
      },
      baselines: [
        BaselineResult(
          name: "majority class", summary: "Always the most frequent class of the training part.",
          classification: Self.result(majority))
      ])
  }

  private static func result(_ confusion: ConfusionMatrix) -> ClassificationResult {
    ClassificationResult(
      accuracy: confusion.accuracy, confusion: confusion.counts,
      undecided: confusion.undecided.reduce(0, +))
  }

  private var verdict: Verdict {
    func percent(_ value: Double?) -> String {
      value.map { $0.formatted(.percent.precision(.fractionLength(1))) } ?? "undefined"
    }
    let accuracy = confusions.map { $0.accuracy ?? 0 }
    let names = trained.map(\.family.displayName)
    let better = accuracy[0] >= accuracy[1] ? 0 : 1
    let isClear = abs(accuracy[0] - accuracy[1]) >= Self.smallestDifference
    return Verdict(
      recommendation: isClear
        ? "Use \(names[better]) for these clips."
        : "No clear difference: \(names[0]) and \(names[1]) recognise these clips equally well.",
      reason: "At equal parameters \(names[0]) recognises \(percent(accuracy[0])) of the test clips and "
        + "\(names[1]) \(percent(accuracy[1])); always saying the most frequent class, "
        + "\(percent(majority.accuracy)).",
      certainty: "One seed: there is no interval to judge the difference by. Differences below five points "
        + "are called no clear difference by convention.",
      caveats: ["Equal parameters are not equal work: the operations of both are in the table."],
      preferredModel: isClear ? names[better] : nil, primaryScore: .accuracy)
  }
}
