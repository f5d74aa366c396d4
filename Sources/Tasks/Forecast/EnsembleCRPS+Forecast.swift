import Readers
import Sampling
import Verification

extension EnsembleCRPS {
  /// Adds the members of a forecast at a lead. A pixel counts where there are a forecast and an observation.
  ///
  /// - Parameters:
  ///   - forecast: As many members as the score is of.
  ///   - lead: Which of its leads.
  ///   - observation: The frame observed then, on the forecast's grid; its first channel counts.
  /// - Throws: `VerificationError` for another number of members, or a frame of another size.
  public mutating func add(
    _ forecast: Forecast, lead: Int, observation: Frame
  ) throws(VerificationError) {
    let (values, isValid) = observation.firstChannel
    guard values.count == forecast.pixels, forecast.leads.indices.contains(lead) else {
      throw VerificationError(
        expected:
          "a frame of \(forecast.height) × \(forecast.width) and a lead below \(forecast.leads.count)",
        received: "\(observation.shape) and lead \(lead)", remedy: "Score on the grid of the forecast.")
    }
    let mask = zip(forecast.isValid, isValid).map { $0 && $1 }
    try forecast.values.withUnsafeBufferPointer { forecasts throws(VerificationError) in
      try values.withUnsafeBufferPointer { values throws(VerificationError) in
        try mask.withUnsafeBufferPointer { mask throws(VerificationError) in
          let fields = (0..<forecast.members).map { member in
            let start = (member * forecast.leads.count + lead) * forecast.pixels
            return UnsafeBufferPointer(rebasing: forecasts[start..<start + forecast.pixels])
          }
          try add(forecasts: fields, observation: values, mask: .booleans(mask))
        }
      }
    }
  }
}
