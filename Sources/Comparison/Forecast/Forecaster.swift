import Forecasting
import Layers
import SequenceData
import TensorCore

/// Anything that forecasts: a trained model or a baseline.
package protocol Forecaster {
  /// The forecast in physical units, `[batch, time, height, width, 1]`, for observed frames in physical units
  /// and in normalised ones.
  func forecast(_ observed: PhysicalBatch, normalized: SequenceBatch) throws -> Tensor
}

/// A trained model of either family.
package struct ModelForecaster: Forecaster {
  let model: ModelGraph
  let data: ForecastData

  package func forecast(_ observed: PhysicalBatch, normalized: SequenceBatch) throws -> Tensor {
    data.test.builder.denormalized(try model.output(data.inputs(normalized)))
  }
}

/// The last observed frame at every lead time: the forecast that any other must beat. A pixel that is missing in
/// the last frame counts as dry.
package struct EulerianPersistence: Forecaster {
  package let forecastFrames: Int

  package init(forecastFrames: Int) { self.forecastFrames = forecastFrames }

  package func forecast(_ observed: PhysicalBatch, normalized: SequenceBatch) throws -> Tensor {
    let last = observed.input.shape[1] - 1
    let frame = Movement.slice(observed.input, axis: 1, last..<last + 1)
    return Movement.concatenated(
      [Tensor](repeating: frame, count: forecastFrames), axis: 1)
  }
}

/// Lagrangian persistence on the tiles that are scored: the last frame moves on along the motion of the frames before
/// it, found over the whole domain.
struct LagrangianForecaster: Forecaster {
  let frames: ExtrapolatedFrames

  func forecast(_ observed: PhysicalBatch, normalized: SequenceBatch) throws -> Tensor {
    try frames.fields(for: observed.samples)
  }
}
