import Architectures
import Foundation
import Reports
import SequenceData
import TensorCore
import Training
import Verification

/// Turns what a comparison of forecasters measured into its report.
struct ForecastReport {
  let name: String
  let options: ForecastOptions
  let data: ForecastData
  let trained: [TrainedFamily]
  /// In the order of `trained`.
  let scores: [LeadTimeScores]
  let persistence: LeadTimeScores
  let pictures: [PicturePanel]

  static let persistenceName = "Eulerian persistence"

  func report(provenance: Provenance) -> ComparisonReport {
    ComparisonReport(
      title: "\(name): Conv2D + LSTM or ConvLSTM2D?", task: .forecast,
      verdict: ForecastVerdict(report: self).verdict, data: dataDescription, settings: settings,
      provenance: provenance, models: zip(trained, scores).map(modelResult),
      baselines: [
        BaselineResult(
          name: Self.persistenceName, summary: "The last observed frame at every lead time.",
          forecast: Self.result(persistence))
      ], pictures: pictures)
  }

  private var dataDescription: DataDescription {
    let period = data.period(0..<data.source.count)
    let step = data.source.nominalStep.map { " every \(Int($0)) minutes" } ?? ""
    let gaps = data.training.windows.droppedByGaps
    return DataDescription(
      name: name,
      summary: "\(data.source.count) frames\(step), \(period), of \(data.source.shape.height) × "
        + "\(data.source.shape.width) pixels after averaging \(options.downsampling) × \(options.downsampling)."
        + (gaps > 0 ? " \(gaps) training windows were left out because frames are missing." : ""),
      unit: data.source.unit.rawValue,
      leadTimeUnit: data.source.nominalStep == nil ? .frames : .minutes, inputFrames: options.inputFrames,
      forecastFrames: options.forecastFrames,
      split: [
        SplitPart(
          name: "training", extent: data.period(data.split.training), samples: data.training.windows.count),
        SplitPart(
          name: "validation",
          extent: "\(data.validationTiles.count) tiles of the training period that training never sees",
          samples: data.validation.samples.count),
        SplitPart(
          name: "test", extent: data.period(data.split.test), samples: data.test.samples.count),
      ],
      tiles: TileDescription(
        height: options.tileSize, width: options.tileSize, resolution: resolution,
        selection: "\(data.grid.tiles.count) tiles side by side over the measured domain, the same for all; "
          + "\(data.grid.rejected) mostly outside it are left out."))
  }

  private var resolution: String {
    guard let width = data.source.grid?.pixelWidth else { return "1 pixel" }
    return "\(width.formatted(.number.precision(.fractionLength(0...2)))) km"
  }

  private var settings: [Setting] {
    [
      Setting("Parameters of each family", "\(options.parameters), matched within 3%"),
      Setting("Loss", trained.first.map { "\($0.loss)" } ?? ""),
      Setting("Optimizer", "Adam, learning rate \(options.learningRate), clipped at norm 1"),
      Setting("Batches", "\(options.batchesPerEpoch) an epoch of \(options.batchSize) samples"),
      Setting("Epochs", "at most \(options.epochs), patience \(options.patience)"),
      Setting(
        "Time cap", options.maximumSeconds.map { "\(Int($0)) s of training for each family" } ?? "none"),
      Setting("Seed", "\(options.seed)"),
      Setting(
        "Normaliser",
        "log(1 + R) / \(data.normalizer.scale.formatted(.number.precision(.significantDigits(4)))), fitted on "
          + "the training part"),
      Setting("Events", "rain > threshold; contingency tables pooled over tiles and windows"),
      Setting("Mask", "pixels valid in the observation and in the last observed frame"),
    ]
  }

  private func modelResult(_ trained: TrainedFamily, _ scores: LeadTimeScores) -> ModelResult {
    var result = trained.result
    result.forecast = Self.result(scores)
    return result
  }

  static func result(_ scores: LeadTimeScores) -> ForecastResult {
    ForecastResult(
      pooled: pixelScores(scores.pooledErrors, scores.pooledTables),
      byLeadTime: scores.leadTimes.indices.map { lead in
        LeadTimeResult(
          leadTime: scores.leadTimes[lead], scores: pixelScores(scores.errors[lead], scores.tables[lead]))
      }, nonFiniteForecasts: scores.tally.nonFiniteForecasts)
  }

  private static func pixelScores(_ errors: ContinuousErrors, _ tables: [ContingencyTable]) -> PixelScores {
    PixelScores(
      pixels: errors.tally.valid, mse: errors.mse, mae: errors.mae, meanError: errors.meanError,
      thresholds: tables.map { table in
        ThresholdScores(
          threshold: Double(table.threshold), hits: table.hits, misses: table.misses,
          falseAlarms: table.falseAlarms, correctNegatives: table.correctNegatives, csi: table.csi,
          pod: table.pod, far: table.far, bias: table.bias)
      })
  }
}
