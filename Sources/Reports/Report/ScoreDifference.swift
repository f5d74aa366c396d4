/// The difference of a score between two models or baselines on the same test data.
package struct ScoreDifference: Codable, Hashable, Sendable {
  /// "CSI, rain > 0.5 mm/h".
  package var score: String
  package var first: String
  package var second: String
  /// first − second, the mean over the seeds; nil where it is undefined.
  @Measured package var value: Double?
  /// Interval over blocks of the test data, from a paired bootstrap: 95%, or the level of ``adjustment``; nil where
  /// there is none.
  @Nullable package var interval: ScoreInterval?
  /// The difference seed by seed; empty where the two do not have the same seeds.
  package var bySeed: [Double?]
  /// Blocks that the interval is drawn from.
  package var blocks: Int
  package var higherIsBetter: Bool
  /// Whether this is the score that was named before training.
  package var isPrimary: Bool
  /// How the interval allows for the other pairs that were compared; nil for a plain 95% interval.
  @Nullable package var adjustment: Adjustment?

  package init(
    score: String, first: String, second: String, value: Double?, interval: ScoreInterval? = nil,
    bySeed: [Double?] = [], blocks: Int, higherIsBetter: Bool, isPrimary: Bool = false,
    adjustment: Adjustment? = nil
  ) {
    self.score = score
    self.first = first
    self.second = second
    self.value = value
    self.interval = interval
    self.bySeed = bySeed.map { $0.flatMap { $0.isFinite ? $0 : nil } }
    self.blocks = blocks
    self.higherIsBetter = higherIsBetter
    self.isPrimary = isPrimary
    self.adjustment = adjustment
  }

  /// The better one of the two, where the interval lies on one side of zero, all seeds agree and an adjustment for
  /// several pairs does not withdraw it.
  package var winner: String? {
    guard let interval, interval.lower > 0 || interval.upper < 0 else { return nil }
    guard adjustment?.isClear != false else { return nil }
    let seeds = bySeed.compactMap { $0 }
    guard seeds.allSatisfy({ $0 > 0 }) || seeds.allSatisfy({ $0 < 0 }) else { return nil }
    return (interval.lower > 0) == higherIsBetter ? first : second
  }
}
