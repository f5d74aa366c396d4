/// A hierarchical bootstrap: how far a score, or the difference of two scores on the same data, would move with other
/// events, other blocks of time and other seeds from the same populations.
///
/// A resample draws with replacement, from the top down: as many events as there are, where there are at least two;
/// in each of them as many blocks as it has; and as many training runs (seeds) as there are, where there are at least
/// two. The sums of the drawn blocks are added up, the score is taken of the total for each drawn run, and their mean
/// is the resampled value. Two forecasts are compared on the same draws (paired), seeds included.
///
/// Drawing at every level is what Davison & Hinkley (1997, *Bootstrap Methods and their Application*, 3.8) and
/// Saravanan, Berman & Sober (2020, *Application of the hierarchical bootstrap to multi-level data in neuroscience*)
/// describe; the blocks are those of Efron & Tibshirani (1993, *An Introduction to the Bootstrap*, 8.6). With few
/// blocks in an event it errs on the wide side, since the chance in an event's mean counts at two levels.
///
/// What it cannot do: blocks of one event say nothing about other events, one run says nothing about other seeds, and
/// neighbouring blocks that depend on one another make the interval too narrow. Resamples depend on the seed and the
/// numbers of events, blocks and runs alone; the same seed gives the same bits.
public struct BlockBootstrap: Codable, Hashable, Sendable {
  /// How the interval follows from the resampled values.
  public enum Method: String, CaseIterable, Codable, Sendable {
    /// The quantiles (1 ± confidence) / 2.
    case percentile
    /// The percentile interval with its level corrected for few units: a level of Φ(−t √f), with t Student's quantile.
    /// For n blocks alone t has n − 1 degrees of freedom and f = n / (n − 1); for a mean it is then as wide as
    /// Student's interval, where plain percentiles are too narrow (Hesterberg 2015, "What teachers should know about
    /// the bootstrap"). With several levels the degrees of freedom are Satterthwaite's (1946) of their variances, so
    /// that the level with few units counts as far as it matters. Below nine degrees of freedom resamples do not
    /// reach far enough, and an end lies at Student's where that is further out.
    case expandedPercentile
    /// Bias-corrected and accelerated (Efron 1987), the acceleration from leaving out one block at a time.
    case biasCorrectedAccelerated
  }

  public var resamples: Int
  /// The share of repetitions in which the interval is meant to hold the true value.
  public var confidence: Double
  public var method: Method
  public var seed: UInt64

  /// With fewer blocks than this there is no interval: it could not be trusted.
  public static let fewestBlocks = 10

  public init(
    resamples: Int = 2000, confidence: Double = 0.95, method: Method = .expandedPercentile, seed: UInt64 = 1
  ) {
    self.resamples = resamples
    self.confidence = confidence
    self.method = method
    self.seed = seed
  }

  /// The score of one or several training runs on the same blocks, with its interval.
  ///
  /// - Throws: ``VerificationError`` when the runs do not have the same blocks, or the sums are not the
  ///   score's.
  public func estimate(
    _ score: PooledScore, of runs: [BlockScores]
  ) throws(VerificationError) -> ScoreEstimate {
    let aligned = try aligned(runs, score)
    let spread = SeedSpread(aligned.map { score.value($0.pooled) })
    let distribution = HierarchicalResampling(score: score, first: aligned, second: []).distribution(
      self, value: spread.mean)
    return distribution.estimate(seeds: spread)
  }

  /// The difference first − second of a score on the same blocks, with its interval. Both may hold several training
  /// runs; a baseline holds one. Equally many runs on both sides are pairs of one seed.
  ///
  /// - Parameters:
  ///   - score: What is compared.
  ///   - first: The runs of the first.
  ///   - second: The runs of the second.
  ///   - margin: A difference up to which both count as equally good, in units of the score; nil for none.
  /// - Throws: ``VerificationError`` when the two do not have the same blocks, the sums are not the score's, or the
  ///   margin is negative.
  public func compare(
    _ score: PooledScore, _ first: [BlockScores], _ second: [BlockScores], margin: Double? = nil
  ) throws(VerificationError) -> PairedComparison {
    if let margin, !(margin >= 0 && margin.isFinite) {
      throw VerificationError(
        expected: "a margin of at least 0", received: "\(margin)", remedy: "Name it in units of the score.")
    }
    let all = try aligned(first + second, score)
    let (a, b) = (Array(all.prefix(first.count)), Array(all.dropFirst(first.count)))
    guard !a.isEmpty, !b.isEmpty else {
      throw VerificationError(
        expected: "at least one run on either side", received: "\(a.count) and \(b.count)",
        remedy: "Pass the block sums of every seed of either side.")
    }
    let (means, others) = (
      SeedSpread(a.map { score.value($0.pooled) }), SeedSpread(b.map { score.value($0.pooled) })
    )
    let value = means.mean.flatMap { one in others.mean.map { one - $0 } }
    let distribution = HierarchicalResampling(score: score, first: a, second: b).distribution(
      self, value: value)
    let perSeed: [Double?] =
      a.count == b.count
      ? zip(means.values, others.values).map { one, other in
        guard let one, let other else { return nil }
        return one - other
      } : []
    return PairedComparison(
      score: score.name, higherIsBetter: score.higherIsBetter, first: try estimate(score, of: a),
      second: try estimate(score, of: b), difference: distribution.estimate(seeds: SeedSpread(perSeed)),
      equivalence: margin.flatMap { distribution.equivalence(margin: $0, score.higherIsBetter) })
  }

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
      guard ordered.events == first.events else {
        throw VerificationError(
          expected: "the same events on all sides", received: "blocks that belong to other events",
          remedy: "Score all forecasts on the same test samples.")
      }
      result.append(ordered)
    }
    return result
  }
}
