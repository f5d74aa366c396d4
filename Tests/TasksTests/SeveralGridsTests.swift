import Contenders
import Foundation
import Readers
import Sampling
import Synthesis
import Tasks
import Testing
import Training

/// Archives on other grids, from training to scores.
@Suite(.serialized) struct SeveralGridsTests {
  /// Rain on a grid of its own, from a day on.
  static func rain(
    _ frames: Int, _ height: Int, _ width: Int, pixel: Double, day: Double, seed: UInt64
  ) throws -> any FrameSource {
    var options = AdvectedCells.Options()
    (options.frames, options.height, options.width, options.largestScale) = (frames, height, width, 24)
    let cells = try AdvectedCells(options, seed: seed)
    return try FrameArray(
      (0..<frames).map { index in
        let frame = try cells.frame(at: index)
        return try Frame(
          shape: frame.shape, values: frame.values, isValid: frame.isValid,
          time: Date(timeIntervalSince1970: day * 86400 + Double(index) * 300))
      }, unit: .millimetresPerHour,
      grid: GridMetadata(projection: "\(height) × \(width)", pixelWidth: pixel, pixelHeight: pixel))
  }

  @Test func archivesTrainAndEvaluateTogether() async throws {
    let archives = try [
      Self.rain(12, 32, 48, pixel: 2, day: 1, seed: 1), Self.rain(12, 96, 64, pixel: 1, day: 2, seed: 2),
      Self.rain(12, 40, 36, pixel: 2, day: 3, seed: 3),
    ]
    let events = try ArchiveMatching(
      archives.enumerated().map { (URL(filePath: "/\($0)"), [$1]) }
    ).events
    #expect(events.map(\.shape) == [FrameShape](repeating: FrameShape(height: 48, width: 48), count: 3))
    let url = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let prepared = try PreparedTraining(.small, PreparedEvents(events))
    var trainer = try prepared.trainer(resuming: nil)
    let result = try await trainer.fit(
      on: prepared.training, validation: prepared.validation,
      saving: CheckpointFolder(url, notes: prepared.notes))
    #expect(result.history.epochs.allSatisfy { $0.trainingLoss.isFinite })
    let model = try StoredModel(contentsOf: url).forecaster()
    // Of three grids the notes know what is common.
    #expect(model.notes.grid == GridMetadata(pixelWidth: 2, pixelHeight: 2))
    #expect(model.notes.profile?.pixelWidth == 2 && model.notes.profile?.height == 48)
    // The last archive is the test: 8 windows, and 40 × 36 of 48 × 48 pixels in each frame.
    let scores = try ForecastEvaluation(of: model, on: events, thresholds: [0.5])
    #expect(scores.forecasts == 8)
    #expect(scores.model.tally.valid == 8 * 2 * 40 * 36)
    #expect(scores.baselines.allSatisfy { $0.scores.tally == scores.model.tally })
    let tiles = try ForecastEvaluation(of: model, on: events, thresholds: [0.5], grid: .tiles)
    #expect(tiles.forecasts > 0 && tiles.forecasts % 8 == 0)
    // On its own, without padding, each archive is known by its length and start.
    let alone = try ForecastEvaluation(of: model, on: [archives[2]], thresholds: [0.5])
    #expect(alone.forecasts == 8)
    #expect(throws: ForecastingError.self) {
      try ForecastEvaluation(of: model, on: [archives[0]], thresholds: [0.5])
    }
  }
}
