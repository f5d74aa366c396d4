import Contenders
import Readers
import Sampling
import Tasks
import Training

/// A contender on frames of 16 pixels: patches of 2, or two stages.
func small(_ name: String) throws -> any ForecastContender { try Contenders.forecaster(smallText(name)) }

func smallText(_ name: String) -> String {
  name == ConvLSTM2DForecaster.name ? "\(name):patch=2" : "\(name):stages=2"
}

extension ForecastSettings {
  /// Three frames in, two out, on tiles of 16 pixels, two short epochs.
  static var small: ForecastSettings {
    var settings = ForecastSettings()
    (settings.inputFrames, settings.forecastFrames, settings.tileSize) = (3, 2, 16)
    (settings.batchesPerEpoch, settings.training.batchSize, settings.training.epochs) = (3, 2, 2)
    (settings.loss, settings.isResidual) = (.meanSquaredError, false)
    return settings
  }
}

extension PreparedTraining {
  /// A small model of a contender on some data.
  init(
    _ settings: ForecastSettings, _ events: PreparedEvents, contender: String = ConvLSTM2DForecaster.name,
    parameters: Int = 8_000
  ) throws {
    try self.init(
      ForecastTask(events, settings: settings),
      .contender(
        contender == ConvLSTM2DForecaster.name ? "\(contender):patch=2" : contender, .parameters(parameters)),
      seed: 1)
  }
}
