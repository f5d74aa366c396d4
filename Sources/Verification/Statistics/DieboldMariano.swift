/// The test of Diebold & Mariano (1995, *Comparing predictive accuracy*) of equal accuracy of two forecasts, with the
/// small-sample correction of Harvey, Leybourne & Newbold (1997, *Testing the equality of prediction mean squared
/// errors*).
///
/// The series d is the difference of the two losses in time order. With h the horizon, γₖ the autocovariance of d at lag
/// k (denominator n, values of one event only) and V = (γ₀ + 2 Σₖ₌₁ʰ⁻¹ γₖ) / n, the statistic is
/// d̄ / √V · √((n + 1 − 2h + h(h − 1) / n) / n), compared with Student's t of n − 1 degrees of freedom, both sides.
///
/// It looks at one training run or the mean of several, and so knows nothing of chance in training; and it weighs all
/// blocks alike. It stands beside a ``BlockBootstrap``, not in its place.
public struct DieboldMariano: Codable, Hashable, Sendable {
  /// Positive where the mean difference is.
  public let statistic: Double
  /// Of both sides.
  public let pValue: Double
  /// Values of the series.
  public let count: Int
  /// h: values that lie h or more apart are taken for independent.
  public let horizon: Int

  /// - Parameters:
  ///   - differences: The series, in time order.
  ///   - horizon: h, at least 1; where the variance would not be positive it is 1.
  ///   - events: The event of each value; nil for one event.
  /// - Returns: nil for fewer than two values, a horizon that does not fit, or a series that does not vary.
  public init?(differences: [Double], horizon: Int = 1, events: [String]? = nil) {
    let n = differences.count
    guard n > 1, horizon >= 1, horizon < n, events.map({ $0.count == n }) ?? true,
      differences.allSatisfy(\.isFinite)
    else { return nil }
    let size = Double(n)
    let mean = differences.reduce(0, +) / size
    func covariance(_ lag: Int) -> Double {
      (lag..<n).reduce(0.0) { sum, place in
        if let events, events[place] != events[place - lag] { return sum }
        return sum + (differences[place] - mean) * (differences[place - lag] - mean)
      } / size
    }
    let own = covariance(0)
    guard own > 0 else { return nil }
    let sum = (1..<max(horizon, 1)).reduce(own) { $0 + 2 * covariance($1) }
    let h = sum > 0 ? horizon : 1
    let variance = (sum > 0 ? sum : own) / size
    let correction = (size + 1 - 2 * Double(h) + Double(h * (h - 1)) / size) / size
    let statistic = mean / variance.squareRoot() * correction.squareRoot()
    self.statistic = statistic
    pValue = 2 * studentDistribution(-abs(statistic), degreesOfFreedom: n - 1)
    count = n
    self.horizon = h
  }

  /// Of a score, block by block: the difference of the two means over the runs, first − second. Blocks in which the score
  /// is undefined for a run are left out; for the MSE the series is that of squared errors, for the MAE of absolute
  /// ones, for the CSI and the accuracy of the scores of the blocks.
  ///
  /// - Parameters:
  ///   - score: What is compared.
  ///   - first: The runs of the first.
  ///   - second: The runs of the second, with the same blocks in the same order.
  ///   - horizon: In blocks: 1 + the number of following blocks that share frames with one.
  /// - Returns: nil with fewer than ``BlockBootstrap/fewestBlocks`` blocks that have a value, and as above.
  public init?(_ score: PooledScore, _ first: [BlockScores], _ second: [BlockScores], horizon: Int = 1) {
    guard let blocks = first.first else { return nil }
    func mean(_ runs: [BlockScores], _ label: String, _ block: Int) -> Double? {
      SeedSpread(
        runs.map { run in
          guard
            let place = run.labels.indices.contains(block) && run.labels[block] == label
              ? block : run.labels.firstIndex(of: label)
          else { return nil }
          return score.value(run.sums[place])
        }
      ).mean
    }
    let known = blocks.labels.enumerated().compactMap { block, label -> (event: String, value: Double)? in
      guard let one = mean(first, label, block), let other = mean(second, label, block) else { return nil }
      return (blocks.events[block], one - other)
    }
    guard known.count >= BlockBootstrap.fewestBlocks else { return nil }
    self.init(differences: known.map(\.value), horizon: horizon, events: known.map(\.event))
  }
}
