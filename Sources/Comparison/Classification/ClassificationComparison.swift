import Architectures
import Forecasting
import Foundation
import Layers
import Readers
import Reports
import Sampling
import TensorCore
import Training
import Verification

/// `squall compare … --task classify`: trains both families on the same clips at equal numbers of parameters, from
/// several seeds, and compares their accuracy on clips of groups that neither has seen.
public struct ClassificationComparison: Sendable {
  public let options: ClassificationOptions
  public let clips: LabeledClips
  /// What the data are called in the report.
  public let name: String
  public let run: RunDescription

  public init(options: ClassificationOptions, clips: LabeledClips, name: String, run: RunDescription) {
    self.options = options
    self.clips = clips
    self.name = name
    self.run = run
  }

  /// Runs the comparison and writes `index.html` and `results.json`, after each seed anew; the models are in
  /// `models` beside them.
  ///
  /// - Throws: `DataError` for too few groups, `WidthMatchError`, `ComparisonError` if the folder cannot be
  ///   written or holds another run, `TrainingError`, `CheckpointError`, `ReportError`; `CancellationError` when
  ///   cancelled.
  public func run() async throws -> ComparisonReport {
    let split = try GroupSplit(of: clips, seed: options.seed)
    var architecture = ClassificationArchitecture(
      frames: clips.frames, height: clips.shape.height, width: clips.shape.width,
      channels: clips.shape.channels, classes: clips.classNames.count, stages: options.stages,
      head: options.head)
    let moments = try ChannelMoments(of: clips, split.training)
    architecture.standardize(means: moments.means, deviations: moments.deviations)
    let matched =
      options.budget == .flops
      ? try WidthMatcher.matchOperations(architecture, parameters: options.parameters)
      : try WidthMatcher.match(architecture, parameters: options.parameters)
    let all = ClassificationData(clips: clips, options: options)
    let steps = try all.batches(split.training).batchesPerEpoch
    let epochs = options.epochs ?? TrainingPlan.usualLength(batchesPerEpoch: steps).epochs
    let plan = try RunPlan(
      data: name, primaryScore: "accuracy",
      settings: ClassificationReport.settings(options) + RunPlan.settings(matched)
    ).settle(in: run) {
      let batch = try all.batches(split.training, seed: options.seed).batch(epoch: 0, index: 0)
      let seconds = try matched.map { match in
        let model = try architecture.model(
          match.family, width: match.width, initialization: .seed(options.seed))
        return try StepTimer.measure(
          model, batch, .sparseCategoricalCrossentropy(), precision: options.precision
        ).seconds
      }
      return BudgetTable(
        budget: options.budget, matched: matched, stepSeconds: seconds, epochs: epochs,
        batchesPerEpoch: steps)
    }
    let budget = plan.table(options.budget, matched, batchesPerEpoch: steps)
    budget.announce()
    print("The score that decides: accuracy on the test clips.")

    let training = FamilyTraining(
      run: run, loss: .sparseCategoricalCrossentropy(),
      epochs: Dictionary(
        uniqueKeysWithValues: zip(matched.map(\.family.rawValue), budget.epochs)
          + [(Self.lastFrameName, epochs)]),
      patience: options.patience ?? TrainingPlan.usualPatience(epochs: epochs),
      precision: options.precision, notes: ["classes": clips.classNames.joined(separator: "\n")])
    var runs = SeedRuns<GroupConfusions>(
      training: training, seeds: options.seeds, matched: matched,
      time: TimeBudget(
        perTraining: options.maximumSeconds, total: options.totalSeconds, start: run.start))
    var rates: [Family: ChosenRate] = [:]
    for match in matched {
      if let rate = options.learningRate {
        rates[match.family] = ChosenRate(rate: Double(meantBy: rate), trials: [])
        continue
      }
      let search = LearningRateSearch(
        training: training, rates: options.learningRates.map { Double(meantBy: $0) },
        epochs: max(2, epochs / 6), seed: options.seed)
      let trials = try await search.choose(
        match.family.rawValue, title: match.family.displayName,
        model: try architecture.model(
          match.family, width: match.width, initialization: .seed(options.seed)),
        on: all.batches(split.training, seed: options.seed), validation: all.batches(split.validation))
      rates[match.family] = ChosenRate(rate: LearningRateSearch.best(trials, otherwise: 2e-3), trials: trials)
    }
    let last = try await lastFrame(
      training, all, architecture, split, width: matched[0].width,
      rate: rates[.sequential]?.rate ?? 2e-3, time: runs.time)
    try await runs.complete { match, seed, seconds in
      let (record, model) = try await training.train(
        match.family.rawValue, title: match.family.displayName,
        model: try architecture.model(match.family, width: match.width, initialization: .seed(seed)),
        seed: seed,
        learningRate: rates[match.family]?.rate ?? 2e-3, maximumSeconds: seconds,
        on: all.batches(split.training, seed: seed), validation: all.batches(split.validation))
      return Finished(record: record, scores: try all.confusions(of: model, on: split.test))
    } pairEnded: { runs in
      _ = try write(runs, split, architecture, last, budget, rates)
    }
    let report = try write(runs, split, architecture, last, budget, rates)
    print("\n\(report.verdict.recommendation)\n\(report.verdict.reason)\n\(report.verdict.certainty)")
    if let suitability = report.suitability { print(suitability.sentence) }
    return report
  }

  private static let lastFrameName = "last-frame"

  /// The last frame alone, through the same convolutions: what needs no motion.
  private func lastFrame(
    _ training: FamilyTraining, _ batches: ClassificationData, _ architecture: ClassificationArchitecture,
    _ split: GroupSplit, width: Int, rate: Double, time: TimeBudget
  ) async throws -> GroupConfusions {
    let name = Self.lastFrameName
    if let done = training.finished(name, seed: options.seed, as: GroupConfusions.self) { return done.scores }
    var single = architecture
    single.frames = 1
    var batches = batches
    batches.lastFrameOnly = true
    let (record, model) = try await training.train(
      name, title: "Last frame alone",
      model: try single.model(.sequential, width: width, initialization: .seed(options.seed)),
      seed: options.seed, learningRate: rate,
      maximumSeconds: time.seconds(trainingsToCome: 1 + 2 * options.seedCount),
      on: batches.batches(split.training, seed: options.seed), validation: batches.batches(split.validation))
    let finished = Finished(record: record, scores: try batches.confusions(of: model, on: split.test))
    try training.finish(finished)
    return finished.scores
  }

  private func write(
    _ runs: SeedRuns<GroupConfusions>, _ split: GroupSplit, _ architecture: ClassificationArchitecture,
    _ lastFrame: GroupConfusions, _ budget: BudgetTable, _ rates: [Family: ChosenRate]
  ) throws -> ComparisonReport {
    var families: [FamilyResult] = []
    for (index, match) in runs.matched.enumerated() {
      let records = runs.runs(index).map(\.record)
      guard let url = try runs.training.publishBest(of: match.family.rawValue, records) else {
        throw ComparisonError(
          expected: "at least one epoch of training", received: "none for \(match.family.displayName)",
          remedy: "Allow more time or epochs.")
      }
      families.append(
        FamilyResult(
          matched: match, summary: architecture.summary(match.family, width: match.width),
          model: try loadModel(from: url), records: records, secondsPerStep: budget.stepSeconds[index]))
    }
    var report = try ClassificationReport(
      name: name, options: options, clips: clips, split: split, families: families,
      confusions: runs.matched.indices.map { runs.runs($0).map(\.scores) },
      baselines: [
        ("Last frame alone", "The same convolutions and layers on the last frame of each clip.", lastFrame),
        ("Majority class", "Always the most frequent class of the training part.", try majority(split)),
      ]
    ).report(provenance: run.provenance)
    report.settings += [budget.setting] + ChosenRate.settings(rates)
    if options.measures, runs.isComplete {
      print("measuring both families")
      report.classScores = try ClassificationQuality(
        batches: ClassificationData(clips: clips, options: options), test: split.test, families: families
      ).scores(report)
      report.measurements = try ClassificationMeasurements(
        clips: clips, split: split, options: options, architecture: architecture, families: families
      ).all()
      try SuitabilityMeasurement.measured(
        OpenedData.clips(clips).sources(), name: name, task: .classification, seed: options.seed,
        families: families.map(\.matched.family)
      )?.add(to: &report)
    }
    try report.write(to: run.output)
    return report
  }

  /// Always the class that is most frequent in training.
  private func majority(_ split: GroupSplit) throws -> GroupConfusions {
    var counts = [Int](repeating: 0, count: clips.classNames.count)
    for index in split.training { counts[clips.labels[index]] += 1 }
    let majority = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    var confusions = GroupConfusions(classes: clips.classNames.count)
    for index in split.test {
      try confusions.add(to: clips.groups[index]) {
        try $0.add(prediction: majority, truth: clips.labels[index])
      }
    }
    return confusions
  }
}

/// Clips as training and scoring take them.
struct ClassificationData {
  let clips: LabeledClips
  let options: ClassificationOptions
  /// Whether models see only the last frame.
  var lastFrameOnly = false

  init(clips: LabeledClips, options: ClassificationOptions) {
    self.clips = clips
    self.options = options
  }

  /// Batches of some clips, shuffled by a seed or in order.
  func batches(_ indices: [Int], seed: UInt64? = nil) throws -> any BatchProvider {
    try AheadBatches(
      ClassifierBatches(
        clips, indices, batchSize: options.batchSize, options: options.changes, seed: seed,
        lastFrameOnly: lastFrameOnly), repeatsEpoch: seed == nil)
  }

  func confusions(of model: ModelGraph, on indices: [Int]) throws -> GroupConfusions {
    var confusions = GroupConfusions(classes: clips.classNames.count)
    for start in stride(from: 0, to: indices.count, by: options.batchSize) {
      try Task.checkCancellation()
      let batch = try clips.batch(Array(indices[start..<min(indices.count, start + options.batchSize)]))
      let scores = try model(ClassifierBatches.input(batch, lastFrameOnly: lastFrameOnly)).values
      let classes = batch.classCount
      for (row, clip) in batch.clips.enumerated() {
        try confusions.add(to: clips.groups[clip]) {
          try $0.add(
            scores: Array(scores[row * classes..<(row + 1) * classes]), truths: [batch.labels[row]])
        }
      }
    }
    return confusions
  }
}
