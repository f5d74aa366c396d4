import Contenders
import Layers
import Nowcasting
import Readers
import Sampling
import TensorCore

/// Anything that forecasts the tiles of a batch: a trained model or a baseline.
package protocol TileForecaster {
  /// The forecast in physical units, `[batch, time, height, width, 1]`, for observed frames in physical units
  /// and in normalised ones.
  func forecast(_ observed: PhysicalBatch, normalized: SequenceBatch) throws -> Tensor
}

/// A trained model on the data of its task.
package struct ModelForecaster: TileForecaster {
  let model: ModelGraph
  let task: ForecastTask

  package init(model: ModelGraph, task: ForecastTask) {
    self.model = model
    self.task = task
  }

  package func forecast(_ observed: PhysicalBatch, normalized: SequenceBatch) throws -> Tensor {
    try calibrated(
      AutoregressiveDecoding.forecast(model, task.inputs(normalized)), observed: observed)
  }

  /// A model's output in normalised units as the forecast that it stands for: in physical units, with the amounts of the
  /// task's calibration.
  package func calibrated(_ output: Tensor, observed: PhysicalBatch) throws -> Tensor {
    let forecast = task.sequences.builder.denormalized(output)
    guard task.settings.calibration == .matching, let method = task.settings.background.nowcast else {
      return forecast
    }
    let last = observed.inputMask.shape[1] - 1
    let mask = Movement.slice(
      Movement.slice(observed.inputMask, axis: 1, last..<last + 1), axis: 4, 0..<1)
    return AmountMatching.matched(
      forecast, to: try task.fields.nowcast(method, for: observed.samples), mask: mask)
  }
}

/// The last observed frame at every lead time: the forecast that any other must beat. A pixel that is missing in
/// the last frame counts as dry.
package struct EulerianPersistence: TileForecaster {
  package let forecastFrames: Int

  package init(forecastFrames: Int) { self.forecastFrames = forecastFrames }

  package func forecast(_ observed: PhysicalBatch, normalized: SequenceBatch) throws -> Tensor {
    let last = observed.input.shape[1] - 1
    var frame = Movement.slice(observed.input, axis: 1, last..<last + 1)
    if frame.shape[4] > 1 { frame = Movement.slice(frame, axis: 4, 0..<1) }
    return Movement.concatenated([Tensor](repeating: frame, count: forecastFrames), axis: 1)
  }
}

/// A nowcast on the tiles that are scored, made over the whole domain.
package struct NowcastForecaster: TileForecaster {
  package let method: BaselineForecast
  package let fields: WindowFields

  package func forecast(_ observed: PhysicalBatch, normalized: SequenceBatch) throws -> Tensor {
    try fields.nowcast(method, for: observed.samples)
  }
}

/// A forecast that needs no training.
package struct Baseline {
  package let name: String
  package let summary: String
  package let forecaster: any TileForecaster

  /// The baselines that fit a task.
  package static func all(_ task: ForecastTask) -> [Baseline] {
    let settings = task.settings
    return BaselineForecast.fitting(task.sequences.source.unit, inputFrames: settings.inputFrames).map {
      kind in
      switch kind {
      case .eulerian:
        Baseline(
          name: kind.displayName, summary: "The last observed frame at every lead time.",
          forecaster: EulerianPersistence(forecastFrames: settings.forecastFrames))
      case .lagrangian:
        Baseline(
          name: kind.displayName,
          summary: "The last frame carried along the motion of the last three, found over the whole domain.",
          forecaster: NowcastForecaster(method: kind, fields: task.fields))
      case .sprog:
        Baseline(
          name: kind.displayName,
          summary: "Extrapolation that smooths each scale as fast as it loses its memory (Seed 2003).",
          forecaster: NowcastForecaster(method: kind, fields: task.fields))
      }
    }
  }
}
