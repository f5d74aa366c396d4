import Contenders
import Foundation
import Layers
import Reports
import Tasks
import TensorCore
import Training

/// What contenders can be compared for: how they are built, fed and scored, and what the report says.
protocol ComparableTask {
  associatedtype Candidate: Sendable
  associatedtype Signature: MatchableSignature where Signature.Candidate == Candidate
  associatedtype Scores: Codable

  /// What the data are called.
  var name: String { get }
  var settings: ComparisonSettings { get }
  var training: TrainingSettings { get }
  var loss: Loss { get }
  var batchesPerEpoch: Int { get }
  /// The score that decides, named before training.
  var primaryName: String { get }
  /// The options that change results, for the report and the plan.
  var reportSettings: [Setting] { get }

  /// The contenders at the sizes that the budget gives them.
  func entrants() throws -> [Entrant<Candidate>]
  /// What contenders are built for.
  var signature: Signature { get }
  /// The contender that a text names.
  func candidate(_ text: String) throws -> Candidate
  /// What a search may vary in a contender.
  func searchSpace(_ candidate: Candidate) -> SearchSpace
  func summary(_ entrant: Entrant<Candidate>) -> String
  func model(_ entrant: Entrant<Candidate>, seed: UInt64) throws -> ModelGraph
  func notes(_ entrant: Entrant<Candidate>) throws -> [String: String]
  /// The notes of a model that is trained, with what was measured of it.
  func finalNotes(_ notes: [String: String], of model: ModelGraph) throws -> [String: String]
  /// Whether an untrained model is a forecast already, which training must beat.
  var startIsCandidate: Bool { get }
  /// The batches of a seed, from a share of the training part; a smaller share is part of every larger one.
  func trainingBatches(seed: UInt64, for model: ModelGraph, share: TrainingShare) throws -> any BatchProvider
  func validationBatches() throws -> any BatchProvider
  /// Epochs of a trial in the search for a learning rate.
  var searchEpochs: Int { get }
  /// The scores of a trained model on the test part.
  func scores(of model: ModelGraph) throws -> Scores
  /// The score that decides, over several seeds.
  func primaryScore(_ scores: [Scores]) throws -> SharePoint.Score
  /// Trains what is needed beside the contenders.
  func trainBaselines(_ training: ContenderTraining, entrants: [Entrant<Candidate>], time: TimeBudget)
    async throws
  /// The report on the seeds that are finished.
  func report(
    _ results: [ContenderResult], scores: [[Scores]], entrants: [Entrant<Candidate>], run: RunDescription,
    progress: any ComparisonProgress, isComplete: Bool
  ) throws -> ComparisonReport
}

/// A comparison from the plan to the report, the same for every task: sizes are matched, time is measured, the plan is
/// written, learning rates are chosen, every seed is trained and scored, and the report is written after each.
struct ComparisonRun<Subject: ComparableTask> {
  let task: Subject
  let run: RunDescription
  let progress: any ComparisonProgress

  private var settings: ComparisonSettings { task.settings }

  /// - Throws: What data, training and files throw; `CancellationError` when cancelled.
  func callAsFunction() async throws -> ComparisonReport {
    let entered = try task.entrants()
    let sizes = entered.map {
      Setting("Width of \($0.displayName)", "\($0.size.width), \($0.size.parameters) parameters")
    }
    let plan = try RunPlan(
      data: task.name, primaryScore: task.primaryName, settings: task.reportSettings + sizes
    ).settle(in: run) { try measuredBudget(entered) }
    var budget = plan.table(
      settings.budget, names: entered.map(\.displayName), sizes: entered.map(\.size),
      batchesPerEpoch: task.batchesPerEpoch)
    for line in budget.lines { progress.note(line) }
    progress.note("The score that decides: \(task.primaryName).")

    let training = ContenderTraining(
      run: run, loss: task.loss, settings: task.training, startIsCandidate: task.startIsCandidate,
      progress: progress)
    let time = TimeBudget(
      perTraining: task.training.maximumSeconds, total: settings.totalSeconds, start: run.start)
    let search = TuningSearch(
      task: task, training: training, epochs: budget.rows.map(\.epochs),
      time: time.share(TuningSearch<Subject>.share))
    let chosen = try await search.choose(entered)
    let entrants = try zip(entered, chosen).map { entrant, setting in
      try setting.chosen.map { try search.changed(entrant, setting.trials[$0].trial) } ?? entrant
    }
    budget = budget.changed(
      sizes: entrants.map(\.size), stepSeconds: chosen.map(\.stepSeconds), epochs: task.training.epochs)
    try await task.trainBaselines(training, entrants: entrants, time: time)

    func write(_ runs: SeedRuns<Subject.Scores>) throws -> ComparisonReport {
      try self.write(runs, entrants, budget: budget, chosen: chosen)
    }
    let shares = [TrainingShare.all] + (settings.learningCurve ? TrainingShare.smaller : [])
    // The whole part first, then each smaller share of it.
    let units = shares.flatMap { share in entrants.indices.map { (share: share, contender: $0) } }
    var runs = SeedRuns<Subject.Scores>(
      training: training, seeds: settings.seeds,
      units: units.map { share, contender in
        let (entrant, epochs) = (entrants[contender], budget.rows[contender].epochs)
        return .init(key: entrant.key + share.suffix, title: entrant.displayName + share.words) {
          training.plan(epochs: epochs, seed: $0)
        }
      }, time: time)
    try await runs.complete { index, plan in
      let (share, contender) = units[index]
      let entrant = entrants[contender]
      let model = try task.model(entrant, seed: plan.seed)
      let (record, best) = try await training.train(
        entrant.key + share.suffix, title: entrant.displayName + share.words, model: model, plan: plan,
        learningRate: chosen[contender].learningRate, notes: task.notes(entrant),
        on: task.trainingBatches(seed: plan.seed, for: model, share: share),
        validation: task.validationBatches(), finalNotes: task.finalNotes)
      progress.note("scoring \(entrant.displayName)\(share.words) on the test part")
      return Finished(record: record, scores: try task.scores(of: best))
    } roundEnded: { runs in
      _ = try write(runs)
    }
    let report = try write(runs)
    progress.note("\n\(report.verdict.recommendation)\n\(report.verdict.reason)\n\(report.verdict.certainty)")
    progress.note("Only \(task.primaryName) decides; all other scores in the report are exploratory.")
    if let suitability = report.suitability {
      progress.note("Before training, squall advise said: “\(suitability.advice)” \(suitability.sentence)")
    }
    return report
  }

  /// The time of a training step of each contender, measured before anything is trained.
  private func measuredBudget(_ entrants: [Entrant<Subject.Candidate>]) throws -> BudgetTable {
    let seconds = try entrants.map { try Self.stepSeconds(task, $0) }
    return BudgetTable(
      budget: settings.budget, names: entrants.map(\.displayName), sizes: entrants.map(\.size),
      stepSeconds: seconds, epochs: task.training.epochs, batchesPerEpoch: task.batchesPerEpoch)
  }

  /// The measured time of a training step.
  static func stepSeconds(_ task: Subject, _ entrant: Entrant<Subject.Candidate>) throws -> Double {
    let seed = task.settings.seed
    let model = try task.model(entrant, seed: seed)
    // With scheduled sampling the last steps take longest.
    let epoch = AutoregressiveDecoding.isUsed(by: model) ? max(0, task.training.epochs - 1) : 0
    let batch = try task.trainingBatches(seed: seed, for: model).batch(epoch: epoch, index: 0)
    return try StepTimer.measure(model, batch, task.loss, precision: task.training.precision).seconds
  }

  /// Publishes the best models and writes the report on the seeds that are finished.
  private func write(
    _ runs: SeedRuns<Subject.Scores>, _ entrants: [Entrant<Subject.Candidate>], budget: BudgetTable,
    chosen: [ChosenSetting]
  ) throws -> ComparisonReport {
    let results = try entrants.enumerated().map { index, entrant in
      let records = runs.runs(index).map(\.record)
      guard
        let best = try runs.training.publishBest(
          of: entrant.key, records, keepsSeeds: settings.keepsSeeds)
      else {
        throw ComparisonError(
          expected: "at least one epoch of training", received: "none for \(entrant.displayName)",
          remedy: "Allow more time with --max-minutes, or more --epochs.")
      }
      return ContenderResult(
        name: entrant.displayName, key: entrant.key, size: entrant.size, summary: task.summary(entrant),
        model: try loadModel(from: best.url), best: best.record, records: records,
        secondsPerStep: budget.rows[index].stepSeconds, setting: chosen[index])
    }
    var report = try task.report(
      results, scores: entrants.indices.map { runs.runs($0).map(\.scores) }, entrants: entrants, run: run,
      progress: progress, isComplete: runs.isComplete)
    report.settings +=
      [budget.setting]
      + zip(results, settings.contenders).flatMap { $0.setting.settings(of: $0.name, besides: $1) }
    report.tuning = TuningReport(results).result
    if settings.learningCurve {
      report.trainingShares = try TrainingShares(
        task: task, names: results.map(\.name), runs: runs, primary: report.verdict.primaryScore
      ).result
    }
    let recommended = RecommendedTraining(report: report, results: results, entrants: entrants.map(\.text))
    if let index = recommended.index {
      report.verdict.nextSteps =
        NextSteps(
          report: report, run: run, key: results[index].key, name: results[index].name
        ).steps
    }
    try recommended.write(in: run)
    try report.write(to: run.output)
    return report
  }
}

extension ComparableTask {
  func finalNotes(_ notes: [String: String], of model: ModelGraph) throws -> [String: String] { notes }
  var startIsCandidate: Bool { false }
  func trainingBatches(seed: UInt64, for model: ModelGraph) throws -> any BatchProvider {
    try trainingBatches(seed: seed, for: model, share: .all)
  }
}
