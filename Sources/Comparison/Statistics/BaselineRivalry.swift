import Reports
import Verification

/// A baseline under the score that decides, and what each contender has over it.
package struct BaselineRivalry {
  package let name: String
  package let value: Double?
  /// Contender − baseline, in the order of the contenders.
  let comparisons: [PairedComparison]
  /// Beside them, block by block.
  let tests: [DieboldMariano?]
  /// Whether it sees the last frame alone, so that what it reaches needs no recurrence.
  let isLastFrame: Bool

  package init(
    name: String, value: Double?, comparisons: [PairedComparison], tests: [DieboldMariano?],
    isLastFrame: Bool = false
  ) {
    self.name = name
    self.value = value
    self.comparisons = comparisons
    self.tests = tests
    self.isLastFrame = isLastFrame
  }

  /// Lines of the report's table of differences.
  package func reported(_ score: String, contenders: [String]) -> [ScoreDifference] {
    contenders.indices.map { index in
      comparisons[index].reported(
        score: score, first: contenders[index], second: name, role: .decides, test: tests[index])
    }
  }

  /// Whether a contender is no better than it: its value is no better, or both are within the margin.
  func isAsGood(as contender: Int) -> Bool {
    let comparison = comparisons[contender]
    if comparison.equivalence?.isEquivalent == true { return true }
    guard let difference = comparison.difference.value else { return false }
    return comparison.higherIsBetter ? difference <= 0 : difference >= 0
  }

  /// Whether a contender is clearly better than it.
  func isBeaten(by contender: Int) -> Bool { comparisons[contender].conclusion == .firstIsBetter }
}
