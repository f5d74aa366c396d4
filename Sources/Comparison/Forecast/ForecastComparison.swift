import Contenders
import Foundation
import Layers
import Readers
import Reports
import Sampling
import Synthesis
import Tasks
import TensorCore
import Training
import Verification

/// What a comparison of forecasters scores, beside how it compares.
package struct ForecastComparisonOptions: Sendable {
  package var comparison = ComparisonSettings(parameters: 300_000, learningRates: [5e-4, 1e-3, 2e-3])
  /// Events lie above these thresholds (`>`), in the unit of the data.
  package var thresholds: [Float] = [0.5, 2, 5]
  /// The score that decides, named before training.
  package var primary = ForecastPrimary.csi(threshold: nil)
  /// The data range of SSIM and PSNR; nil for the largest less the smallest observed value.
  package var dataRange: Double?
  /// Sides of blocks in pixels whose maxima are scored too.
  package var pools: [Int] = []
  /// How the page prints squared and absolute errors.
  package var conventions = ErrorConvention.perPixel

  package init() {}

  /// Takes over what the data suggest: on values that are no rain, thresholds and CSI mean little.
  package mutating func adapt(to unit: PhysicalUnit) {
    guard unit != .millimetresPerHour else { return }
    thresholds = [0.5]
    primary = .meanSquaredError
  }
}

/// The score of a forecast that decides, pooled over lead times.
package enum ForecastPrimary: Hashable, Sendable {
  /// Critical success index above a threshold; the lowest one if it is `nil`.
  case csi(threshold: Float?)
  case meanSquaredError
  case meanAbsoluteError

  var kind: PrimaryScore.Kind {
    switch self {
    case .csi: .csi
    case .meanSquaredError: .mse
    case .meanAbsoluteError: .mae
    }
  }
}

/// `squall compare … --task forecast`: trains contenders on the same tiles at an equal budget, from several seeds, scores
/// them and the baselines on the same test tiles and mask, and writes the report.
package struct ForecastComparison: Sendable {
  package let options: ForecastComparisonOptions
  package let settings: ForecastSettings
  package let events: PreparedEvents
  /// What the data are called in the report.
  package let name: String
  package let run: RunDescription
  /// The best linear forecast of synthetic fields; nil for other data.
  package let wiener: WienerForecast?
  package let progress: any ComparisonProgress

  package init(
    options: ForecastComparisonOptions, settings: ForecastSettings, events: PreparedEvents, name: String,
    run: RunDescription, wiener: WienerForecast? = nil, progress: any ComparisonProgress = SilentComparison()
  ) {
    self.options = options
    self.settings = settings
    self.events = events
    self.name = name
    self.run = run
    self.wiener = wiener
    self.progress = progress
  }

  /// A comparison on one sequence.
  package init(
    options: ForecastComparisonOptions, settings: ForecastSettings, source: any FrameSource, name: String,
    run: RunDescription, wiener: WienerForecast? = nil, progress: any ComparisonProgress = SilentComparison()
  ) {
    self.init(
      options: options, settings: settings, events: PreparedEvents(source), name: name, run: run,
      wiener: wiener, progress: progress)
  }

  /// Runs the comparison and writes `index.html` and `results.json`, after each seed anew; the models are in
  /// `models` beside them.
  ///
  /// - Throws: `DataError` for data that do not suffice, `ContenderError` if no equal sizes exist,
  ///   `ComparisonError` if the folder cannot be written or holds another run, `TrainingError`,
  ///   `CheckpointError`, `ReportError`; `CancellationError` when cancelled.
  package func run() async throws -> ComparisonReport {
    let task = try ForecastTask(events, settings: settings)
    for remark in task.sequences.remarks { progress.note("\(remark.name): \(remark.text)") }
    return try await ComparisonRun(
      task: ComparedForecast(self, task), run: run, progress: progress)()
  }
}

/// Forecasters as a comparison takes them.
final class ComparedForecast: ComparableTask {
  let comparison: ForecastComparison
  let task: ForecastTask
  let primary: NamedScore
  private let scoring: TileScoring
  private let optimum: OptimalErrors?
  private let baselines: [Baseline]
  private var baselineScores: [LeadTimeScoresByBlock] = []

  init(_ comparison: ForecastComparison, _ task: ForecastTask) throws {
    self.comparison = comparison
    self.task = task
    let options = comparison.options
    primary = try NamedScore(
      options.primary, thresholds: options.thresholds, unit: task.sequences.source.unit)
    scoring = try TileScoring(task, thresholds: options.thresholds)
    optimum = try OptimalErrors(comparison.wiener, task.settings)
    baselines = Baseline.all(task)
  }

  var name: String { comparison.name }
  var settings: ComparisonSettings { comparison.options.comparison }
  var training: TrainingSettings { task.settings.training }
  var loss: Loss { task.loss }
  var batchesPerEpoch: Int { task.settings.batchesPerEpoch }
  var primaryName: String { "\(primary.name), pooled over lead times" }
  var searchEpochs: Int { max(1, task.settings.training.epochs / 6) }
  var reportSettings: [Setting] { ForecastReport.settings(comparison.options, task) }

  func entrants() throws -> [Entrant<any ForecastContender>] { try Entrant.all(settings, task.signature) }

  var signature: ForecastSignature { task.signature }

  func candidate(_ text: String) throws -> any ForecastContender { try Contenders.forecaster(text) }

  func searchSpace(_ candidate: any ForecastContender) -> SearchSpace { type(of: candidate).searchSpace }

  func summary(_ entrant: Entrant<any ForecastContender>) -> String {
    task.signature.summary(entrant.contender, width: entrant.size.width)
  }

  func model(_ entrant: Entrant<any ForecastContender>, seed: UInt64) throws -> ModelGraph {
    try task.model(entrant.contender, width: entrant.size.width, seed: seed)
  }

  func notes(_ entrant: Entrant<any ForecastContender>) throws -> [String: String] {
    try task.notes(contender: entrant.text, width: entrant.size.width)
  }

  func finalNotes(_ notes: [String: String], of model: ModelGraph) throws -> [String: String] {
    try task.adding(skillOf: model, to: notes)
  }

  var startIsCandidate: Bool { task.settings.isResidual }

  func trainingBatches(
    seed: UInt64, for model: ModelGraph, share: TrainingShare
  ) throws -> any BatchProvider {
    try task.training(seed: seed, for: model, share: share.fraction)
  }

  func primaryScore(_ scores: [LeadTimeScoresByBlock]) throws -> SharePoint.Score {
    let statistics = ForecastStatistics(
      thresholds: comparison.options.thresholds, unit: task.sequences.source.unit, primary: primary)
    let estimate = try statistics.bootstrap.estimate(
      primary.score, of: scores.map { try primary.sums($0) })
    return SharePoint.Score(
      value: estimate.value, interval: estimate.reported, bySeed: try statistics.bySeed(scores))
  }

  func validationBatches() throws -> any BatchProvider { try task.validation() }

  func scores(of model: ModelGraph) throws -> LeadTimeScoresByBlock {
    try scoring.scores(of: [ModelForecaster(model: model, task: task)])[0]
  }

  func trainBaselines(
    _ training: ContenderTraining, entrants: [Entrant<any ForecastContender>], time: TimeBudget
  ) async throws {}

  func report(
    _ results: [ContenderResult], scores: [[LeadTimeScoresByBlock]],
    entrants: [Entrant<any ForecastContender>], run: RunDescription, progress: any ComparisonProgress,
    isComplete: Bool
  ) throws -> ComparisonReport {
    if baselineScores.isEmpty { baselineScores = try scoring.scores(of: baselines.map(\.forecaster)) }
    let options = comparison.options
    let pictures = try SamplePictures(task: task)
    let models = results.map { ($0.name, ModelForecaster(model: $0.model, task: task) as any TileForecaster) }
    let everyone = models + baselines.map { ($0.name, $0.forecaster) }
    var report = try ForecastReport(
      name: name, options: options, task: task, blocks: scoring.blocks, primary: primary, results: results,
      scores: scores, baselines: Array(zip(baselines, baselineScores)),
      pictures: try pictures.panels(everyone, models: models.count)
    ).report(provenance: run.provenance)
    report.conventions = options.conventions
    let source = task.sequences.source
    report.optimum = optimum?.result(
      report, leadTimes: task.leadTimes,
      isWholeFrame: task.settings.tileSize == source.shape.height
        && task.settings.tileSize == source.shape.width)
    report.animation = try pictures.animation(everyone)
    guard isComplete, settings.measures || !options.pools.isEmpty else { return report }
    progress.note("measuring the trained models")
    report.fieldScores = try ForecastFieldScores(task: task, options: options).scores(of: everyone)
    guard settings.measures else { return report }
    report.measurements = try ForecastMeasurements(
      task: task, options: options, primary: primary, results: results, entrants: entrants
    ).all()
    progress.note("asking for the advice that squall advise gives")
    SuitabilityMeasurement(
      advice: try DataAdvice(
        on: comparison.events.sources, name: name, inputFrames: task.settings.inputFrames,
        forecastFrames: task.settings.forecastFrames), models: results.map(\.name)
    ).add(to: &report)
    return report
  }
}
