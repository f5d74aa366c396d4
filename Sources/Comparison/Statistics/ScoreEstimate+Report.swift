import Reports
import Verification

extension ScoreEstimate {
  /// The interval as reports write it.
  var reported: Reports.ScoreInterval? {
    interval.flatMap { Reports.ScoreInterval(lower: $0.lower, upper: $0.upper) }
  }
}

extension PairedComparison {
  /// As a line of the report's table of differences.
  func reported(
    score: String, first: String, second: String, isPrimary: Bool = false,
    role: ScoreDifference.Role = .exploratory, test: DieboldMariano? = nil
  ) -> ScoreDifference {
    var line = ScoreDifference(
      score: score, first: first, second: second, value: difference.value, interval: difference.reported,
      bySeed: difference.seeds.values, blocks: difference.blocks, higherIsBetter: higherIsBetter,
      isPrimary: isPrimary)
    line.events = difference.events
    line.role = isPrimary ? .decides : role
    line.equivalence = equivalence.map {
      ScoreDifference.Equivalence(
        margin: $0.margin, firstIsBetter: $0.firstIsBetter, equivalent: $0.equivalent,
        secondIsBetter: $0.secondIsBetter)
    }
    line.test = test.map {
      ScoreDifference.Test(
        name: .dieboldMariano, statistic: $0.statistic, pValue: $0.pValue, horizon: $0.horizon,
        blocks: $0.count)
    }
    return line
  }

  /// The conclusion, but for a difference within the margin, which does not matter.
  var decided: Conclusion { equivalence?.isEquivalent == true ? .noClearDifference : conclusion }

  /// Whether one side is to be preferred: the interval, which holds chance in events, blocks and seeds, lies on one side
  /// of zero.
  var isClear: Bool { conclusion == .firstIsBetter || conclusion == .secondIsBetter }
}

extension Double {
  /// The number that was meant by a `Float`: 0.1 and not 0.100000001490116.
  init(meantBy value: Float) { self = Double("\(value)") ?? Double(value) }
}
