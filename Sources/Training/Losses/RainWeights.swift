/// How much an error counts by how hard it rained: a weight for each class of the observed rain rate.
///
/// Class k holds from `rates[k]` (included) up to `rates[k + 1]`; whatever is lower than `rates[1]` is in the
/// first class. Shi et al. 2017 ("Deep Learning for Precipitation Nowcasting: A Benchmark and A New Model"), who
/// name the losses B-MSE and B-MAE, weigh < 2 mm/h by 1, 2–5 by 2, 5–10 by 5, 10–30 by 10 and ≥ 30 by 30.
///
/// The rates are in the units **of the targets**. Networks predict normalised values, so the weights travel
/// there by the same function as the targets did, and a target exactly on a rate stays on it:
/// ```swift
/// let loss = Loss.balancedRain(try .shi2017.transformed { normaliser.normalised($0) })
/// ```
/// Errors are then measured in normalised units (for log-rain: ratios rather than differences of rates), as in
/// the paper, whose errors are those of pixel values.
public struct RainWeights: Hashable, Sendable {
  /// From which rate each class holds, ascending.
  public let rates: [Float]
  /// What an error in each class counts.
  public let weights: [Float]

  /// - Throws: `LossError` if there is not one weight for each rate, rates do not ascend, or a weight is
  ///   negative.
  public init(rates: [Float], weights: [Float]) throws {
    guard !rates.isEmpty, rates.count == weights.count, zip(rates, rates.dropFirst()).allSatisfy(<),
      rates.allSatisfy(\.isFinite), weights.allSatisfy({ $0.isFinite && $0 >= 0 })
    else {
      throw LossError(
        .invalidWeights, in: Loss.Name.balancedRain.rawValue,
        expected: "ascending rates and one weight ≥ 0 for each",
        received: "rates \(rates), weights \(weights)",
        remedy: "Give rates in ascending order, the first 0 mm/h, and as many weights.")
    }
    self.init(checkedRates: rates, weights: weights)
  }

  private init(checkedRates rates: [Float], weights: [Float]) {
    self.rates = rates
    self.weights = weights
  }

  /// The classes of Shi et al. 2017, for targets in mm/h.
  public static let shi2017 = RainWeights(checkedRates: [0, 2, 5, 10, 30], weights: [1, 2, 5, 10, 30])

  /// The same classes for targets that went through `transform`, say from mm/h into a network's units.
  ///
  /// - Throws: `LossError` if `transform` does not keep the rates in ascending order.
  public func transformed(_ transform: (Float) throws -> Float) throws -> RainWeights {
    try RainWeights(rates: rates.map(transform), weights: weights)
  }

  /// The weight of an error where this was observed.
  @inline(__always)
  func weight(of target: Float) -> Float {
    var weight = weights[0]
    for k in 1..<rates.count where target >= rates[k] { weight = weights[k] }
    return weight
  }
}

extension RainWeights: Codable {
  private enum CodingKeys: String, CodingKey { case rates, weights }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      rates: container.decode([Float].self, forKey: .rates),
      weights: container.decode([Float].self, forKey: .weights))
  }
}
