import Sampling
import Training

/// What forecasters make small in training.
public enum LossChoice: String, CaseIterable, Codable, Sendable {
  /// Errors of strong rain count more: see ``rainWeights``.
  case balancedRain = "balanced-rain"
  case meanSquaredError = "mse"
  case meanAbsoluteError = "mae"

  /// Weights by observed rain, from what makes the CSI large. A pixel should be forecast above a threshold where
  /// the probability of it is above CSI / (1 + CSI) (Lipton et al. 2014, for the F score); a weighted median does
  /// so where events count 1 / CSI times as much as the rest. Rare strong rain is hard to hit, so its weight is
  /// large.
  static let rainWeights: (rates: [Float], weights: [Float]) = ([0, 0.5, 2, 5, 10], [1, 4, 10, 20, 30])

  /// The loss in the units of a normaliser.
  ///
  /// - Throws: `LossError` if the normaliser does not keep rates in order.
  func loss(in normalizer: some Normalizer) throws -> Loss {
    switch self {
    case .balancedRain:
      let weights = try RainWeights(rates: Self.rainWeights.rates, weights: Self.rainWeights.weights)
      return .balancedRain(try weights.transformed { normalizer.normalize($0) })
    case .meanSquaredError: return .meanSquaredError
    case .meanAbsoluteError: return .meanAbsoluteError
    }
  }
}
