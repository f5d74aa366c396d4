/// A bootstrap over blocks: how far a score, or the difference of two scores on the same data, would move if
/// other blocks had been drawn from the same population.
///
/// A resample draws as many blocks as there are, with replacement, adds up their sums and takes the score of
/// the total. Two forecasts are compared on the same resamples (paired), and so are all training runs
/// (seeds): the sampling interval is of the mean over the seeds; the spread over the seeds is a matter of its
/// own, see ``PairedComparison``.
///
/// What it cannot do: blocks of one event say nothing about other events, and neighbouring blocks that
/// depend on one another make the interval too narrow. Resamples depend on the seed and the number of blocks
/// alone; the same seed gives the same bits.
public struct BlockBootstrap: Codable, Hashable, Sendable {
  /// How the interval follows from the resampled values.
  public enum Method: String, CaseIterable, Codable, Sendable {
    /// The quantiles (1 ± confidence) / 2.
    case percentile
    /// The percentile interval with its level corrected for few blocks n: a level of
    /// Φ(−t₍ₙ₋₁₎ √(n / (n − 1))), with t Student's quantile. For a mean it is then as wide as Student's
    /// interval; plain percentiles are too narrow (Hesterberg 2015, "What teachers should know about the
    /// bootstrap").
    case expandedPercentile
    /// Bias-corrected and accelerated (Efron 1987), the acceleration from leaving out one block at a time.
    case biasCorrectedAccelerated
  }

  public var resamples: Int
  /// The share of repetitions in which the interval is meant to hold the true value.
  public var confidence: Double
  public var method: Method
  public var seed: UInt64

  /// With fewer blocks than this an interval is printed with a warning: it cannot be trusted.
  public static let fewestBlocks = 8

  public init(
    resamples: Int = 2000, confidence: Double = 0.95, method: Method = .expandedPercentile, seed: UInt64 = 1
  ) {
    self.resamples = resamples
    self.confidence = confidence
    self.method = method
    self.seed = seed
  }

  /// The score of one or several training runs on the same blocks, with its sampling interval.
  ///
  /// - Throws: ``VerificationError`` when the runs do not have the same blocks, or the sums are not the
  ///   score's.
  public func estimate(
    _ score: PooledScore, of runs: [BlockScores]
  ) throws(VerificationError) -> ScoreEstimate {
    let aligned = try aligned(runs, score)
    let spread = SeedSpread(aligned.map { score.value($0.pooled) })
    let values = resampled(blocks: aligned[0].count) { weights in mean(score, aligned, weights) }
    let jackknife = leftOut(blocks: aligned[0].count) { weights in mean(score, aligned, weights) }
    return ScoreEstimate(
      value: spread.mean, interval: interval(values, of: spread.mean, blocks: aligned[0].count, jackknife),
      seeds: spread, blocks: aligned[0].count, undefinedResamples: values.count { $0 == nil })
  }

  /// The difference first − second of a score on the same blocks, with its sampling interval. Both may hold
  /// several training runs; a baseline holds one.
  ///
  /// - Throws: ``VerificationError`` when the two do not have the same blocks, or the sums are not the
  ///   score's.
  public func compare(
    _ score: PooledScore, _ first: [BlockScores], _ second: [BlockScores]
  ) throws(VerificationError) -> PairedComparison {
    let all = try aligned(first + second, score)
    let (a, b) = (Array(all.prefix(first.count)), Array(all.dropFirst(first.count)))
    guard !a.isEmpty, !b.isEmpty else {
      throw VerificationError(
        expected: "at least one run on either side", received: "\(a.count) and \(b.count)",
        remedy: "Pass the block sums of every seed of either side.")
    }
    func difference(_ weights: [Double]) -> Double? {
      guard let x = mean(score, a, weights), let y = mean(score, b, weights) else { return nil }
      return x - y
    }
    let count = all[0].count
    let value = difference([Double](repeating: 1, count: count))
    let values = resampled(blocks: count, difference)
    let perSeed: [Double?] =
      a.count == b.count
      ? zip(a, b).map { one, other in
        guard let x = score.value(one.pooled), let y = score.value(other.pooled) else { return nil }
        return x - y
      } : []
    return PairedComparison(
      score: score.name, higherIsBetter: score.higherIsBetter, first: try estimate(score, of: a),
      second: try estimate(score, of: b),
      difference: ScoreEstimate(
        value: value,
        interval: interval(values, of: value, blocks: count, leftOut(blocks: count, difference)),
        seeds: SeedSpread(perSeed), blocks: count, undefinedResamples: values.count { $0 == nil }))
  }

  // MARK: Resampling

  private func aligned(_ runs: [BlockScores], _ score: PooledScore) throws(VerificationError) -> [BlockScores]
  {
    guard let first = runs.first, first.count > 0, resamples > 0, confidence > 0, confidence < 1 else {
      throw VerificationError(
        expected: "at least one run with a block, one resample and a confidence between 0 and 1",
        received:
          "\(runs.count) runs, \(runs.first?.count ?? 0) blocks, \(resamples) resamples, \(confidence)",
        remedy: "Score at least one block before asking for an interval.")
    }
    var result: [BlockScores] = []
    for run in runs {
      guard run.statistics == score.statistics else {
        throw VerificationError(
          expected: "the \(score.statistics) sums of \(score.name)", received: "\(run.statistics) sums",
          remedy: "Fill the blocks with the sums of this score.")
      }
      guard let ordered = run.ordered(as: first.labels) else {
        let others = Set(run.labels).symmetricDifference(first.labels).sorted().prefix(4)
        throw VerificationError(
          expected: "the same blocks on all sides", received: "unpaired \(others.joined(separator: ", "))",
          remedy: "Score all forecasts on the same test samples.")
      }
      result.append(ordered)
    }
    return result
  }

  /// The mean over the runs of the score of blocks taken `weights` times; nil when one of them is undefined.
  private func mean(_ score: PooledScore, _ runs: [BlockScores], _ weights: [Double]) -> Double? {
    var total = 0.0
    for run in runs {
      var sums = [Double](repeating: 0, count: run.statistics)
      for (block, weight) in weights.enumerated() where weight != 0 {
        let values = run.sums[block]
        for index in values.indices { sums[index] += weight * values[index] }
      }
      guard let value = score.value(sums), value.isFinite else { return nil }
      total += value
    }
    return total / Double(runs.count)
  }

  private func resampled(blocks: Int, _ value: ([Double]) -> Double?) -> [Double?] {
    var weights = [Double](repeating: 0, count: blocks)
    return (0..<resamples).map { resample in
      var random = SplitMix64(seed: seed, stream: UInt64(resample))
      for block in 0..<blocks { weights[block] = 0 }
      for _ in 0..<blocks { weights[Int.random(in: 0..<blocks, using: &random)] += 1 }
      return value(weights)
    }
  }

  private func leftOut(blocks: Int, _ value: ([Double]) -> Double?) -> [Double?] {
    guard method == .biasCorrectedAccelerated, blocks > 1 else { return [] }
    var weights = [Double](repeating: 1, count: blocks)
    return (0..<blocks).map { block in
      weights[block] = 0
      defer { weights[block] = 1 }
      return value(weights)
    }
  }

  // MARK: The interval

  /// nil with one block, an undefined value, or more than a tenth of the resamples undefined.
  private func interval(
    _ resampled: [Double?], of value: Double?, blocks: Int, _ jackknife: [Double?]
  ) -> ScoreInterval? {
    let values = resampled.compactMap { $0 }.sorted()
    guard let value, blocks > 1, values.count > 1, values.count * 10 >= resampled.count * 9 else {
      return nil
    }
    let tail = (1 - confidence) / 2
    let levels: (Double, Double)
    switch method {
    case .percentile:
      levels = (tail, 1 - tail)
    case .expandedPercentile:
      let n = Double(blocks)
      let reach = studentQuantile(1 - tail, degreesOfFreedom: blocks - 1) * (n / (n - 1)).squareRoot()
      levels = (normalDistribution(-reach), normalDistribution(reach))
    case .biasCorrectedAccelerated:
      levels = accelerated(values, value, jackknife.compactMap { $0 }, tail)
    }
    return ScoreInterval(
      lower: quantile(values, levels.0), upper: quantile(values, levels.1), confidence: confidence)
  }

  /// Efron's levels: Φ(z₀ + (z₀ ± z) / (1 − a (z₀ ± z))).
  private func accelerated(
    _ values: [Double], _ value: Double, _ jackknife: [Double], _ tail: Double
  ) -> (Double, Double) {
    let below = Double(values.count { $0 < value }) + 0.5 * Double(values.count { $0 == value })
    let share = min(
      max(below / Double(values.count), 0.5 / Double(values.count)), 1 - 0.5 / Double(values.count))
    let bias = normalQuantile(share)
    let mean = jackknife.reduce(0, +) / Double(max(jackknife.count, 1))
    let (squares, cubes) = jackknife.reduce((0.0, 0.0)) { sums, one in
      let d = mean - one
      return (sums.0 + d * d, sums.1 + d * d * d)
    }
    let acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
    func level(_ z: Double) -> Double {
      normalDistribution(bias + (bias + z) / (1 - acceleration * (bias + z)))
    }
    return (level(normalQuantile(tail)), level(normalQuantile(1 - tail)))
  }
}
