import Contenders
import Foundation
import Readers
import Sampling
import Synthesis
import Tasks
import TensorCore
import Testing
import Training

/// A second variable and a map go from training to forecasts, and nothing sees the future.
@Suite(.serialized) struct ExtraChannelTests {
  private static func rain(_ frames: Int, seed: UInt64 = 3) throws -> AdvectedCells {
    var rain = AdvectedCells.Options()
    (rain.frames, rain.height, rain.width, rain.largestScale) = (frames, 32, 48, 24)
    return try AdvectedCells(rain, seed: seed)
  }

  private static func elevation(_ height: Int = 32) throws -> FrameArray {
    let shape = FrameShape(height: height, width: 48)
    return try FrameArray(
      [try Frame(shape: shape, values: (0..<shape.count).map { Float($0 % 31) * 10 })], unit: .dimensionless)
  }

  private static var settings: ForecastSettings {
    var settings = ForecastSettings.small
    settings.training.epochs = 1
    return settings
  }

  private static func events(_ frames: Int = 40) throws -> PreparedEvents {
    let wind = try rain(frames, seed: 8)
    return try PreparedEvents(
      [rain(frames)], extras: [("wind", [wind]), ("elevation", [elevation()])])
  }

  private func trained(
    _ settings: ForecastSettings, _ contender: String, _ events: PreparedEvents,
    _ body: (TrainedForecaster) throws -> Void
  ) async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let prepared = try PreparedTraining(settings, events, contender: contender)
    #expect(prepared.remarks.contains { $0.hasPrefix("Auxiliary channels") } == !events.extras.isEmpty)
    let folder = CheckpointFolder(url, notes: prepared.notes)
    var trainer = try prepared.trainer(resuming: nil)
    _ = try await trainer.fit(on: prepared.training, validation: prepared.validation, saving: folder)
    try body(StoredModel(contentsOf: folder.url).forecaster())
  }

  @Test(arguments: Contenders.standard)
  func fromTrainingToForecasts(_ contender: String) async throws {
    var settings = Self.settings
    settings.downsampling = 2
    settings.tileSize = 8
    let events = try Self.events()
    try await trained(settings, contender, events) { forecaster in
      #expect(forecaster.notes.extras.map(\.name) == ["wind", "elevation"])
      #expect(forecaster.notes.extras.map(\.isStatic) == [false, true])
      #expect(forecaster.model.inputs[0].shape[-1] == 3)
      let scores = try ForecastEvaluation(of: forecaster, on: events, thresholds: [0.5])
      #expect(scores.forecasts == 15 && scores.model.tally.valid == 15 * 2 * 32 * 48)
      let averaged = try ForecastEvaluation(
        of: forecaster, on: events, thresholds: [0.5], grid: .model)
      #expect(averaged.model.tally.valid == 15 * 2 * 16 * 24)

      func forecast(_ events: PreparedEvents) throws -> Forecast {
        try Forecast(
          by: forecaster, from: events.sources[0], auxiliary: events.extras.map { ($0.name, $0.source(0)) })
      }
      let first = try forecast(events)
      #expect(first.height == 32 && first.values.count == 2 * 32 * 48)
      // The extra channels matter.
      let other = try PreparedEvents(
        [Self.rain(40)], extras: [("wind", [Self.rain(40, seed: 9)]), ("elevation", [Self.elevation()])])
      #expect(try forecast(other).values != first.values)
      // And without them there is no forecast.
      for wrong in [
        PreparedEvents(try Self.rain(40)),
        try PreparedEvents([Self.rain(40)], extras: [("elevation", [Self.elevation()])]),
      ] {
        let error = #expect(throws: ForecastingError.self) { try forecast(wrong) }
        #expect(error?.description.contains("--extra") == true && error?.description.contains("wind") == true)
        #expect(throws: ForecastingError.self) {
          try ForecastEvaluation(of: forecaster, on: wrong, thresholds: [0.5])
        }
      }
      let finding = try forecaster.audit(on: events)
      #expect(finding.isCausal && finding.isConclusive && finding.summary.contains("does not move"))
    }
  }

  /// A forecaster that peeks is caught, and the frame is named.
  @Test func theAuditCatchesALeak() async throws {
    let events = PreparedEvents(try Self.rain(40))
    try await trained(Self.settings, ConvLSTM2DForecaster.name, events) { forecaster in
      #expect(try forecaster.audit(on: events, samples: 2).isCausal)
      let finding = try forecaster.audit(on: events, samples: 2) { batch in
        let honest = try forecaster.model(batch.input)
        let peek = Movement.slice(batch.target, axis: 1, 1..<2)
        return Elementwise.map(honest, Movement.concatenated([peek, peek], axis: 1)) { $0 + 0.1 * $1 }
      }
      #expect(!finding.isCausal && finding.leakingFrame == 1 && finding.summary.contains("frame 2"))
      #expect(throws: DataError.self) { try finding.check() }
      #expect(throws: ForecastingError.self) { try forecaster.audit(on: Self.events()) }
    }
  }

  /// The residual is added to the field alone, whatever the auxiliary channels.
  @Test(arguments: Contenders.standard)
  func theResidualIsOfTheField(_ contender: String) throws {
    var signature = ForecastSignature(
      inputFrames: 3, forecastFrames: 2, height: 16, width: 24, channels: 3)
    signature.isResidual = true
    // Nothing is learned yet, so the change is 0 and the background is seen.
    let model = try signature.model(small(contender), width: 4, initialization: .zeros)
    let input = Tensor(
      (0..<2 * 3 * 16 * 24 * 3).map { Float($0 % 101) }, shape: [2, 3, 16, 24, 3])
    let field = Movement.slice(Movement.slice(input, axis: 4, 0..<1), axis: 1, 2..<3)
    #expect(try model(input).values == Movement.concatenated([field, field], axis: 1).values)
  }

  /// What is made ahead has the bits of what is made when asked for, errors included.
  @Test func batchesAheadAreTheSame() throws {
    struct Counted: BatchProvider {
      let batchesPerEpoch = 3
      func batch(epoch: Int, index: Int) throws -> TrainingBatch {
        if epoch == 2, index == 1 { throw CancellationError() }
        let value = Tensor(repeating: Float(10 * epoch + index), shape: [1, 1])
        return TrainingBatch(value, value)
      }
    }
    let ahead = try AheadBatches(Counted())
    for epoch in 0..<2 {
      for index in 0..<3 {
        #expect(try ahead.batch(epoch: epoch, index: index).target.values == [Float(10 * epoch + index)])
      }
    }
    #expect(try ahead.batch(epoch: 2, index: 0).target.values == [20])
    #expect(throws: CancellationError.self) { try ahead.batch(epoch: 2, index: 1) }
    #expect(try ahead.batch(epoch: 2, index: 2).target.values == [22])
    let validation = try AheadBatches(Counted(), repeatsEpoch: true)
    for _ in 0..<3 {
      for index in 0..<3 {
        #expect(try validation.batch(epoch: 0, index: index).target.values == [Float(index)])
      }
    }
  }

  /// Weights and symmetries of clips: as often as they are drawn, and the same bits from the same seed.
  @Test func clipsAreWeighted() throws {
    let shape = FrameShape(height: 4, width: 6)
    let labels = [0, 0, 0, 0, 0, 0, 0, 1]
    let clips = try LabeledClips(
      values: (0..<8 * 2 * shape.count).map { Float($0 % 97) / 97 }, frames: 2, shape: shape, labels: labels,
      classNames: ["many", "few"], groups: Array(0..<8), unit: .brightness)
    var augmentation = Augmentation()
    augmentation.symmetries = [.flipColumns]
    let options = ClipTrainingOptions(weights: .balanced, augmentation: augmentation)
    #expect(options.summary == "classes drawn equally often; symmetries flip-columns")
    let batches = try ClassifierBatches(clips, Array(0..<8), batchSize: 8, options: options, seed: 5)
    let drawn = try (0..<40).flatMap { try batches.batch(epoch: $0, index: 0).target.values }
    let share = Double(drawn.count { $0 == 1 }) / Double(drawn.count)
    #expect(abs(share - 0.5) < 0.1)
    let again = try ClassifierBatches(clips, Array(0..<8), batchSize: 8, options: options, seed: 5)
    #expect(
      try again.batch(epoch: 3, index: 0).inputs[0].values
        == batches.batch(epoch: 3, index: 0).inputs[0].values)
  }
}
