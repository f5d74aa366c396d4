import Reports

extension Ranking {
  /// Every pair as a line of the report's table of differences.
  func reported(_ score: String, isPrimary: Bool = false) -> [ScoreDifference] {
    pairs.map { pair in
      var line = pair.comparison.reported(
        score: score, first: names[pair.first], second: names[pair.second], isPrimary: isPrimary)
      if isAdjusted { line.adjustment = .holm(rank: pair.rank, of: pairs.count, isClear: pair.isClear) }
      return line
    }
  }
}
