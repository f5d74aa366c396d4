/// The difference of a score between two models or baselines on the same test data.
package struct ScoreDifference: Codable, Hashable, Sendable {
  /// "CSI, rain > 0.5 mm/h".
  package var score: String
  package var first: String
  package var second: String
  /// first − second, the mean over the seeds; nil where it is undefined.
  @Measured package var value: Double?
  /// Interval over events, blocks of the test data and seeds, from a paired bootstrap: 95%, or the level of
  /// ``adjustment``; nil where there is none.
  @Nullable package var interval: ScoreInterval?
  /// The difference seed by seed; empty where the two do not have the same seeds.
  package var bySeed: [Double?]
  /// Blocks that the interval is drawn from.
  package var blocks: Int
  /// Events that the blocks belong to; nil in reports of before.
  @Nullable package var events: Int?
  package var higherIsBetter: Bool
  /// Whether this is the score that was named before training.
  package var isPrimary: Bool
  /// Whether it decides or is there to explore; nil in reports of before.
  @Nullable package var role: Role?
  /// How probable it is that the difference matters; nil where it was not asked, or without an interval.
  @Nullable package var equivalence: Equivalence?
  /// A test beside the interval; nil where none was made.
  @Nullable package var test: Test?
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
    (events, role, equivalence, test) = (nil, nil, nil, nil)
  }

  /// What may be said of the two.
  package enum Conclusion: Hashable, Sendable {
    /// This one is better, by the interval.
    case better(String)
    /// They are equally good within the margin.
    case equivalent
    /// The interval allows both.
    case notClear
    /// There is no interval.
    case unknown
  }

  /// Equivalence comes first: a difference within the margin does not matter, however clear it is.
  package var conclusion: Conclusion {
    guard let interval else { return .unknown }
    if equivalence?.isEquivalent == true { return .equivalent }
    guard interval.lower > 0 || interval.upper < 0, adjustment?.isClear != false else { return .notClear }
    return .better((interval.lower > 0) == higherIsBetter ? first : second)
  }

  /// The better one of the two, where the interval lies on one side of zero, the difference is not within the margin and
  /// an adjustment for several pairs does not withdraw it.
  package var winner: String? {
    if case .better(let name) = conclusion { name } else { nil }
  }
}
