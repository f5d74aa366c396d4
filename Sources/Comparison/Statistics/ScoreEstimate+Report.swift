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
    score: String, first: String, second: String, isPrimary: Bool = false
  ) -> ScoreDifference {
    ScoreDifference(
      score: score, first: first, second: second, value: difference.value, interval: difference.reported,
      bySeed: difference.seeds.values, blocks: difference.blocks, higherIsBetter: higherIsBetter,
      isPrimary: isPrimary)
  }

  /// Whether one side is to be preferred: the interval lies on one side of zero and no seed says otherwise.
  var isClear: Bool {
    (conclusion == .firstIsBetter || conclusion == .secondIsBetter) && seedsAgree != false
  }
}

extension Double {
  /// The number that was meant by a `Float`: 0.1 and not 0.100000001490116.
  init(meantBy value: Float) { self = Double("\(value)") ?? Double(value) }
}
