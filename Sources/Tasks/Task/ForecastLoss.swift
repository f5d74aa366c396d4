import Readers
import Sampling
import Training

/// What forecasters minimise in training, by name.
public struct ForecastLoss: Hashable, Sendable {
  /// The name in options and files.
  public let name: String

  /// Errors of strong rain count more: see ``balancedRainWeights``. It makes the CSI large by raining too often.
  public static let balancedRain = ForecastLoss(unchecked: "balanced-rain")
  /// The mean squared error, of rain on its logarithmic scale. The default.
  public static let meanSquaredError = ForecastLoss(unchecked: "mse")
  public static let meanAbsoluteError = ForecastLoss(unchecked: "mae")

  private init(unchecked name: String) { self.name = name }

  /// The loss of a name: `balanced-rain`, any that `Loss` knows, such as `mse`, `huber`, `facl` or `rain_weighted`, or a
  /// weighted sum of them such as `balanced-rain+0.1*facl`.
  ///
  /// - Throws: `LossError` that lists the names.
  public init(named text: String) throws {
    for part in try LossSum.parts(of: text) where part.name != Self.balancedRain.name {
      _ = try Loss(named: part.name)
    }
    name = text
  }

  /// Weights by observed rain in mm/h, from what makes the CSI large. A pixel should be forecast above a threshold where
  /// the probability of it is above CSI / (1 + CSI) (Lipton et al. 2014, for the F score); a weighted median does
  /// so where events count 1 / CSI times as much as the rest. Rare strong rain is hard to hit, so its weight is
  /// large.
  public static let balancedRainWeights: (rates: [Float], weights: [Float]) = (
    [0, 0.5, 2, 5, 10], [1, 4, 10, 20, 30]
  )

  /// The loss of normalised values. Weights by rain rates are carried into the units of the normaliser.
  ///
  /// - Parameters:
  ///   - normalizer: What targets went through.
  ///   - unit: The unit of the values before that.
  /// - Throws: `LossError` if the normaliser does not keep rates in order; ``ForecastingError`` for weights by rain on
  ///   values that are no rain rates.
  public func loss(in normalizer: some Normalizer, unit: PhysicalUnit) throws -> Loss {
    let terms = try LossSum.parts(of: name).map { part in
      LossSum.Term(try self.loss(named: part.name, in: normalizer, unit: unit), weight: part.weight)
    }
    return terms.count == 1 && terms[0].weight == 1 ? terms[0].loss : .sum(try LossSum(terms))
  }

  private func loss(named part: String, in normalizer: some Normalizer, unit: PhysicalUnit) throws -> Loss {
    let weights: RainWeights
    if part == Self.balancedRain.name {
      weights = try RainWeights(
        rates: Self.balancedRainWeights.rates, weights: Self.balancedRainWeights.weights)
    } else {
      let loss = try Loss(named: part)
      guard case .balancedRain(let own) = loss else { return loss }
      weights = own
    }
    guard unit == .millimetresPerHour else {
      throw ForecastingError(
        .invalidOption, in: "--loss \(name)", expected: "rain rates in mm/h, by which errors are weighted",
        received: "values in \(unit.rawValue.isEmpty ? "no unit" : unit.rawValue)",
        remedy: "Use --loss mse or mae, or name the unit with --unit.")
    }
    return .balancedRain(try weights.transformed { normalizer.normalize($0) })
  }

  /// The loss for a report: the name, and the weights of balanced rain.
  public var summary: String {
    let parts = (try? LossSum.parts(of: name)) ?? []
    guard parts.contains(where: { $0.name == Self.balancedRain.name }) else { return name }
    let weights = zip(Self.balancedRainWeights.rates, Self.balancedRainWeights.weights)
      .map { "\(short(Double($1))) from \(short(Double($0)))" }
    let what = parts.count == 1 ? "" : "balanced-rain is "
    return
      "\(name): \(what)weighted squared and absolute error, weights \(weights.joined(separator: ", ")) mm/h"
  }
}

extension ForecastLoss: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(named: decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
