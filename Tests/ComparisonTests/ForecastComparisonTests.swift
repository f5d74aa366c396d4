import Comparison
import Contenders
import Foundation
import Readers
import Reports
import Sampling
import Synchronization
import Synthesis
import Tasks
import TensorCore
import Testing
import Training

/// The main job from end to end, on sequences so small that it takes seconds.
@Suite(.serialized) struct ForecastComparisonTests {
  private static func source(frames: Int = 60) throws -> AdvectedCells {
    var options = AdvectedCells.Options()
    options.frames = frames
    options.height = 32
    options.width = 48
    options.largestScale = 24
    return try AdvectedCells(options, seed: 3)
  }

  private static var options: ForecastComparisonOptions {
    var options = ForecastComparisonOptions()
    options.comparison.contenders = ["conv2d-lstm", "convlstm2d:patch=2"]
    options.comparison.parameters = 40_000
    options.comparison.seedCount = 1
    options.comparison.learningRates = []
    options.comparison.isQuick = true
    options.comparison.measures = false
    return options
  }

  private static var settings: ForecastSettings {
    var settings = ForecastSettings()
    (settings.inputFrames, settings.forecastFrames, settings.tileSize) = (3, 2, 16)
    (settings.batchesPerEpoch, settings.training.batchSize, settings.training.epochs) = (3, 2, 2)
    return settings
  }

  private func folder() -> URL {
    FileManager.default.temporaryDirectory.appending(path: "squall compare \(UUID().uuidString)")
  }

  /// What persistence errs grows with the lead, and with `skill` its weight falls with that.
  @Test(arguments: [ForecastBackground.lastFrame, .advected])
  func leadsAreWeightedByWhatPersistenceErrs(_ background: ForecastBackground) throws {
    var settings = Self.settings
    settings.forecastFrames = 4
    settings.background = background
    #expect(try ForecastTask(Self.source(), settings: settings).leadWeights == nil)
    settings.leadWeighting = .skill
    let weights = try #require(try ForecastTask(Self.source(), settings: settings).leadWeights)
    #expect(weights.count == 4 && abs(weights.reduce(0, +) / 4 - 1) < 1e-5)
    #expect(weights == weights.sorted(by: >) && weights[0] > 1.2 * weights[3])
  }

  @Test func eventsAreSplitWhole() throws {
    let data = try GeneratedData(
      parsing: "generated:interaction-dial:samples=10,frames=7,height=20,width=24", seed: 1)
    var settings = Self.settings
    settings.loss = .meanSquaredError
    let source = try EventSequence(data.content.sources())
    let prepared = try ForecastTask(source, settings: settings).sequences
    #expect(prepared.split.rule == .event)
    #expect(prepared.trainingWindows.count == 6 * 3)
    #expect(prepared.test?.samples.count == 2 * 3 * prepared.grid.tiles.count)
    #expect(prepared.validationTiles == prepared.grid.tiles)
    // Gaussian fields, so no logarithm.
    guard case .field(let normalizer) = prepared.normalizer else {
      Issue.record("\(prepared.normalizer)")
      return
    }
    #expect(abs(normalizer.shift) < 0.5 && abs(normalizer.scale - 1) < 0.3)
  }

  @Test func writesTheReportAndTheModels() async throws {
    let output = folder()
    defer { try? FileManager.default.removeItem(at: output) }
    let run = RunDescription(command: "squall compare …", output: output)
    var options = Self.options
    var settings = Self.settings
    options.comparison.seedCount = 2
    options.thresholds = [0.1, 2]
    options.pools = [2, 4]
    options.comparison.learningRates = [1e-3, 4e-3]
    options.comparison.measures = true
    let report = try await ForecastComparison(
      options: options, settings: settings, source: try Self.source(), name: "cells", run: run
    ).run()

    let json = try Data(contentsOf: output.appending(path: "results.json"))
    #expect(try ComparisonReport(json: json) == report)
    let page = try String(contentsOf: output.appending(path: "index.html"), encoding: .utf8)
    #expect(page.contains(report.verdict.recommendation))

    #expect(report.models.map(\.name) == ["Conv2D + LSTM", "ConvLSTM2D (patch=2)"])
    let sizes = report.models.map { Double($0.parameters) }
    #expect(abs(sizes[0] - sizes[1]) / sizes.max()! <= 0.03)
    let everyone = report.models.map(\.forecast) + report.baselines.map(\.forecast)
    #expect(report.baselines.map(\.name) == ["Eulerian persistence", "Lagrangian persistence", "S-PROG"])
    // One mask for all: the same pixels and the same observed events at every lead time and threshold. Models
    // count every seed.
    for (result, seeds) in zip(everyone, [2, 2, 1, 1, 1]) {
      #expect(result?.byLeadTime.map(\.leadTime) == [5, 10])
      for (lead, other) in zip(result!.byLeadTime, everyone[2]!.byLeadTime) {
        #expect(lead.scores.pixels == seeds * other.scores.pixels)
        #expect(lead.scores.thresholds.map(\.threshold) == [0.1, 2])
        for (a, b) in zip(lead.scores.thresholds, other.scores.thresholds) {
          #expect(a.hits + a.misses == seeds * (b.hits + b.misses))
        }
      }
    }
    // Both families train on the same batches from each seed; the difference has its interval and its seeds.
    for model in report.models {
      #expect(model.trainings.map(\.seed) == [1, 2])
      #expect(model.trainings.allSatisfy { $0.primaryScore != nil })
    }
    let decisive = try #require(report.differences?.first)
    #expect(decisive.isPrimary && decisive.bySeed.count == 2 && decisive.blocks >= 2)
    let scores = report.models.map { $0.forecast!.pooled.thresholds[0].csi! }
    #expect(abs(decisive.value! - (scores[1] - scores[0])) < 1e-12)
    #expect(report.verdict.caveats.contains { $0.contains("other events") })
    let aspects = try #require(report.measurements)
    #expect(
      aspects.map(\.aspect) == [
        .architecture, .dataHandling, .temporalDynamics, .efficiency, .suitability, .information,
      ])
    #expect(aspects.allSatisfy { $0.findings.count == 2 && !$0.figures.isEmpty })
    #expect(
      report.settings.contains {
        $0.name == "Learning rate of ConvLSTM2D (patch=2)" && $0.value.contains("0.004")
      })
    #expect(report.animation?.labels.count == 6)
    let fields = try #require(report.fieldScores)
    #expect(fields.entries.map(\.name) == report.models.map(\.name) + report.baselines.map(\.name))
    #expect(fields.entries.allSatisfy { $0.byLeadTime.allSatisfy { $0.ssim! <= 1 && $0.psnr! > 0 } })
    #expect(
      fields.entries.allSatisfy { $0.byLeadTime.allSatisfy { $0.pooledCSI?.map(\.pool) == [2, 4, 2, 4] } })
    let suitability = try #require(report.suitability)
    #expect(!suitability.advice.isEmpty && !suitability.sentence.isEmpty)
    for table in [
      "scores", "field-scores", "suitability-1", "differences", "learning-curves", "efficiency-1",
      "information-1",
    ] {
      #expect(FileManager.default.fileExists(atPath: output.appending(path: table + ".csv").path), "\(table)")
    }
    #expect(try String(contentsOf: output.appending(path: "plan.json"), encoding: .utf8).contains("CSI"))
    for name in ["conv2d-lstm", "convlstm2d_patch-2"] {
      let model = try loadModel(from: output.appending(path: "models/\(name)/model.squall"))
      #expect(try model(.zeros([1, 3, 16, 16, 1])).shape == [1, 2, 16, 16, 1])
    }

    // What is finished is not done again, and other options are refused.
    let resumed = RunDescription(command: "squall compare …", output: output, resumes: true)
    let again = try await ForecastComparison(
      options: options, settings: settings, source: try Self.source(), name: "cells", run: resumed
    ).run()
    #expect(again.models == report.models && again.differences == report.differences)
    settings.loss = .meanAbsoluteError
    await #expect(throws: ComparisonError.self) {
      _ = try await ForecastComparison(
        options: options, settings: settings, source: try Self.source(), name: "cells", run: resumed
      ).run()
    }
  }

  @Test(arguments: [Budget.flops, .time]) func budgetsAreMatched(_ budget: Budget) async throws {
    let output = folder()
    defer { try? FileManager.default.removeItem(at: output) }
    var options = Self.options
    var settings = Self.settings
    options.comparison.budget = budget
    settings.background = .advected
    options.comparison.parameters = 20_000
    settings.training.epochs = budget == .time ? 4 : 1
    let report = try await ForecastComparison(
      options: options, settings: settings, source: try Self.source(), name: "cells",
      run: RunDescription(command: "", output: output)
    ).run()
    if budget == .flops {
      let work = report.models.map { Double($0.flopsPerSample) }
      #expect(abs(work[0] - work[1]) / work.max()! <= 0.03)
    } else {
      // The family whose steps are shorter may make more epochs.
      let steps = report.models.map { $0.secondsPerStep! }
      let fast = steps[0] < steps[1] ? 0 : 1
      let epochs = report.models.map { $0.trainings[0].learningCurve.count }
      #expect(epochs[1 - fast] <= 4 && epochs[fast] >= 1)
    }
  }

  /// Each step reads the frame before: truth in training, own forecasts in validation, test and measurements.
  @Test func autoregressiveForecasts() async throws {
    let output = folder()
    defer { try? FileManager.default.removeItem(at: output) }
    var options = Self.options
    var settings = Self.settings
    settings.decoding = .autoregressive
    settings.sampling = ScheduledSampling(.linear, steps: 4)
    settings.background = .advected
    settings.augments = true
    options.comparison.measures = true
    let report = try await ForecastComparison(
      options: options, settings: settings, source: try Self.source(), name: "cells",
      run: RunDescription(command: "", output: output)
    ).run()
    #expect(
      report.settings.contains { $0.name == "Scheduled sampling" && $0.value.contains("linear over 4") })
    #expect(report.measurements?.count == 6)
    for name in ["conv2d-lstm", "convlstm2d_patch-2"] {
      let file = output.appending(path: "models/\(name)/model.squall")
      let checkpoint = try Checkpoint(contentsOf: file)
      #expect(checkpoint.notes["settings"]?.contains("autoregressive") == true)
      #expect(try checkpoint.model().inputs.map(\.name) == ["frames", "advected", "previous"])
    }
  }

  @Test func anUnwritableFolderIsNoticedBeforeTraining() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "squall-file-\(UUID().uuidString)")
    try Data("a file".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let options = Self.options
    var settings = Self.settings
    // So many that training would time out.
    settings.training.epochs = 1_000_000
    settings.training.patience = 1_000_000
    let comparison = ForecastComparison(
      options: options, settings: settings, source: try Self.source(), name: "cells",
      run: RunDescription(command: "", output: file.appending(path: "report")))
    await #expect(throws: ComparisonError.self) { try await comparison.run() }
  }

  @Test func runsOutOfTimeWithPartialResults() async throws {
    let output = folder()
    defer { try? FileManager.default.removeItem(at: output) }
    var options = Self.options
    let settings = Self.settings
    options.comparison.seedCount = 3
    options.comparison.totalSeconds = 0.001
    let report = try await ForecastComparison(
      options: options, settings: settings, source: try Self.source(), name: "cells",
      run: RunDescription(command: "", output: output)
    ).run()
    #expect(report.models.map(\.trainings.count) == [1, 1])
    #expect(report.verdict.caveats.contains { $0.contains("1 of 3 seeds") })
  }

  @Test func theSameSeedGivesTheSameScores() async throws {
    var results: [ForecastResult?] = []
    for _ in 0..<2 {
      let output = folder()
      defer { try? FileManager.default.removeItem(at: output) }
      let report = try await ForecastComparison(
        options: Self.options, settings: Self.settings, source: try Self.source(), name: "cells",
        run: RunDescription(command: "", output: output)
      ).run()
      results += report.models.map(\.forecast)
    }
    #expect(results[0] == results[2])
    #expect(results[1] == results[3])
  }

  /// A run that is cancelled again and again, and goes on, ends as one that was left alone.
  @Test func goesOnToTheSameResults() async throws {
    let folders = [folder(), folder()]
    defer { for folder in folders { try? FileManager.default.removeItem(at: folder) } }
    var options = Self.options
    let settings = Self.settings
    options.comparison.seedCount = 2
    options.comparison.learningRates = [1e-3, 4e-3]
    func comparison(
      _ output: URL, resumes: Bool, progress: any ComparisonProgress = SilentComparison()
    ) throws -> ForecastComparison {
      ForecastComparison(
        options: options, settings: settings, source: try Self.source(), name: "cells",
        run: RunDescription(command: "squall compare …", output: output, resumes: resumes),
        progress: progress)
    }
    let straight = try await comparison(folders[0], resumes: false).run()
    for steps in [2, 5, 1, 9, 4] {
      await #expect(throws: CancellationError.self) {
        try await comparison(folders[1], resumes: true, progress: Cancelling(after: steps)).run()
      }
    }
    let broken = try await comparison(folders[1], resumes: true).run()
    #expect(Self.withoutTimes(broken) == Self.withoutTimes(straight))
    let stored = try Data(contentsOf: folders[1].appending(path: "results.json"))
    #expect(try ComparisonReport(json: stored) == broken)
    let names = FileManager.default.enumerator(atPath: folders[1].path)?.compactMap { $0 as? String } ?? []
    #expect(names.count > 10 && !names.contains { $0.hasSuffix(".tmp") })
  }

  /// Random trials at equal size, and the learning curve; stopped in their midst, they go on to the same bits.
  @Test func triesSettingsAndSharesOfTheData() async throws {
    let folders = [folder(), folder()]
    defer { for folder in folders { try? FileManager.default.removeItem(at: folder) } }
    var options = Self.options
    (options.comparison.trials, options.comparison.learningCurve) = (3, true)
    var settings = Self.settings
    settings.training.epochs = 3
    settings.isResidual = false
    func comparison(
      _ output: URL, resumes: Bool, progress: any ComparisonProgress = SilentComparison()
    ) throws -> ForecastComparison {
      ForecastComparison(
        options: options, settings: settings, source: try Self.source(), name: "cells",
        run: RunDescription(command: "squall compare …", output: output, resumes: resumes),
        progress: progress)
    }
    let report = try await comparison(folders[0], resumes: false).run()
    let tuning = try #require(report.tuning)
    #expect(tuning.entries.map(\.trials.count) == [3, 3])
    let steps = tuning.entries.map { $0.trials.reduce(0) { $0 + $1.steps } }
    #expect(steps[0] == steps[1] && steps[0] > 0)
    #expect(tuning.entries.allSatisfy { $0.trials.count(where: \.isChosen) == 1 && $0.bestOfN.count == 3 })
    let sizes = tuning.entries.flatMap(\.trials).map { Double($0.parameters) }
    #expect((sizes.max()! - sizes.min()!) / sizes.max()! <= 0.03)
    for (model, entry) in zip(report.models, tuning.entries) {
      let chosen = try #require(entry.trials.first { $0.isChosen })
      #expect(chosen.parameters == model.parameters)
      #expect(model.trainings.allSatisfy { $0.learningRate == chosen.learningRate })
    }
    let curves = try #require(report.trainingShares)
    for (model, curve) in zip(report.models, curves.entries) {
      #expect(curve.points.map(\.share) == [0.25, 0.5, 1])
      #expect(curve.points.allSatisfy { $0.score.value != nil && $0.score.interval != nil })
      #expect(curve.points[2].score.value == model.forecast?.pooled.thresholds[0].csi)
      #expect(curve.points[0].score != curve.points[2].score)
    }
    for stop in [1, 4, 3, 7, 11, 20] {
      await #expect(throws: CancellationError.self) {
        try await comparison(folders[1], resumes: true, progress: Cancelling(after: stop)).run()
      }
    }
    let broken = try await comparison(folders[1], resumes: true).run()
    #expect(Self.withoutTimes(broken) == Self.withoutTimes(report))
    // What is settled is not tried again.
    let counted = Cancelling(after: .max)
    let again = try await comparison(folders[1], resumes: true, progress: counted).run()
    #expect(counted.steps == 0 && again.tuning == report.tuning)
  }

  /// Cancels the task that trains after some steps.
  private final class Cancelling: ComparisonProgress, TrainingProgress {
    private let left: Mutex<Int>

    private let allowed: Int

    init(after steps: Int) {
      left = Mutex(steps)
      allowed = steps
    }

    /// How many were made.
    var steps: Int { allowed - left.withLock { $0 } }

    var training: any TrainingProgress { self }
    func note(_ line: String) {}
    func stepEnded(_ report: StepReport) {
      let isOver = left.withLock { left in
        left -= 1
        return left <= 0
      }
      if isOver { withUnsafeCurrentTask { $0?.cancel() } }
    }
  }

  /// Machines are not equally fast twice.
  private static func withoutTimes(_ report: ComparisonReport) -> ComparisonReport {
    var report = report
    report.provenance = Provenance(
      command: "", version: "", date: .distantPast, machine: "", backends: [], threads: 1)
    report.settings.removeAll { $0.name == "Budget" }
    // Commands name the folder.
    report.verdict.nextSteps = []
    for model in report.models.indices {
      report.models[model].secondsPerStep = nil
      for training in report.models[model].trainings.indices {
        report.models[model].trainings[training].seconds = nil
      }
    }
    return report
  }

  /// On the interaction dial the smallest possible error is known, and scores are given beside it.
  @Test func scoresBesideTheBestLinearForecast() async throws {
    let output = folder()
    defer { try? FileManager.default.removeItem(at: output) }
    let made = try GeneratedData(
      parsing: "generated:interaction-dial:samples=20,frames=6,height=16,width=16,theta=1", seed: 2)
    var options = Self.options
    var settings = Self.settings
    settings.loss = .meanSquaredError
    options.primary = .meanSquaredError
    let report = try await ForecastComparison(
      options: options, settings: settings, source: try EventSequence(made.content.sources()), name: "dial",
      run: RunDescription(command: "", output: output), wiener: made.wiener
    ).run()
    let optimum = try #require(report.optimum)
    #expect(optimum.byLeadTime.count == 2 && optimum.skills.map(\.name).count == 3)
    #expect(optimum.mse! > 0 && optimum.mse! < 1 && optimum.byLeadTime[0].mse! < optimum.byLeadTime[1].mse!)
    for (skill, forecast) in zip(
      optimum.skills, report.models.map(\.forecast) + report.baselines.map(\.forecast))
    {
      let expected = (1 - forecast!.pooled.mse!) / (1 - optimum.mse!)
      #expect(abs(skill.value! - expected) < 1e-9)
      if let interval = skill.interval { #expect(interval.lower <= expected && expected <= interval.upper) }
    }
    settings.downsampling = 2
    settings.tileSize = 8
    let averaged = try await ForecastComparison(
      options: options, settings: settings, source: try EventSequence(made.content.sources()), name: "dial",
      run: RunDescription(command: "", output: output.appending(path: "2")), wiener: made.wiener
    ).run()
    #expect(averaged.optimum == nil, "averages have another optimum")
  }

  @Test func tooShortASequenceIsRefused() async throws {
    let output = folder()
    let comparison = ForecastComparison(
      options: Self.options, settings: Self.settings, source: try Self.source(frames: 9), name: "cells",
      run: RunDescription(command: "", output: output))
    await #expect(throws: DataError.self) { try await comparison.run() }
    #expect(!FileManager.default.fileExists(atPath: output.path))
  }

  @Test func persistenceRepeatsTheLastFrameOnTheCommonMask() throws {
    let task = try ForecastTask(try Self.source(), settings: Self.settings)
    let test = try task.test()
    let observed = try test.physicalBatch(index: 0)
    let forecast = try EulerianPersistence(forecastFrames: 2).forecast(
      observed, normalized: test.batch(index: 0))
    let last = Movement.slice(observed.input, axis: 1, 2..<3)
    #expect(forecast.shape == observed.target.shape)
    for lead in 0..<2 { #expect(Movement.slice(forecast, axis: 1, lead..<lead + 1) == last) }
    let mask = TileScoring.commonMask(observed)
    #expect(mask.shape == observed.target.shape)
  }

  @Test func trainingAndTestShareNoFrame() throws {
    let task = try ForecastTask(try Self.source(), settings: Self.settings)
    let windows = task.sequences.trainingWindows
    let trained = windows.starts.map { windows.window(startingAt: $0).frames }
    let tested = try task.test().samples.map(\.window.frames)
    let lastTrained = trained.map(\.upperBound).max()!
    #expect(tested.allSatisfy { $0.lowerBound >= lastTrained + Self.settings.forecastFrames })
    for sample in 0..<20 {
      let batch = try task.sequences.training(seed: 1).batch(epoch: 0, index: sample % 3)
      for tile in batch.samples.map(\.tile) {
        #expect(task.sequences.validationTiles.allSatisfy { !$0.overlaps(tile) })
      }
    }
  }
}
