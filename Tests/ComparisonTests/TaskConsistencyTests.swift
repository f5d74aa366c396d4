import Autodiff
import Comparison
import Contenders
import Foundation
import Layers
import Readers
import Reports
import Sampling
import Synthesis
import Tasks
import TensorCore
import Testing
import Training
import Verification

/// Whatever is asked for, a comparison, its evaluation, forecasts by its models and a training with its settings agree.
@Suite(.serialized) struct TaskConsistencyTests {
  /// Legal settings and data for them, drawn at random.
  private struct Draw {
    var settings = ForecastSettings()
    var contenders: [String] = []
    let events: PreparedEvents
    let unit: PhysicalUnit

    init(seed: UInt64) throws {
      var random = RandomStream(seed: seed).substream("settings")
      unit = random.uniform() < 0.3 ? .brightness : .millimetresPerHour
      func chance(_ probability: Float) -> Bool { random.uniform() < probability }
      let count = chance(0.3) ? 2 : chance(0.3) ? 4 : 1
      settings.downsampling = chance(0.4) ? 2 : 1
      let (height, width) = (32 * settings.downsampling, 48 * settings.downsampling)
      let quantity = unit
      func fields(_ first: UInt64) throws -> [any FrameSource] {
        try (0..<count).map {
          try Self.field(count == 1 ? 44 : 16, height, width, seed: first + UInt64($0), unit: quantity)
        }
      }
      events = try PreparedEvents(
        fields(seed), extras: chance(0.4) ? [("wind", fields(seed + 90))] : [])
      (settings.inputFrames, settings.forecastFrames, settings.tileSize) = (3, chance(0.5) ? 2 : 3, 16)
      (settings.batchesPerEpoch, settings.training.batchSize, settings.training.epochs) = (2, 2, 2)
      settings.isResidual = chance(0.5)
      if unit == .millimetresPerHour, chance(0.5) { settings.background = .advected }
      settings.masksInput = chance(0.4)
      settings.leadWeighting = chance(0.5) ? .skill : .equal
      settings.augments = chance(0.4)
      settings.training.precision = chance(0.3) ? .bfloat16 : .float32
      settings.loss = unit == .millimetresPerHour && chance(0.5) ? .balancedRain : .meanSquaredError
      settings.decoding = [nil, .recurrent, .direct, .autoregressive][random.integer(below: 4)]
      if settings.decoding == .autoregressive, chance(0.5) {
        settings.sampling = ScheduledSampling(.linear, steps: 3)
      }
      contenders =
        settings.decoding == nil && chance(0.6)
        ? ["convlstm2d:patch=2", "unet:stages=2"] : ["conv2d-lstm:stages=2", "convlstm2d:patch=2"]
    }

    private static func field(
      _ frames: Int, _ height: Int, _ width: Int, seed: UInt64, unit: PhysicalUnit
    ) throws -> any FrameSource {
      var options = AdvectedCells.Options()
      (options.frames, options.height, options.width, options.largestScale) = (frames, height, width, 24)
      let cells = try AdvectedCells(options, seed: seed)
      guard unit == .brightness else { return cells }
      return try FrameArray(
        (0..<frames).map { index in
          let frame = try cells.frame(at: index)
          return try Frame(shape: frame.shape, values: frame.values.map { min(1, $0 / 20) })
        }, unit: .brightness)
    }
  }

  @Test(arguments: (1...8).map { UInt64($0) })
  func compareEvaluateForecastTrain(_ seed: UInt64) async throws {
    let draw = try Draw(seed: seed)
    let output = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: output) }
    var options = ForecastComparisonOptions()
    options.adapt(to: draw.unit)
    options.thresholds = draw.unit == .brightness ? [0.1] : [0.2, 1]
    options.comparison.contenders = draw.contenders
    options.comparison.parameters = 22_000
    options.comparison.seedCount = 1
    options.comparison.learningRates = []
    options.comparison.measures = false
    options.pools = [4]
    let report = try await ForecastComparison(
      options: options, settings: draw.settings, events: draw.events, name: "drawn",
      run: RunDescription(command: "", output: output)
    ).run()
    // Blocks were asked for, so they are scored without measurements too.
    let fields = try #require(report.fieldScores)
    #expect(
      fields.entries.allSatisfy {
        $0.byLeadTime.allSatisfy { $0.pooledCSI?.count == options.thresholds.count }
      })

    let models = try FileManager.default.contentsOfDirectory(atPath: output.appending(path: "models").path)
    #expect(models.count == 2)
    for (text, result) in zip(draw.contenders, report.models) {
      let key = text.replacing(":", with: "_").replacing("=", with: "-")
      let folder = output.appending(path: "models/\(key)")
      let forecaster = try StoredModel(contentsOf: folder).forecaster()
      #expect(forecaster.notes.settings == draw.settings && forecaster.notes.contender == text)

      // The comparison's own test scores, to the last digit.
      let scores = try ForecastEvaluation(
        of: forecaster, on: draw.events, thresholds: options.thresholds, pools: [1, 4], grid: .tiles)
      let reported = try #require(result.forecast)
      for (lead, part) in reported.byLeadTime.enumerated() {
        #expect(part.scores.mse == scores.model.errors[lead].mse)
        for (table, known) in zip(scores.model.tables[lead], part.scores.thresholds) {
          let counts: [Int] = [table.hits, table.misses, table.falseAlarms, table.correctNegatives]
          let others: [Int] = [known.hits, known.misses, known.falseAlarms, known.correctNegatives]
          #expect(counts == others)
        }
      }
      for (baseline, known) in zip(scores.baselines, report.baselines) {
        #expect(baseline.name == known.name)
        // The report adds up block by block.
        let (own, stated) = try (
          #require(baseline.scores.pooledErrors.mse), #require(known.forecast?.pooled.mse)
        )
        #expect(abs(own - stated) <= 1e-14 * stated)
      }

      // Whole fields are scored and forecast, and the files are there.
      let everywhere = try ForecastEvaluation(
        of: forecaster, on: draw.events, thresholds: options.thresholds, pools: [1, 4], stride: 7)
      // Blocks of one pixel are the pixels, for the model and for each baseline.
      for entry in scores.entries + everywhere.entries {
        let fields = try #require(entry.fields)
        for (blocks, tables) in zip(fields.scores.map(\.blocks), entry.scores.tables) {
          #expect(blocks.map { $0[0].table.hits } == tables.map(\.hits))
          #expect(blocks.map { $0[0].table.falseAlarms } == tables.map(\.falseAlarms))
          #expect(blocks.allSatisfy { $0[1].table.tally.valid * 16 <= $0[0].table.tally.valid })
        }
      }
      let rows = everywhere.csv().split(separator: "\n")
      #expect(rows[0].hasSuffix(",csi_pool1,csi_pool4"))
      #expect(Set(rows.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }).count == 1)
      #expect(everywhere.table().contains("blocks of 4 × 4 pixels"))
      #expect(everywhere.model.tally == everywhere.baselines[0].scores.tally)
      let extras = draw.events.extras.map { ($0.name, $0.source(0)) }
      let forecast = try Forecast(by: forecaster, from: draw.events.sources[0], auxiliary: extras)
      let isFinite = forecast.values.allSatisfy { $0.isFinite }
      #expect(isFinite)
      for name in ["next.nc", "next.npy"] {
        let written = try ForecastFiles(forecast).write(to: output.appending(path: name))
        #expect(written.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
      }

      // The same settings train the same weights, bit for bit.
      let width = try #require(forecaster.notes.width)
      let task = try ForecastTask(draw.events, settings: draw.settings)
      let prepared = try PreparedTraining(task, .contender(text, .width(width)), seed: 1)
      var trainer = try prepared.trainer(resuming: nil)
      let again = try await trainer.fit(on: prepared.training, validation: prepared.validation).best
      func weights(_ model: ModelGraph) -> [[Float]] { model.parameters.map { $0.parameter.value.values } }
      #expect(weights(again) == weights(forecaster.model))
      let stored = try Checkpoint(contentsOf: folder.appending(path: "model.squall"))
      #expect(try prepared.finalNotes(again) == stored.notes)
    }
  }

  /// Options in another order, or those that are the default, make no other contender.
  @Test func theSameContenderTwiceIsRefused() async throws {
    let draw = try Draw(seed: 2)
    for names in [["convlstm2d", "convlstm2d"], ["convlstm2d:patch=2", "convlstm2d:kernel=3:patch=2"]] {
      var options = ForecastComparisonOptions()
      options.adapt(to: draw.unit)
      options.comparison.contenders = names
      options.comparison.parameters = 22_000
      let comparison = ForecastComparison(
        options: options, settings: draw.settings, events: draw.events, name: "twice",
        run: RunDescription(
          command: "", output: FileManager.default.temporaryDirectory.appending(path: "squall-twice")))
      await #expect(throws: ContenderError.self) { try await comparison.run() }
    }
  }

  /// Five contenders: every pair has its line, adjusted, and no position is told from another.
  @Test func anyNumberOfContenders() async throws {
    let output = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: output) }
    var draw = try Draw(seed: 3)
    draw.settings = ForecastSettings()
    (draw.settings.inputFrames, draw.settings.forecastFrames, draw.settings.tileSize) = (3, 2, 16)
    (draw.settings.batchesPerEpoch, draw.settings.training.batchSize, draw.settings.training.epochs) = (
      2, 2, 1
    )
    draw.settings.loss = .meanSquaredError
    var cells = AdvectedCells.Options()
    (cells.frames, cells.height, cells.width, cells.largestScale) = (44, 32, 48, 24)
    func compared(_ contenders: [String], _ folder: String) async throws -> ComparisonReport {
      var options = ForecastComparisonOptions()
      options.thresholds = [0.2]
      options.comparison.contenders = contenders
      options.comparison.parameters = 200_000
      options.comparison.seedCount = 2
      options.comparison.keepsSeeds = true
      options.comparison.learningRates = []
      options.comparison.measures = false
      return try await ForecastComparison(
        options: options, settings: draw.settings, source: try AdvectedCells(cells, seed: 3), name: "five",
        run: RunDescription(command: "", output: output.appending(path: folder))
      ).run()
    }
    let names = [
      "conv2d-lstm", "convlstm2d:patch=2", "convgru2d:patch=2", "unet:stages=2", "convlstm-stacked",
    ]
    let report = try await compared(names, "a")
    #expect(report.models.count == 5)
    let primary = (report.differences ?? []).filter { $0.isPrimary }
    #expect(primary.count == 10 && primary.allSatisfy { $0.adjustment?.pairs == 10 })
    let turned = try await self.turned(names, report: report) { try await compared($0, "b") }
    #expect(turned)
    for name in ["convlstm2d_patch-2", "unet_stages-2"] {
      let members = output.appending(path: "a/models/\(name)/members")
      #expect(try EnsembleForecaster(contentsOf: members).members.count == 2)
    }
  }

  /// Whether the order in which contenders are named changes no score of theirs.
  private func turned(
    _ names: [String], report: ComparisonReport, _ run: ([String]) async throws -> ComparisonReport
  ) async throws -> Bool {
    let other = try await run(names.reversed())
    return report.models.allSatisfy { model in
      other.models.first { $0.name == model.name }?.forecast == model.forecast
    } && report.verdict.outcome == other.verdict.outcome
  }
}
