import Contenders
import Foundation
import Layers
import Readers
import Sampling
import Synthesis
import Tasks
import TensorCore
import Testing
import Training

/// Forecasters that read their own forecasts, from data to a file and on to fields.
@Suite(.serialized) struct AutoregressiveForecastTests {
  private static func rain() throws -> AdvectedCells {
    var rain = AdvectedCells.Options()
    (rain.frames, rain.height, rain.width, rain.largestScale) = (40, 32, 48, 24)
    return try AdvectedCells(rain, seed: 3)
  }

  private static var settings: ForecastSettings {
    var settings = ForecastSettings.small
    settings.forecastFrames = 3
    settings.decoding = .autoregressive
    settings.sampling = ScheduledSampling(.linear, steps: 3)
    return settings
  }

  @Test(arguments: Contenders.standard) func fromDataToFields(_ contender: String) async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let source = try Self.rain()
    let prepared = try PreparedTraining(Self.settings, PreparedEvents(source), contender: contender)
    // Truth is for training alone.
    #expect(try prepared.training.batch(epoch: 0, index: 0).inputs.count == 3)
    #expect(try prepared.validation.batch(epoch: 0, index: 0).inputs.count == 1)
    let folder = CheckpointFolder(url, notes: prepared.notes)
    var trainer = try prepared.trainer(resuming: nil)
    _ = try await trainer.fit(on: prepared.training, validation: prepared.validation, saving: folder)
    #expect(try prepared.trainer(resuming: folder).state.step == 6)

    let forecaster = try StoredModel(contentsOf: folder.url).forecaster()
    #expect(forecaster.notes.settings == Self.settings)
    let scores = try ForecastEvaluation(of: forecaster, on: [source], thresholds: [0.5], stride: 5)
    #expect(scores.model.tally.valid == scores.forecasts * 3 * 32 * 48)
    for coverage in [FieldForecaster.Coverage.automatic, .tiles] {
      let forecast = try Forecast(by: forecaster, from: source, coverage: coverage)
      #expect(forecast.leads == [5, 10, 15] && forecast.values.allSatisfy(\.isFinite))
    }
    #expect(
      try FieldForecaster(forecaster, shape: source.shape).usesTiles
        == (contender == Conv2DLSTMForecaster.name))

    // Frames after the input do not move the forecast.
    let builder = BatchBuilder(source: source, normalizer: forecaster.notes.normalizer)
    let windows = try WindowIndex(of: source, inputFrames: 3, forecastFrames: 3)
    let samples = [0, 20].map {
      Sample(window: windows[$0], tile: Tile(row: 8, column: 16, height: 16, width: 16))
    }
    let finding = try CausalityAudit.audit(builder: builder, samples: samples) { batch in
      var context = Context.inference
      return try AutoregressiveDecoding.output(forecaster.model, [batch.input], &context)
    }
    #expect(finding.isCausal && finding.isConclusive)
    // The audit would see it: with the truth before each frame the forecast moves.
    let leaking = try CausalityAudit.audit(builder: builder, samples: samples) { batch in
      var context = Context.inference
      let truth = TeacherForcedBatches.previousFrames(observed: batch.input, target: batch.target)
      return try forecaster.model.call([batch.input, truth], context: &context)[0]
    }
    #expect(!leaking.isCausal)
  }

  /// On a field of a tile's size both ways are the model itself; the last observed frame is the first one read.
  @Test(arguments: Contenders.standard) func aTileIsTheModelItself(_ contender: String) throws {
    var signature = ForecastSignature(
      inputFrames: 3, forecastFrames: 4, height: 16, width: 16)
    signature.decoding = .autoregressive
    signature.isResidual = true
    let forecaster = try TrainedForecaster(
      model: signature.model(small(contender), width: 3, initialization: .seed(4)),
      notes: FieldForecastTests.notes()
    )
    let source = try FieldForecastTests.rain(16, 16)
    let normalizer = forecaster.notes.normalizer
    let frames = try (0..<3).map { try source.frame(at: $0) }
    let input = Tensor(
      frames.flatMap { frame in
        zip(frame.values, frame.isValid).map { $1 ? normalizer.normalize($0) : normalizer.fillValue }
      }, shape: [1, 3, 16, 16, 1])
    var context = Context.inference
    let expected = try AutoregressiveDecoding.output(forecaster.model, [input], &context).values
      .map(normalizer.denormalize)
    for coverage in [FieldForecaster.Coverage.automatic, .tiles] {
      let got = try FieldForecaster(
        forecaster, shape: source.shape, coverage: coverage
      ).forecast(frames)
      #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 1e-4 }, "\(coverage)")
    }
  }

  @Test(.enabled(if: Commands.squall != nil, "the command was not found beside the tests"))
  func commands() throws {
    try Commands.withFolder { folder in
      let train =
        "squall train generated:advected-cells:frames=60,height=32,width=32 --decoding autoregressive --input-frames 3 "
        + "--forecast-frames 2 --tile-size 16 --parameters 8000 --epochs 1 --batches-per-epoch 2 --no-predict "
        + "--threads 1 --output model"
      let trained = try Commands.run(train + " --sampling sigmoid", in: folder)
      #expect(trained.status == 0 && trained.output.contains("reads the frame before"), "\(trained.errors)")
      let forecast = try Commands.run(
        "squall forecast model generated:advected-cells:frames=60,height=32,width=32 --output next.npy",
        in: folder)
      #expect(forecast.status == 0, "\(forecast.errors)")
      let wrong = try Commands.run(
        train.replacing("autoregressive", with: "recurrent") + " --sampling linear", in: folder)
      #expect(wrong.status != 0 && wrong.errors.contains("--decoding autoregressive"), "\(wrong.errors)")
    }
  }
}
