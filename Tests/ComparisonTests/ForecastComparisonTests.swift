import Architectures
import Comparison
import Foundation
import Reports
import SequenceData
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

  private static var options: ForecastOptions {
    var options = ForecastOptions()
    options.inputFrames = 3
    options.forecastFrames = 2
    options.tileSize = 16
    options.downsampling = 1
    options.parameters = 40_000
    options.epochs = 2
    options.batchesPerEpoch = 3
    options.batchSize = 2
    options.patchSize = 2
    return options
  }

  private func folder() -> URL {
    FileManager.default.temporaryDirectory.appending(path: "squall compare \(UUID().uuidString)")
  }

  @Test func writesTheReportAndTheModels() async throws {
    let output = folder()
    defer { try? FileManager.default.removeItem(at: output) }
    let run = RunDescription(command: "squall compare …", output: output)
    let report = try await ForecastComparison(
      options: Self.options, source: try Self.source(), name: "cells", run: run
    ).run()

    let json = try Data(contentsOf: output.appending(path: "results.json"))
    #expect(try ComparisonReport(json: json) == report)
    let page = try String(contentsOf: output.appending(path: "index.html"), encoding: .utf8)
    #expect(page.contains(report.verdict.recommendation))

    #expect(report.models.map(\.name) == ["Conv2D + LSTM", "ConvLSTM2D"])
    let sizes = report.models.map { Double($0.parameters) }
    #expect(abs(sizes[0] - sizes[1]) / sizes.max()! <= 0.03)
    let everyone = report.models.map(\.forecast) + report.baselines.map(\.forecast)
    #expect(everyone.count == 3)
    // One mask for all: the same pixels and the same observed events at every lead time and threshold.
    for result in everyone {
      #expect(result?.byLeadTime.map(\.leadTime) == [5, 10])
      for (lead, other) in zip(result!.byLeadTime, everyone[0]!.byLeadTime) {
        #expect(lead.scores.pixels == other.scores.pixels)
        for (a, b) in zip(lead.scores.thresholds, other.scores.thresholds) {
          #expect(a.hits + a.misses == b.hits + b.misses)
        }
      }
    }
    for family in Family.allCases {
      let model = try loadModel(from: output.appending(path: "models/\(family.rawValue)/model.squall"))
      #expect(try model(.zeros([1, 3, 16, 16, 1])).shape == [1, 2, 16, 16, 1])
    }
  }

  @Test func theSameSeedGivesTheSameScores() async throws {
    var results: [ForecastResult?] = []
    for _ in 0..<2 {
      let output = folder()
      defer { try? FileManager.default.removeItem(at: output) }
      let report = try await ForecastComparison(
        options: Self.options, source: try Self.source(), name: "cells",
        run: RunDescription(command: "", output: output)
      ).run()
      results += report.models.map(\.forecast)
    }
    #expect(results[0] == results[2])
    #expect(results[1] == results[3])
  }

  @Test func tooShortASequenceIsRefused() async throws {
    let output = folder()
    let comparison = ForecastComparison(
      options: Self.options, source: try Self.source(frames: 9), name: "cells",
      run: RunDescription(command: "", output: output))
    await #expect(throws: DataError.self) { try await comparison.run() }
    #expect(!FileManager.default.fileExists(atPath: output.path))
  }

  @Test func persistenceRepeatsTheLastFrameOnTheCommonMask() throws {
    let data = try ForecastData(try Self.source(), options: Self.options)
    let observed = try data.test.physicalBatch(index: 0)
    let forecast = try EulerianPersistence(forecastFrames: 2).forecast(
      observed, normalized: data.test.batch(index: 0))
    let last = Movement.slice(observed.input, axis: 1, 2..<3)
    #expect(forecast.shape == observed.target.shape)
    for lead in 0..<2 { #expect(Movement.slice(forecast, axis: 1, lead..<lead + 1) == last) }
    let mask = ForecastScoring.commonMask(observed)
    #expect(mask.shape == observed.target.shape)
  }

  @Test func trainingAndTestShareNoFrame() throws {
    let data = try ForecastData(try Self.source(), options: Self.options)
    let trained = data.training.windows.starts.map { data.training.windows.window(startingAt: $0).frames }
    let tested = data.test.samples.map(\.window.frames)
    let lastTrained = trained.map(\.upperBound).max()!
    #expect(tested.allSatisfy { $0.lowerBound >= lastTrained + Self.options.forecastFrames })
    for sample in 0..<20 {
      let batch = try data.training.batch(epoch: 0, index: sample % 3)
      for tile in batch.samples.map(\.tile) {
        #expect(data.validationTiles.allSatisfy { !$0.overlaps(tile) })
      }
    }
  }
}
