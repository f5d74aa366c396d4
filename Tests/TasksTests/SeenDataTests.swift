import Contenders
import Foundation
import Readers
import Sampling
import Synthesis
import Tasks
import Testing
import Training

/// What a training saw is scored as a test by nobody, whatever the order of the data and whoever trained on.
@Suite(.serialized) struct SeenDataTests {
  private static func rain(_ frames: Int, seed: UInt64) throws -> any FrameSource {
    var rain = AdvectedCells.Options()
    (rain.frames, rain.height, rain.width, rain.largestScale) = (frames, 32, 48, 24)
    let cells = try AdvectedCells(rain, seed: seed)
    // Without times only the frames tell events apart.
    return try FrameArray(
      (0..<frames).map { index in
        let frame = try cells.frame(at: index)
        return try Frame(shape: frame.shape, values: frame.values)
      }, unit: .millimetresPerHour)
  }

  private func trained(
    _ settings: ForecastSettings, _ events: [any FrameSource], from base: TrainedForecaster? = nil
  ) async throws -> TrainedForecaster {
    let url = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let task = try ForecastTask(PreparedEvents(events), settings: settings, goingOnFrom: base?.notes)
    let source: TrainedFrom<any ForecastContender> =
      base.map { .model($0.model, name: "base", contender: $0.notes.contender) }
      ?? .contender("convlstm2d:patch=2", .width(2))
    let prepared = try PreparedTraining(task, source, seed: 1)
    var trainer = try prepared.trainer(resuming: nil)
    _ = try await trainer.fit(
      on: prepared.training, validation: prepared.validation,
      saving: CheckpointFolder(url, notes: prepared.notes))
    return try StoredModel(contentsOf: url).forecaster()
  }

  private static var settings: ForecastSettings {
    var settings = ForecastSettings.small
    settings.training.epochs = 1
    return settings
  }

  @Test func theOrderOfEventsDoesNotMatter() async throws {
    let (a, b, c) = try (Self.rain(20, seed: 1), Self.rain(20, seed: 2), Self.rain(20, seed: 3))
    let model = try await trained(Self.settings, [a, b])
    let straight = try ForecastEvaluation(of: model, on: [a, b], thresholds: [0.5])
    let turned = try ForecastEvaluation(of: model, on: [b, a], thresholds: [0.5])
    // One event of the two, 16 windows of 5 frames.
    #expect(straight.forecasts == 16 && turned.forecasts == 16)
    #expect(straight.model.pooledErrors.mse == turned.model.pooledErrors.mse)
    // Without times chance decides which event is the test.
    let seen = try #require(model.notes.split).test[0].lowerBound == 0 ? b : a
    // An event that the training did not have is a test, whatever stands beside it.
    let other = try ForecastEvaluation(of: model, on: [c, seen], thresholds: [0.5])
    let alone = try ForecastEvaluation(of: model, on: [c], thresholds: [0.5])
    #expect(other.forecasts == 16 && other.model.pooledErrors.mse == alone.model.pooledErrors.mse)
    _ = try ForecastEvaluation(of: model, on: [a, b], thresholds: [0.5], grid: .tiles)
    #expect(throws: ForecastingError.self) {
      try ForecastEvaluation(of: model, on: [b, a], thresholds: [0.5], grid: .tiles)
    }
    #expect(throws: ForecastingError.self) {
      try ForecastEvaluation(of: model, on: [seen], thresholds: [0.5])
    }
  }

  @Test func whatAnEarlierTrainingSawStaysSeen() async throws {
    let (a, b) = try (Self.rain(40, seed: 1), Self.rain(40, seed: 2))
    var everything = Self.settings
    everything.trainFraction = 1
    let base = try await trained(everything, [a])
    let further = try await trained(Self.settings, [a], from: base)
    #expect(further.notes.earlier.count == 1 && further.notes.normalizer == base.notes.normalizer)
    for grid in [EvaluatedGrid.data, .tiles] {
      #expect(throws: ForecastingError.self) {
        try ForecastEvaluation(of: further, on: [a], thresholds: [0.5], grid: grid)
      }
    }
    let fresh = try await trained(Self.settings, [b], from: base)
    let scores = try ForecastEvaluation(of: fresh, on: [b], thresholds: [0.5])
    #expect(scores.forecasts == 15)
    #expect(try ForecastEvaluation(of: fresh, on: [b, a], thresholds: [0.5]).forecasts == 15)
  }

  /// On all of two events, both are trained on.
  @Test func allOfTheData() async throws {
    let events = try [Self.rain(20, seed: 1), Self.rain(20, seed: 2)]
    var settings = Self.settings
    settings.trainFraction = 1
    let split = try ForecastTask(PreparedEvents(events), settings: settings).sequences.split
    #expect(split.training == [0..<20, 20..<40] && split.test.isEmpty && split.validatesOnHeldOutTiles)
    settings.trainFraction = 0.7
    #expect(throws: DataError.self) { try ForecastTask(PreparedEvents(events), settings: settings) }
    // Tiles are held out of several events too, where that is asked for.
    settings.trainFraction = nil
    settings.validation = .tiles
    let four = try (1...4).map { try Self.rain(12, seed: UInt64($0)) }
    let shared = try ForecastTask(PreparedEvents(four), settings: settings).sequences.split
    #expect(shared.training == shared.validation && shared.training.count == 3 && shared.test.count == 1)
  }

  @Test func trainingsGoOnWithTheirSettingsAlone() async throws {
    let source = try Self.rain(40, seed: 1)
    let url = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    func prepared(_ change: (inout ForecastSettings) -> Void) throws -> PreparedTraining {
      var settings = Self.settings
      change(&settings)
      return try PreparedTraining(
        ForecastTask(source, settings: settings), .contender("convlstm2d:patch=2", .width(2)), seed: 1)
    }
    let first = try prepared { _ in }
    let folder = CheckpointFolder(url, notes: first.notes)
    var trainer = try first.trainer(resuming: nil)
    _ = try await trainer.fit(on: first.training, validation: first.validation, saving: folder)
    // Longer is the same training.
    #expect(try prepared { $0.training.epochs = 5 }.trainer(resuming: folder).state.step == 3)
    let changes: [(inout ForecastSettings) -> Void] = [
      { $0.trainFraction = 1 }, { $0.loss = .meanAbsoluteError }, { $0.isResidual.toggle() },
      { $0.training.batchSize = 3 },
    ]
    for change in changes {
      #expect(throws: ForecastingError.self) { try prepared(change).trainer(resuming: folder) }
    }
  }
}
