extension ScoreDifference {
  /// How an interval allows for the number of pairs in its score: Holm (1979), *A simple sequentially rejective
  /// multiple test procedure*.
  ///
  /// Of m pairs, the one of rank k by evidence has an interval at the level 1 − 0.05 / (m − k + 1). It is clear if that
  /// interval lies on one side of zero and all pairs of lower rank are clear.
  package struct Adjustment: Codable, Hashable, Sendable {
    package enum Method: String, Codable, CaseIterable, Sendable {
      case holm
    }

    package var method: Method
    /// Pairs that were compared in this score, m.
    package var pairs: Int
    /// Level of the interval, between 0.95 and 1.
    package var level: Double
    /// Whether the step-down test finds a difference.
    package var isClear: Bool

    /// - Parameters:
    ///   - rank: 1 for the pair with the strongest evidence.
    ///   - pairs: Pairs that were compared in this score.
    ///   - isClear: Whether this pair and all of lower rank have an interval on one side of zero.
    package static func holm(rank: Int, of pairs: Int, isClear: Bool) -> Adjustment {
      let remaining = Double(max(pairs - rank + 1, 1))
      return Adjustment(method: .holm, pairs: pairs, level: 1 - 0.05 / remaining, isClear: isClear)
    }

    package init(method: Method, pairs: Int, level: Double, isClear: Bool) {
      self.method = method
      self.pairs = pairs
      self.level = level
      self.isClear = isClear
    }
  }
}
