import Reports

extension Ranking {
  /// Every pair as a line of the report's table of differences.
  package func reported(_ score: String, isPrimary: Bool = false) -> [ScoreDifference] {
    pairs.map { pair in
      var line = pair.comparison.reported(
        score: score, first: names[pair.first], second: names[pair.second], isPrimary: isPrimary,
        test: pair.test)
      if isAdjusted { line.adjustment = .holm(rank: pair.rank, of: pairs.count, isClear: pair.isClear) }
      return line
    }
  }
}

extension ComparisonReport {
  /// The model that is clearly better than every other in the score that decides; baselines do not count.
  package var clearWinner: String? {
    let pairs = (differences ?? []).filter { difference in
      difference.isPrimary
        && [difference.first, difference.second].allSatisfy { name in
          models.contains { $0.name == name }
        }
    }
    return models.map(\.name).first { name in
      let own = pairs.filter { [$0.first, $0.second].contains(name) }
      return !own.isEmpty && own.allSatisfy { $0.winner == name }
    }
  }
}
