import Contenders
import Foundation
import SafeTensors
import Sampling
import Synthesis
import Tasks
import Testing
import Training

/// From data to a model file and on to scores and forecasts, with nothing but the file.
@Suite(.serialized) struct TrainingAndEvaluationTests {
  private func withFolder(_ body: (CheckpointFolder, [String: String]) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try await body(CheckpointFolder(url), [:])
  }

  private static func rain(_ frames: Int, seed: UInt64 = 3) throws -> AdvectedCells {
    var rain = AdvectedCells.Options()
    (rain.frames, rain.height, rain.width, rain.largestScale) = (frames, 32, 48, 24)
    return try AdvectedCells(rain, seed: seed)
  }

  private func train(_ prepared: PreparedTraining, into url: URL) async throws -> CheckpointFolder {
    let folder = CheckpointFolder(url, notes: prepared.notes)
    var trainer = try prepared.trainer(resuming: nil)
    _ = try await trainer.fit(on: prepared.training, validation: prepared.validation, saving: folder)
    return folder
  }

  @Test(arguments: Contenders.standard)
  func forecasters(_ contender: String) async throws {
    let source = try Self.rain(40)
    try await withFolder { place, _ in
      let prepared = try PreparedTraining(.small, PreparedEvents(source), contender: contender)
      let folder = try await train(prepared, into: place.url)
      // A folder stands for the model in it.
      let forecaster = try StoredModel(contentsOf: folder.url).forecaster()
      #expect(forecaster.notes.inputFrames == 3 && forecaster.notes.stepMinutes == 5)
      let scores = try ForecastEvaluation(of: forecaster, on: [source], thresholds: [0.5, 2])
      // 19 frames of training and validation, a gap of 2, windows of 5 in the 19 frames after them.
      #expect(scores.forecasts == 15)
      #expect(scores.model.tally.valid == 15 * 2 * 32 * 48)
      #expect(scores.baselines[0].scores.tally == scores.model.tally)
      let lines = scores.csv().split(separator: "\n")
      // A header, and for the model and three baselines two leads with two thresholds.
      #expect(lines.count == 1 + 4 * 2 * 2)
      let everything = try ForecastEvaluation(
        of: forecaster, on: [source], thresholds: [0.5], part: .all, stride: 10)
      #expect(everything.forecasts == 4)
      let forecast = try Forecast(by: forecaster, from: source)
      #expect(forecast.leads == [5, 10] && forecast.height == 32 && forecast.width == 48)
      #expect(throws: ForecastingError.self) { try StoredModel(contentsOf: folder.url).classifier() }
    }
  }

  /// Whole events are training, validation or test; a window spans no two of them.
  @Test func severalEvents() async throws {
    let events = try (1...5).map { try Self.rain(8, seed: UInt64($0)) }
    let joined = try EventSequence(events)
    #expect(joined.count == 40 && !joined.hasOneClock)
    #expect(try joined.frame(at: 17) == events[2].frame(at: 1))
    let layout = SequenceLayout(inputFrames: 3, forecastFrames: 2, tileSize: 16)
    let split = try DataSplit(of: joined, layout: layout, holdsOutTiles: true)
    #expect(split.training == [0..<8, 8..<16, 16..<24] && split.validation == [24..<32])
    #expect(split.test == [32..<40] && split.rule == .event)
    let windows = try WindowIndex(of: joined, inputFrames: 3, forecastFrames: 2)
    #expect(windows.count == 5 * 4)
    try await withFolder { place, _ in
      let prepared = try PreparedTraining(.small, PreparedEvents(events))
      let folder = try await train(prepared, into: place.url)
      let forecaster = try StoredModel(contentsOf: folder.bestModel).forecaster()
      let scores = try ForecastEvaluation(of: forecaster, on: events, thresholds: [0.5])
      #expect(scores.forecasts == 4, "the last event")
    }
  }

  @Test func classifiers() async throws {
    var motion = MotionClips()
    (motion.scenes, motion.frames, motion.height, motion.width) = (10, 4, 12, 16)
    let clips = try motion.clips(seed: 2)
    try await withFolder { place, _ in
      var settings = ClassificationSettings()
      (settings.epochs, settings.batchSize) = (2, 8)
      let prepared = try PreparedTraining(
        ClassificationTask(clips, settings: settings), .contender("convlstm2d", .parameters(6_000)), seed: 1)
      let folder = try await train(prepared, into: place.url)
      let classifier = try StoredModel(contentsOf: folder.url).classifier()
      #expect(classifier.notes.classes == clips.classNames)
      let rows = try classifier.probabilities(of: clips, [0, 7, 9], batchSize: 2)
      #expect(rows.count == 3 && rows.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-5 })
      let test = try ClassificationEvaluation(of: classifier, on: clips)
      #expect(test.part == .test && test.confusion.total == 2 * 4)
      let all = try ClassificationEvaluation(of: classifier, on: clips, part: .all)
      #expect(all.confusion.total == 40)
      // Other clips have no part that the training saw.
      motion.scenes = 3
      let others = try ClassificationEvaluation(of: classifier, on: motion.clips(seed: 9))
      #expect(others.part == .all && others.confusion.total == 12)
      motion.height = 20
      #expect(throws: ForecastingError.self) {
        try ClassificationEvaluation(of: classifier, on: motion.clips(seed: 9))
      }
    }
  }

  @Test func goesOnOnlyWithTheSameModel() async throws {
    let source = try Self.rain(40)
    try await withFolder { place, _ in
      let prepared = try PreparedTraining(.small, PreparedEvents(source))
      let folder = try await train(prepared, into: place.url)
      #expect(try prepared.trainer(resuming: folder).state.step == 6)
      let error = #expect(throws: ForecastingError.self) {
        try PreparedTraining(.small, PreparedEvents(source), parameters: 20_000).trainer(resuming: folder)
      }
      #expect(error?.kind == .otherData)
    }
  }

  /// Models that `squall compare` stored say less; they forecast all the same.
  @Test func notesOfOldModels() throws {
    let normalizer = try LogRainNormalizer(shift: 0, scale: 2)
    let json = String(decoding: try JSONEncoder().encode(normalizer), as: UTF8.self)
    let notes = try ForecastNotes([
      "normalizer": json, "unit": "mm/h", "input_frames": "6", "forecast_frames": "12",
    ])
    #expect(notes.normalizer == .logRain(normalizer) && notes.downsampling == 1 && notes.trainedUntil == nil)
    let again = try ForecastNotes(notes.encoded())
    #expect(again.normalizer == notes.normalizer && again.inputFrames == 6)
    let error = #expect(throws: ForecastingError.self) { try ForecastNotes(["unit": "mm/h"]) }
    #expect(error?.kind == .unusableModel)
  }
}
