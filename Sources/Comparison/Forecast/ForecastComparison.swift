import Architectures
import Foundation
import Reports
import SequenceData
import TensorCore
import Training
import Verification

/// `squall compare … --task forecast`: trains both families on the same tiles at equal numbers of parameters, from
/// several seeds, scores them and the baselines on the same test tiles and mask, and writes the report.
public struct ForecastComparison: Sendable {
  public let options: ForecastOptions
  public let source: any FrameSource
  /// What the data are called in the report.
  public let name: String
  public let run: RunDescription

  public init(options: ForecastOptions, source: any FrameSource, name: String, run: RunDescription) {
    self.options = options
    self.source = source
    self.name = name
    self.run = run
  }

  /// Runs the comparison and writes `index.html` and `results.json`, after each seed anew; the models are in
  /// `models` beside them.
  ///
  /// - Throws: `DataError` for data that do not suffice, `WidthMatchError` if no equal sizes exist,
  ///   `ComparisonError` if the folder cannot be written or holds another run, `TrainingError`,
  ///   `CheckpointError`, `ReportError`; `CancellationError` when cancelled.
  public func run() async throws -> ComparisonReport {
    let data = try ForecastData(source, options: options)
    let architecture = try architecture(data)
    let matched = try WidthMatcher.match(architecture, parameters: options.parameters)
    let primary = try NamedScore(options.primary, thresholds: options.thresholds, unit: data.source.unit)
    try RunPlan(
      data: name, primaryScore: primary.name,
      settings: ForecastReport.settings(options, data) + FamilyAnnouncement.settings(matched)
    ).settle(in: run)
    FamilyAnnouncement.announce(matched)
    print("The score that decides: \(primary.name), pooled over lead times.")

    let training = FamilyTraining(
      run: run, loss: try options.loss.loss(in: data.normalizer), epochs: options.epochs,
      patience: options.patience, notes: try notes(data))
    let scoring = ForecastScoring(data: data, options: options)
    let baselines = Baseline.all(options)
    var baselineScores: [LeadTimeScoresByBlock] = []
    func write(_ runs: SeedRuns<LeadTimeScoresByBlock>) throws -> ComparisonReport {
      if baselineScores.isEmpty { baselineScores = try scoring.scores(of: baselines.map(\.forecaster)) }
      return try self.write(
        runs, data: data, architecture: architecture, primary: primary,
        baselines: Array(zip(baselines, baselineScores)))
    }

    var runs = SeedRuns<LeadTimeScoresByBlock>(
      training: training, seeds: options.seeds, matched: matched,
      time: TimeBudget(
        perTraining: options.maximumSeconds, total: options.totalSeconds, start: run.start))
    try await runs.complete { match, seed, seconds in
      let model = try architecture.model(match.family, width: match.width, initialization: .seed(seed))
      let (record, best) = try await training.train(
        match.family.rawValue, title: match.family.displayName, model: model, seed: seed,
        learningRate: Double(options.learningRate), maximumSeconds: seconds,
        on: trainingBatches(data, seed: seed),
        validation: ForecastBatches(source: data.validation))
      print("scoring \(data.test.samples.count) test samples")
      let forecaster = ModelForecaster(model: best, builder: data.test.builder)
      return Finished(record: record, scores: try scoring.scores(of: [forecaster])[0])
    } pairEnded: { runs in
      _ = try write(runs)
    }
    let report = try write(runs)
    print("\n\(report.verdict.recommendation)\n\(report.verdict.reason)\n\(report.verdict.certainty)")
    return report
  }

  private func trainingBatches(_ data: ForecastData, seed: UInt64) throws -> any BatchProvider {
    let batches = ForecastBatches(source: try data.training(seed: seed))
    return options.augments ? SymmetricBatches(base: batches, seed: seed) : batches
  }

  private func architecture(_ data: ForecastData) throws -> ForecastArchitecture {
    var architecture = ForecastArchitecture(
      inputFrames: options.inputFrames, forecastFrames: options.forecastFrames, height: options.tileSize,
      width: options.tileSize, patchSize: options.patchSize, kernelSize: options.kernelSize)
    architecture.isResidual = options.isResidual
    architecture.decoding = options.decoding
    return architecture
  }

  /// Writes the report on the seeds that are finished.
  private func write(
    _ runs: SeedRuns<LeadTimeScoresByBlock>, data: ForecastData, architecture: ForecastArchitecture,
    primary: NamedScore, baselines: [(baseline: Baseline, scores: LeadTimeScoresByBlock)]
  ) throws -> ComparisonReport {
    var contenders: [(String, any Forecaster)] = []
    var families: [FamilyResult] = []
    for (index, match) in runs.matched.enumerated() {
      let records = runs.runs(index).map(\.record)
      guard let url = try runs.training.publishBest(of: match.family.rawValue, records) else {
        throw ComparisonError(
          expected: "at least one epoch of training", received: "none for \(match.family.displayName)",
          remedy: "Allow more time or epochs.")
      }
      let model = try loadModel(from: url)
      families.append(
        FamilyResult(
          matched: match, summary: architecture.summary(match.family, width: match.width), model: model,
          records: records))
      contenders.append(
        (match.family.displayName, ModelForecaster(model: model, builder: data.test.builder)))
    }
    let pictures = try ForecastPictures(data: data, options: options).panels(
      contenders + baselines.map { ($0.baseline.name, $0.baseline.forecaster) })
    let report = try ForecastReport(
      name: name, options: options, data: data, primary: primary, families: families,
      scores: runs.matched.indices.map { runs.runs($0).map(\.scores) }, baselines: baselines,
      pictures: pictures
    ).report(provenance: run.provenance)
    try report.write(to: run.output)
    return report
  }

  /// What is stored with the models, so that they can be used on other data of the kind.
  private func notes(_ data: ForecastData) throws -> [String: String] {
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
    var notes = [
      "normalizer": try json(data.normalizer), "unit": data.source.unit.rawValue,
      "input_frames": "\(options.inputFrames)", "forecast_frames": "\(options.forecastFrames)",
      "downsampling": "\(options.downsampling)",
    ]
    if let step = data.source.nominalStep { notes["step_minutes"] = "\(step)" }
    if let grid = data.source.grid { notes["grid"] = try json(grid) }
    // By these times `squall evaluate` knows what the training has not seen.
    let seen = data.split.training + data.split.validation
    if data.split.rule == .time, let times = data.source.timestamps, let first = seen.map(\.lowerBound).min(),
      let end = seen.map(\.upperBound).max()
    {
      notes["trained_from"] = times[first].formatted(.iso8601)
      notes["trained_until"] = times[end - 1].formatted(.iso8601)
    }
    return notes
  }
}

/// Batches of the data as training takes them.
struct ForecastBatches<Source: BatchSource>: BatchProvider {
  let source: Source

  var batchesPerEpoch: Int { source.batchesPerEpoch }

  func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try source.batch(epoch: epoch, index: index)
    return TrainingBatch(batch.input, batch.target, mask: batch.targetMask)
  }
}

/// A forecast that needs no training.
struct Baseline {
  let name: String
  let summary: String
  let forecaster: any Forecaster

  static func all(_ options: ForecastOptions) -> [Baseline] {
    [
      Baseline(
        name: "Eulerian persistence", summary: "The last observed frame at every lead time.",
        forecaster: EulerianPersistence(forecastFrames: options.forecastFrames))
    ]
  }
}
