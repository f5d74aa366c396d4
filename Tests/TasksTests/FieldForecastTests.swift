import Contenders
import Foundation
import HDF5
import Layers
import NumPyFiles
import Readers
import Reports
import Sampling
import Synthesis
import Tasks
import TensorCore
import Testing
import VideoFiles

@Suite struct FieldForecastTests {
  static func notes(_ downsampling: Int = 1) throws -> ForecastNotes {
    ForecastNotes(
      normalizer: .logRain(try LogRainNormalizer(shift: 0.1, scale: 0.7)), unit: .millimetresPerHour,
      inputFrames: 3,
      forecastFrames: 4, downsampling: downsampling, stepMinutes: 5, grid: nil)
  }

  static func forecaster(_ contender: String, downsampling: Int = 1) throws -> TrainedForecaster {
    let signature = ForecastSignature(
      inputFrames: 3, forecastFrames: 4, height: 16, width: 16)
    return try TrainedForecaster(
      model: signature.model(small(contender), width: 3, initialization: .seed(4)), notes: notes(downsampling)
    )
  }

  static func rain(_ height: Int, _ width: Int, frames: Int = 8) throws -> AdvectedCells {
    var options = AdvectedCells.Options()
    (options.frames, options.height, options.width) = (frames, height, width)
    options.domain = .disc
    return try AdvectedCells(options, seed: 5)
  }

  /// ConvLSTM2D runs any field, Conv2D + LSTM only its tiles.
  @Test func wholeFieldsWhereTheModelCan() throws {
    let shape = FrameShape(height: 35, width: 43)
    #expect(try !FieldForecaster(Self.forecaster(ConvLSTM2DForecaster.name), shape: shape).usesTiles)
    #expect(try FieldForecaster(Self.forecaster(Conv2DLSTMForecaster.name), shape: shape).usesTiles)
    #expect(throws: ForecastingError.self) {
      try FieldForecaster(Self.forecaster(Conv2DLSTMForecaster.name), shape: shape, coverage: .wholeField)
    }
  }

  /// On a field of a tile's size both ways are the model itself.
  @Test(arguments: Contenders.standard)
  func aTileIsTheModelItself(_ contender: String) throws {
    let forecaster = try Self.forecaster(contender)
    let source = try Self.rain(16, 16)
    let frames = try (0..<3).map { try source.frame(at: $0) }
    let input = Tensor(
      frames.flatMap { frame in
        zip(frame.values, frame.isValid).map {
          $1 ? forecaster.notes.normalizer.normalize($0) : forecaster.notes.normalizer.fillValue
        }
      }, shape: [1, 3, 16, 16, 1])
    let expected = try forecaster.model(input).values.map(forecaster.notes.normalizer.denormalize)
    for coverage in [FieldForecaster.Coverage.automatic, .tiles] {
      let got = try FieldForecaster(
        forecaster, shape: source.shape, coverage: coverage
      ).forecast(frames)
      #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 1e-4 }, "\(coverage)")
    }
  }

  /// Far from all edges of tiles and field, tiles and whole field agree for a model that looks only a few pixels far:
  /// here in the middle of a tile that the field consists of but for a margin.
  @Test func odHeightsAndWidthsArePadded() throws {
    let forecaster = try Self.forecaster(ConvLSTM2DForecaster.name)
    let source = try Self.rain(33, 45)
    let forecast = try Forecast(by: forecaster, from: source)
    #expect(forecast.height == 33 && forecast.width == 45 && forecast.leads == [5, 10, 15, 20])
    #expect(forecast.values.allSatisfy { $0.isFinite && $0 >= 0 })
    #expect(forecast.reference == source.timestamps?.last)
    #expect(forecast.isValid == (try source.frame(at: 0)).isValid)
  }

  @Test func comesBackOnTheGridOfTheData() throws {
    let source = try Self.rain(33, 47)
    let coarse = try Forecast(
      by: Self.forecaster(Conv2DLSTMForecaster.name, downsampling: 2), from: source, onModelGrid: true)
    #expect(coarse.height == 16 && coarse.width == 23)
    let fine = try Forecast(by: Self.forecaster(Conv2DLSTMForecaster.name, downsampling: 2), from: source)
    #expect(fine.height == 33 && fine.width == 47)
    // Midway between the centres of four coarse pixels lies their mean.
    let corner = [0, 1, 23, 24].map { coarse.field(lead: 1)[coarse.field(lead: 1).startIndex + $0] }
    let pixels = [47 + 1, 47 + 2, 2 * 47 + 1, 2 * 47 + 2].map {
      fine.field(lead: 1)[fine.field(lead: 1).startIndex + $0]
    }
    #expect(abs(corner.reduce(0, +) - pixels.reduce(0, +)) < 1e-4)
  }

  @Test func otherDataAreRefused() throws {
    let frame = try Frame(shape: FrameShape(height: 16, width: 16), values: [Float](repeating: 1, count: 256))
    let grey = try FrameArray([frame, frame, frame], unit: .brightness)
    let error = #expect(throws: ForecastingError.self) {
      try Forecast(by: Self.forecaster(ConvLSTM2DForecaster.name), from: grey)
    }
    #expect(error?.kind == .otherData)
  }
}
