import SequenceData
import TensorCore
import Verification

/// Scores forecasters on the same test samples with one common mask.
package struct ForecastScoring {
  let data: ForecastData
  let options: ForecastOptions

  /// The scores of each forecaster, by lead time and threshold.
  ///
  /// A pixel counts where the observation is valid and so was the last observed frame, on which persistence
  /// rests; the mask is the same for all.
  ///
  /// - Throws: What reading or forecasting throws.
  func scores(of forecasters: [any Forecaster]) throws -> [LeadTimeScores] {
    let empty = try LeadTimeScores(
      leadTimes: data.leadTimes(options.forecastFrames), thresholds: options.thresholds)
    var scores = [LeadTimeScores](repeating: empty, count: forecasters.count)
    for index in 0..<data.test.batchesPerEpoch {
      try Task.checkCancellation()
      let observed = try data.test.physicalBatch(index: index)
      let normalized = try data.test.batch(index: index)
      let mask = Self.commonMask(observed)
      for (position, forecaster) in forecasters.enumerated() {
        let forecast = try forecaster.forecast(observed, normalized: normalized)
        try add(forecast, observed.target, mask, to: &scores[position], samples: observed.samples.count)
      }
    }
    return scores
  }

  /// 1 where both the target and the last observed frame are valid.
  package static func commonMask(_ observed: PhysicalBatch) -> Tensor {
    let last = observed.inputMask.shape[1] - 1
    let start = Movement.slice(observed.inputMask, axis: 1, last..<last + 1)
    return Elementwise.map(observed.targetMask, start) { $0 * $1 }
  }

  private func add(
    _ forecast: Tensor, _ observation: Tensor, _ mask: Tensor, to scores: inout LeadTimeScores, samples: Int
  ) throws {
    try forecast.withUnsafeValues { forecast in
      try observation.withUnsafeValues { observation in
        try mask.withUnsafeValues { mask in
          try scores.add(forecast: forecast, observation: observation, mask: mask, samples: samples)
        }
      }
    }
  }
}
