import Architectures
import Foundation
import Readers
import Reports
import Sampling
import TensorCore
import Training
import Verification

/// Turns what a comparison of forecasters measured into its report.
struct ForecastReport {
  let name: String
  let options: ForecastOptions
  let data: ForecastData
  let primary: NamedScore
  let families: [FamilyResult]
  /// By family, in the order of `families`, and then by seed.
  let scores: [[LeadTimeScoresByBlock]]
  let baselines: [(baseline: Baseline, scores: LeadTimeScoresByBlock)]
  let pictures: [PicturePanel]

  private var statistics: ForecastStatistics {
    ForecastStatistics(thresholds: options.thresholds, unit: data.source.unit, primary: primary)
  }

  /// - Throws: `VerificationError` if scores do not fit together.
  func report(provenance: Provenance) throws -> ComparisonReport {
    let models = try zip(families, scores).map { family, scores in
      var result = family.modelResult(scores: try statistics.bySeed(scores))
      result.forecast = try statistics.result(scores)
      return result
    }
    let baselines = try self.baselines.map {
      BaselineResult(
        name: $0.baseline.name, summary: $0.baseline.summary, forecast: try statistics.result([$0.scores]))
    }
    let comparison = try statistics.compare(primary, scores[1], scores[0])
    var report = ComparisonReport(
      title: "\(name): Conv2D + LSTM or ConvLSTM2D?", task: .forecast,
      verdict: try ForecastVerdict(report: self, comparison: comparison).verdict, data: dataDescription,
      settings: Self.settings(options, data), provenance: provenance, models: models, baselines: baselines,
      pictures: pictures)
    report.differences = try differences()
    return report
  }

  /// The families against each other in every score, and each against the baselines in the one that decides.
  private func differences() throws -> [ScoreDifference] {
    let names = families.map(\.name)
    var lines = [
      try statistics.compare(primary, scores[1], scores[0])
        .reported(score: primary.name, first: names[1], second: names[0], isPrimary: true)
    ]
    for score in statistics.all where score.name != primary.name {
      lines.append(
        try statistics.compare(score, scores[1], scores[0])
          .reported(score: score.name, first: names[1], second: names[0]))
    }
    for (index, name) in names.enumerated() {
      for baseline in baselines {
        lines.append(
          try statistics.compare(primary, scores[index], [baseline.scores])
            .reported(score: primary.name, first: name, second: baseline.baseline.name))
      }
    }
    return lines
  }

  /// What the values are called.
  private static func quantity(_ unit: PhysicalUnit) -> String {
    switch unit {
    case .millimetresPerHour, .millimetres: "rain"
    case .decibelsZ: "reflectivity"
    case .brightness: "brightness"
    case .dimensionless: "value"
    }
  }

  private var dataDescription: DataDescription {
    let period = data.extent(data.source.events)
    let step = data.source.nominalStep.map { " every \(Int($0)) minutes" } ?? ""
    let gaps = data.trainingWindows.droppedByGaps
    return DataDescription(
      name: name,
      summary: "\(data.source.count) frames\(step), \(period), of \(data.source.shape.height) × "
        + "\(data.source.shape.width) pixels after averaging \(options.downsampling) × \(options.downsampling)."
        + (gaps > 0 ? " \(gaps) training windows were left out because frames are missing." : ""),
      quantity: Self.quantity(data.source.unit),
      unit: data.source.unit.symbol,
      leadTimeUnit: data.source.nominalStep == nil ? .frames : .minutes, inputFrames: options.inputFrames,
      forecastFrames: options.forecastFrames,
      split: [
        SplitPart(
          name: "training", extent: data.extent(data.split.training), samples: data.trainingWindows.count),
        SplitPart(
          name: "validation",
          extent: data.validationExtent,
          samples: data.validation.samples.count),
        SplitPart(
          name: "test", extent: data.extent(data.split.test), samples: data.test.samples.count),
      ],
      tiles: TileDescription(
        height: options.tileSize, width: options.tileSize, resolution: resolution,
        selection: "\(data.grid.tiles.count) tiles side by side over the measured domain, the same for all; "
          + "\(data.grid.rejected) mostly outside it are left out."))
  }

  private var resolution: String {
    guard let width = data.source.grid?.pixelWidth else { return "1 pixel" }
    return "\(NamedScore.plain((width * 100).rounded() / 100)) km"
  }

  /// The options that change results, for the report and for the plan of the run.
  static func settings(_ options: ForecastOptions, _ data: ForecastData) -> [Setting] {
    [
      Setting("Frames", "\(options.inputFrames) in, \(options.forecastFrames) out"),
      Setting("Parameters of each family", "\(options.parameters), matched within 3%"),
      Setting("Equal for both", options.budget.rawValue),
      Setting("Loss", lossText(options.loss) + leadText(options.leadWeighting)),
      Setting(
        "Forecast",
        (options.background == .advected ? "reads advected frames; " : "")
          + (options.isResidual ? "a learned change is added to what is known" : "nothing is added to")
          + ", " + options.decoding.summary),
      Setting(
        "Optimizer",
        "Adam, \(rateText(options.learningRate, options.learningRates)), halved on plateaus, clipped at norm 1"
      ),
      Setting("Batches", "\(options.batchesPerEpoch) an epoch of \(options.batchSize) samples"),
    ] + samplingSetting(options) + [
      options.precision.setting,
      Setting("Augmentation", options.augments ? "batches mirrored and turned by chance" : "none"),
      Setting("Epochs", "at most \(options.epochs), patience \(options.patience)"),
      Setting(
        "Time cap", options.maximumSeconds.map { "\(Int($0)) s for each training" } ?? "none"),
      Setting("First seed", "\(options.seed)"),
      Setting(
        "Normaliser",
        "\(data.normalizer.summary), fitted on the training part"),
      Setting(
        "Events",
        "\(quantity(data.source.unit)) > \(options.thresholds.map { NamedScore.plain(Double(meantBy: $0)) }.joined(separator: ", ")); "
          + "contingency tables pooled over tiles and windows"),
      Setting("Mask", "pixels valid in the observation and in the last observed frame"),
      Setting("Blocks of the bootstrap", blockText(data)),
    ] + data.sequences.remarks.map { Setting($0.name, $0.text) }
  }

  private static func leadText(_ weighting: LeadWeighting) -> String {
    weighting == .equal ? "" : "; each lead time by the inverse of what its background errs in training"
  }

  private static func samplingSetting(_ options: ForecastOptions) -> [Setting] {
    options.decoding == .autoregressive ? [Setting("Scheduled sampling", options.sampling.summary)] : []
  }

  static func rateText(_ rate: Float?, _ rates: [Float]) -> String {
    rate.map { "learning rate \($0)" }
      ?? "learning rate chosen on validation from \(rates.map { "\($0)" }.joined(separator: ", "))"
  }

  private static func lossText(_ loss: LossChoice) -> String {
    guard loss == .balancedRain else { return loss.rawValue }
    let weights = zip(LossChoice.rainWeights.rates, LossChoice.rainWeights.weights)
      .map { "\(NamedScore.plain(Double(meantBy: $1))) from \(NamedScore.plain(Double(meantBy: $0)))" }
    return
      "\(loss.rawValue): weighted squared and absolute error, weights \(weights.joined(separator: ", ")) mm/h"
  }

  /// What a block is, in words.
  static func blockText(_ data: ForecastData) -> String {
    guard !data.blocks.areEvents else { return "one event" }
    let windows = data.blocks.windowsPerBlock
    let step = data.source.nominalStep ?? 1
    let unit = data.source.nominalStep == nil ? "frames" : "minutes"
    return "\(Int((windows * step).rounded())) \(unit) of the test period"
  }
}
