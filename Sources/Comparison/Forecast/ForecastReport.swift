import Contenders
import Foundation
import Readers
import Reports
import Sampling
import Support
import Tasks
import TensorCore
import Training
import Verification

/// Turns what a comparison of forecasters measured into its report.
struct ForecastReport {
  let name: String
  let options: ForecastComparisonOptions
  let task: ForecastTask
  let blocks: TestBlocks
  let primary: NamedScore
  let results: [ContenderResult]
  /// By contender, in the order of `results`, and then by seed.
  let scores: [[LeadTimeScoresByBlock]]
  let baselines: [(baseline: Baseline, scores: LeadTimeScoresByBlock)]
  let pictures: [PicturePanel]

  /// - Throws: `VerificationError` if scores do not fit together.
  func report(provenance: Provenance) throws -> ComparisonReport {
    let statistics = try statistics
    let rivalries = try self.baselines.map {
      try statistics.rivalry($0.baseline.name, $0.scores, scores)
    }
    let models = try zip(results, scores).map { contender, scores in
      var result = contender.modelResult(scores: try statistics.bySeed(scores))
      result.forecast = try statistics.result(scores)
      return result
    }
    let baselines = try self.baselines.map {
      BaselineResult(
        name: $0.baseline.name, summary: $0.baseline.summary, forecast: try statistics.result([$0.scores]))
    }
    let ranking = try statistics.ranking(primary, names: results.map(\.name), scores)
    var report = ComparisonReport(
      title: "\(name): \(results.map(\.name).joined(separator: " or "))?", task: .forecast,
      verdict: try verdict(ranking, models, rivalries), data: dataDescription,
      settings: Self.settings(options, task),
      provenance: provenance, models: models, baselines: baselines, pictures: pictures)
    report.differences = try differences(ranking, rivalries, statistics)
    return report
  }

  private var statistics: ForecastStatistics {
    get throws {
      let margin = options.comparison.margin ?? .standard(for: primary.primary.kind)
      let values = try baselines.map { primary.score.value(try primary.sums($0.scores).pooled) }
      return ForecastStatistics(
        thresholds: options.thresholds, unit: task.sequences.source.unit, primary: primary,
        margin: margin.value(baselines: values, higherIsBetter: primary.score.higherIsBetter),
        horizon: 1 + blocks.dependentBlocks)
    }
  }

  private func verdict(
    _ ranking: Ranking, _ models: [ModelResult], _ rivalries: [BaselineRivalry]
  ) throws -> Verdict {
    func number(_ value: Double) -> String { NumberText.fixed(value, 3) }
    return ComparisonVerdict(
      ranking: ranking, primary: primary.primary, scoreName: "\(primary.name), pooled over all lead times",
      budget: options.comparison.budget,
      frequencyBiases: models.map { model in
        primary.threshold.flatMap { model.forecast?.pooled.thresholds[$0].bias }
      },
      baselines: rivalries, stepSeconds: results.map(\.secondsPerStep), block: blockText,
      moreBlocks: blocks.eventCount > 1
        ? "More or longer events in the test part make more blocks (--train-fraction)."
        : "A longer test part (--train-fraction) or more files make more blocks.",
      object: "this data", caveats: caveats, format: number, differenceFormat: number
    ).verdict
  }

  private var caveats: [String] {
    [
      blocks.eventCount > 1
        ? "The interval is over \(blocks.eventCount) whole events and speaks for events of this kind."
          + (blocks.eventCount < BlockBootstrap.fewestBlocks ? " They are few, which makes it wide." : "")
        : "All test windows belong to one event, and neighbouring ones share frames: the interval cannot speak "
          + "for other events."
    ] + results.caveats(options.comparison)
  }

  /// The contenders against each other in every score, and each against the baselines in the one that decides.
  private func differences(
    _ ranking: Ranking, _ rivalries: [BaselineRivalry], _ statistics: ForecastStatistics
  ) throws -> [ScoreDifference] {
    let names = results.map(\.name)
    var lines = ranking.reported(primary.name, isPrimary: true)
    for score in statistics.all where score.name != primary.name {
      lines += try statistics.ranking(score, names: names, scores).reported(score.name)
    }
    let beside = rivalries.map { $0.reported(primary.name, contenders: names) }
    return lines + names.indices.flatMap { index in beside.map { $0[index] } }
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
    let extent = DataExtent(sequences: task.sequences)
    let (source, split) = (task.sequences.source, task.sequences.split)
    let factor = task.settings.downsampling
    let period = extent.text(source.events)
    let step = source.nominalStep.map { " every \(Int($0)) minutes" } ?? ""
    let gaps = task.sequences.trainingWindows.droppedByGaps
    return DataDescription(
      name: name,
      summary: "\(source.count) frames\(step), \(period), of \(source.shape.height) × "
        + "\(source.shape.width) pixels after averaging \(factor) × \(factor)."
        + (gaps > 0 ? " \(gaps) training windows were left out because frames are missing." : ""),
      quantity: Self.quantity(source.unit),
      unit: source.unit.symbol,
      leadTimeUnit: source.nominalStep == nil ? .frames : .minutes, inputFrames: task.settings.inputFrames,
      forecastFrames: task.settings.forecastFrames,
      split: [
        SplitPart(
          name: "training", extent: extent.text(split.training), samples: task.sequences.trainingWindows.count
        ),
        SplitPart(
          name: "validation",
          extent: extent.validation,
          samples: task.sequences.validation.samples.count),
        SplitPart(
          name: "test", extent: extent.text(split.test), samples: task.sequences.test?.samples.count ?? 0),
      ],
      tiles: TileDescription(
        height: task.settings.tileSize, width: task.settings.tileSize, resolution: resolution,
        selection:
          "\(task.sequences.grid.tiles.count) tiles side by side over the measured domain, the same for all; "
          + "\(task.sequences.grid.rejected) mostly outside it are left out."))
  }

  private var resolution: String {
    guard let width = task.sequences.source.grid?.pixelWidth else { return "1 pixel" }
    return "\(NamedScore.plain((width * 100).rounded() / 100)) km"
  }

  /// The options that change results, for the report and for the plan of the run.
  static func settings(_ options: ForecastComparisonOptions, _ task: ForecastTask) -> [Setting] {
    let (settings, comparison) = (task.settings, options.comparison)
    let unit = task.sequences.source.unit
    let kind = options.primary.kind
    let thresholds = options.thresholds.map { NamedScore.plain(Double(meantBy: $0)) }
    return [
      Setting("Frames", "\(settings.inputFrames) in, \(settings.forecastFrames) out"),
      Setting(
        "Tiles",
        "\(settings.tileSize) pixels a side, averaged \(settings.downsampling) × \(settings.downsampling)"),
      Setting("Loss", settings.loss.summary + leadText(settings.leadWeighting)),
      Setting(
        "Forecast",
        (settings.background.isNowcast ? "reads the \(settings.background.displayName); " : "")
          + (settings.isResidual ? "a learned change is added to what is known" : "nothing is added to")
          + (settings.decoding.map { ", " + $0.summary } ?? "")
          + (settings.masksInput ? "; a mask channel tells valid pixels from missing ones" : "")),
      Setting("Batches", "\(settings.batchesPerEpoch) an epoch of \(settings.training.batchSize) samples"),
    ] + comparison.settings(settings.training) + samplingSetting(settings) + [
      Setting("Augmentation", settings.augments ? "batches mirrored and turned by chance" : "none"),
      Setting("Normaliser", "\(task.sequences.normalizer.summary), fitted on the training part"),
      Setting(
        "Events",
        "\(quantity(unit)) > \(thresholds.joined(separator: ", ")); contingency tables pooled over tiles and windows"
      ),
      (comparison.margin ?? .standard(for: kind)).setting(of: kind.shortName),
      Setting("Mask", "pixels valid in the observation and in the last observed frame"),
      Setting(
        "Blocks of the bootstrap",
        blockText(TestBlocks(task), step: task.sequences.source.nominalStep, isSetting: true)),
    ] + task.sequences.remarks.map { Setting($0.name, $0.text) }
  }

  private static func leadText(_ weighting: LeadWeighting) -> String {
    weighting == .equal ? "" : "; each lead time by the inverse of what its background errs in training"
  }

  private static func samplingSetting(_ settings: ForecastSettings) -> [Setting] {
    settings.decoding == .autoregressive ? [Setting("Scheduled sampling", settings.sampling.summary)] : []
  }

  /// What a block is, in words.
  private var blockText: String { Self.blockText(blocks, step: task.sequences.source.nominalStep) }

  private static func blockText(_ blocks: TestBlocks, step: Double?, isSetting: Bool = false) -> String {
    let length = Int((blocks.windowsPerBlock * (step ?? 1)).rounded())
    let text =
      "\(length) \(step == nil ? length == 1 ? "frame" : "frames" : "minutes") of the test part"
    return isSetting ? "\(blocks.count) of \(text), in \(events(blocks.eventCount))" : text
  }

  private static func events(_ count: Int) -> String { count == 1 ? "one event" : "\(count) events" }
}
