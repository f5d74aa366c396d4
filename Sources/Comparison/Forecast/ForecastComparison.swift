import Architectures
import Forecasting
import Foundation
import Readers
import Reports
import Sampling
import Synthesis
import TensorCore
import Training
import Verification

/// `squall compare … --task forecast`: trains both families on the same tiles at equal numbers of parameters, from
/// several seeds, scores them and the baselines on the same test tiles and mask, and writes the report.
public struct ForecastComparison: Sendable {
  public let options: ForecastOptions
  public let events: PreparedEvents
  /// What the data are called in the report.
  public let name: String
  public let run: RunDescription
  /// The best linear forecast of generated fields; nil for other data.
  public let wiener: WienerForecast?

  public init(
    options: ForecastOptions, events: PreparedEvents, name: String, run: RunDescription,
    wiener: WienerForecast? = nil
  ) {
    self.wiener = wiener
    self.options = options
    self.events = events
    self.name = name
    self.run = run
  }

  /// A comparison on one sequence.
  public init(
    options: ForecastOptions, source: any FrameSource, name: String, run: RunDescription,
    wiener: WienerForecast? = nil
  ) {
    self.init(options: options, events: PreparedEvents(source), name: name, run: run, wiener: wiener)
  }

  /// Runs the comparison and writes `index.html` and `results.json`, after each seed anew; the models are in
  /// `models` beside them.
  ///
  /// - Throws: `DataError` for data that do not suffice, `WidthMatchError` if no equal sizes exist,
  ///   `ComparisonError` if the folder cannot be written or holds another run, `TrainingError`,
  ///   `CheckpointError`, `ReportError`; `CancellationError` when cancelled.
  public func run() async throws -> ComparisonReport {
    let data = try ForecastData(events, options: options)
    for remark in data.sequences.remarks { print("\(remark.name): \(remark.text)") }
    let architecture = try architecture(data)
    let matched =
      options.budget == .flops
      ? try WidthMatcher.matchOperations(architecture, parameters: options.parameters)
      : try WidthMatcher.match(architecture, parameters: options.parameters)
    let primary = try NamedScore(options.primary, thresholds: options.thresholds, unit: data.source.unit)
    let plan = try RunPlan(
      data: name, primaryScore: primary.name,
      settings: ForecastReport.settings(options, data) + RunPlan.settings(matched)
    ).settle(in: run) { try measuredBudget(data, architecture, matched) }
    let budget = plan.table(options.budget, matched, batchesPerEpoch: options.batchesPerEpoch)
    budget.announce()
    print("The score that decides: \(primary.name), pooled over lead times.")

    let training = FamilyTraining(
      run: run, loss: try options.loss.loss(in: data.normalizer),
      epochs: Dictionary(uniqueKeysWithValues: zip(matched.map(\.family.rawValue), budget.epochs)),
      patience: options.patience, precision: options.precision, notes: try notes(data))
    let rates = try await learningRates(training, data, architecture, matched)
    let optimum = try OptimalErrors(wiener, options)
    let scoring = ForecastScoring(data: data, options: options)
    let baselines = Baseline.all(options, data)
    var baselineScores: [LeadTimeScoresByBlock] = []
    func write(_ runs: SeedRuns<LeadTimeScoresByBlock>) throws -> ComparisonReport {
      if baselineScores.isEmpty { baselineScores = try scoring.scores(of: baselines.map(\.forecaster)) }
      return try self.write(
        runs, data: data, architecture: architecture, primary: primary,
        baselines: Array(zip(baselines, baselineScores)), budget: budget, rates: rates, optimum: optimum)
    }

    var runs = SeedRuns<LeadTimeScoresByBlock>(
      training: training, seeds: options.seeds, matched: matched,
      time: TimeBudget(
        perTraining: options.maximumSeconds, total: options.totalSeconds, start: run.start))
    try await runs.complete { match, seed, seconds in
      let model = try architecture.model(match.family, width: match.width, initialization: .seed(seed))
      let (record, best) = try await training.train(
        match.family.rawValue, title: match.family.displayName, model: model, seed: seed,
        learningRate: rates[match.family]?.rate ?? 1e-3, maximumSeconds: seconds,
        on: trainingBatches(data, seed: seed),
        validation: validationBatches(data))
      print("scoring \(data.test.samples.count) test samples")
      let forecaster = ModelForecaster(model: best, data: data)
      return Finished(record: record, scores: try scoring.scores(of: [forecaster])[0])
    } pairEnded: { runs in
      _ = try write(runs)
    }
    let report = try write(runs)
    print("\n\(report.verdict.recommendation)\n\(report.verdict.reason)\n\(report.verdict.certainty)")
    if let suitability = report.suitability { print(suitability.sentence) }
    return report
  }

  private func trainingBatches(_ data: ForecastData, seed: UInt64) throws -> any BatchProvider {
    let plain = ForecastBatches(data: data, base: try data.training(seed: seed))
    let batches: any BatchProvider = options.augments ? SymmetricBatches(base: plain, seed: seed) : plain
    return try AheadBatches(
      options.decoding == .autoregressive
        ? TeacherForcedBatches(batches, sampling: options.sampling, seed: seed) : batches)
  }

  private func validationBatches(_ data: ForecastData) throws -> any BatchProvider {
    try AheadBatches(ForecastBatches(data: data, base: data.validation), repeatsEpoch: true)
  }

  /// The time of a training step of each family, measured before anything is trained.
  private func measuredBudget(
    _ data: ForecastData, _ architecture: ForecastArchitecture, _ matched: [MatchedModel]
  ) throws -> BudgetTable {
    // Where own forecasts are sampled, later steps take longer.
    let epoch = options.sampling.decay == .none ? 0 : options.epochs - 1
    let batch = try trainingBatches(data, seed: options.seed).batch(epoch: epoch, index: 0)
    let loss = try options.loss.loss(in: data.normalizer)
    let seconds = try matched.map { match in
      let model = try architecture.model(
        match.family, width: match.width, initialization: .seed(options.seed))
      return try StepTimer.measure(model, batch, loss, precision: options.precision).seconds
    }
    return BudgetTable(
      budget: options.budget, matched: matched, stepSeconds: seconds, epochs: options.epochs,
      batchesPerEpoch: options.batchesPerEpoch)
  }

  /// The rate given, or the one that is best on validation after short trainings of equal length.
  private func learningRates(
    _ training: FamilyTraining, _ data: ForecastData, _ architecture: ForecastArchitecture,
    _ matched: [MatchedModel]
  ) async throws -> [Family: ChosenRate] {
    var rates: [Family: ChosenRate] = [:]
    for match in matched {
      if let rate = options.learningRate {
        rates[match.family] = ChosenRate(rate: Double(meantBy: rate), trials: [])
        continue
      }
      let search = LearningRateSearch(
        training: training, rates: options.learningRates.map { Double(meantBy: $0) },
        epochs: max(1, options.epochs / 6), seed: options.seed)
      let trials = try await search.choose(
        match.family.rawValue, title: match.family.displayName,
        model: try architecture.model(
          match.family, width: match.width, initialization: .seed(options.seed)),
        on: trainingBatches(data, seed: options.seed),
        validation: validationBatches(data))
      rates[match.family] = ChosenRate(rate: LearningRateSearch.best(trials, otherwise: 1e-3), trials: trials)
    }
    return rates
  }

  private func architecture(_ data: ForecastData) throws -> ForecastArchitecture {
    var architecture = ForecastArchitecture(
      inputFrames: options.inputFrames, forecastFrames: options.forecastFrames, height: options.tileSize,
      width: options.tileSize, channels: data.sequences.builder.inputChannels, patchSize: options.patchSize,
      kernelSize: options.kernelSize)
    architecture.background = options.background
    architecture.isResidual = options.isResidual
    architecture.decoding = options.decoding
    return architecture
  }

  /// Writes the report on the seeds that are finished.
  private func write(
    _ runs: SeedRuns<LeadTimeScoresByBlock>, data: ForecastData, architecture: ForecastArchitecture,
    primary: NamedScore, baselines: [(baseline: Baseline, scores: LeadTimeScoresByBlock)],
    budget: BudgetTable, rates: [Family: ChosenRate], optimum: OptimalErrors?
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
          records: records, secondsPerStep: budget.stepSeconds[index]))
      contenders.append(
        (match.family.displayName, ModelForecaster(model: model, data: data)))
    }
    let pictures = ForecastPictures(data: data, options: options)
    let everyone = contenders + baselines.map { ($0.baseline.name, $0.baseline.forecaster) }
    var report = try ForecastReport(
      name: name, options: options, data: data, primary: primary, families: families,
      scores: runs.matched.indices.map { runs.runs($0).map(\.scores) }, baselines: baselines,
      pictures: try pictures.panels(everyone, models: contenders.count)
    ).report(provenance: run.provenance)
    report.settings += [budget.setting] + ChosenRate.settings(rates)
    report.conventions = options.conventions
    report.optimum = optimum?.result(
      report, leadTimes: data.leadTimes(options.forecastFrames),
      isWholeFrame: options.tileSize == data.source.shape.height
        && options.tileSize == data.source.shape.width)
    report.animation = try pictures.animation(everyone)
    if options.measures, runs.isComplete {
      print("measuring both families")
      report.fieldScores = try ForecastFieldScores(data: data, options: options).scores(of: everyone)
      report.measurements = try ForecastMeasurements(
        data: data, options: options, architecture: architecture, primary: primary,
        loss: runs.training.loss, families: families,
        batches: try trainingBatches(data, seed: options.seed)
      ).all()
      try SuitabilityMeasurement.measured(
        events.sources, name: name, task: .forecast, seed: options.seed,
        families: families.map(\.matched.family)
      )?.add(to: &report)
    }
    try report.write(to: run.output)
    return report
  }

  /// What is stored with the models, so that they can be used on other data of the kind.
  private func notes(_ data: ForecastData) throws -> [String: String] {
    var notes = ForecastNotes(data.sequences)
    notes.decoding = options.decoding
    if options.decoding == .autoregressive { notes.sampling = options.sampling }
    return try notes.encoded()
  }
}

/// Batches of the data as training takes them.
struct ForecastBatches: BatchProvider {
  let data: ForecastData
  let base: any BatchSource

  var batchesPerEpoch: Int { base.batchesPerEpoch }

  func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try base.batch(epoch: epoch, index: index)
    return TrainingBatch(
      inputs: try data.inputs(batch), target: batch.target, mask: batch.targetMask,
      weights: data.leadWeights.map { LeadWeights.spread($0, over: batch.target.shape) })
  }
}

/// A forecast that needs no training.
struct Baseline {
  let name: String
  let summary: String
  let forecaster: any Forecaster

  static func all(_ options: ForecastOptions, _ data: ForecastData) -> [Baseline] {
    let eulerian = Baseline(
      name: "Eulerian persistence", summary: "The last observed frame at every lead time.",
      forecaster: EulerianPersistence(forecastFrames: options.forecastFrames))
    // The motion is found in decibels of rain.
    guard data.source.unit == .millimetresPerHour, options.inputFrames > 1 else { return [eulerian] }
    return [
      eulerian,
      Baseline(
        name: "Lagrangian persistence",
        summary: "The last frame carried along the motion of the last three, found over the whole domain.",
        forecaster: LagrangianForecaster(frames: data.advected)),
    ]
  }
}
