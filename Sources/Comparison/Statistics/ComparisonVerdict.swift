import Foundation
import Reports
import Support
import Verification

/// The answer in words, for every task and any number of contenders. The score that decides and the margin within which
/// contenders count as equally good were named before training.
package struct ComparisonVerdict {
  let ranking: Ranking
  let primary: PrimaryScore
  /// "CSI, rain > 0.5 mm/h, pooled over all lead times".
  let scoreName: String
  /// What is equal for all contenders.
  let budget: Budget
  /// How often each contender forecasts the event for each time that it is observed, where the score is of events.
  let frequencyBiases: [Double?]
  /// The baselines in the same score.
  let baselines: [BaselineRivalry]
  /// Measured time of a training step of each contender.
  let stepSeconds: [Double]
  /// What a block is, "30 minutes of the test part".
  let block: String
  /// What makes more blocks, in a sentence.
  let moreBlocks: String
  /// "this data" or "these clips".
  let object: String
  let caveats: [String]
  /// A value of the score, and a difference of two.
  let format: (Double) -> String
  let differenceFormat: (Double) -> String

  package init(
    ranking: Ranking, primary: PrimaryScore, scoreName: String, budget: Budget,
    frequencyBiases: [Double?] = [], baselines: [BaselineRivalry], stepSeconds: [Double], block: String,
    moreBlocks: String, object: String, caveats: [String], format: @escaping (Double) -> String,
    differenceFormat: @escaping (Double) -> String
  ) {
    (self.ranking, self.primary, self.scoreName, self.budget) = (ranking, primary, scoreName, budget)
    (self.frequencyBiases, self.baselines) = (frequencyBiases, baselines)
    (self.stepSeconds, self.block, self.moreBlocks) = (stepSeconds, block, moreBlocks)
    (self.object, self.caveats) = (object, caveats)
    (self.format, self.differenceFormat) = (format, differenceFormat)
  }

  package var verdict: Verdict {
    guard let best = ranking.best else {
      return Verdict(
        recommendation: "The test part does not let \(scoreName) be computed.",
        reason: "It is undefined there, for example because no event was observed, so nothing can be said.",
        certainty: "Test on a period with events, or name a lower threshold.", primaryScore: primary,
        outcome: .unknown(reason: "\(scoreName) is undefined on the test part"))
    }
    let finding = finding(best)
    let words = VerdictWords(
      outcome: finding.outcome, names: ranking.names, best: ranking.names[best], object: object,
      stepSeconds: stepSeconds, baseline: finding.evidence?.comparison.decided, format: differenceFormat)
    var verdict = Verdict(
      recommendation: words.recommendation, reason: reason, certainty: certainty(finding), caveats: caveats,
      primaryScore: primary, outcome: finding.outcome)
    verdict.decisivePair = finding.evidence.map { .init(first: $0.first, second: $0.second) }
    return verdict
  }

  // MARK: The answer

  /// A comparison that an answer rests on.
  private struct Evidence {
    let comparison: PairedComparison
    let first: String
    let second: String
    let test: DieboldMariano?
  }

  private struct Finding {
    let outcome: Verdict.Outcome
    let evidence: Evidence?
  }

  /// Without an interval nothing is called a difference or none. A baseline, which costs nothing, comes first: what is not
  /// better than it is not worth training. Then equivalence within the margin, then a clear difference.
  private func finding(_ best: Int) -> Finding {
    let names = ranking.names
    let rivals = baselines.filter { $0.value != nil }
    func shown(_ pair: Ranking.Pair) -> Evidence {
      Evidence(
        comparison: pair.comparison, first: names[pair.first], second: names[pair.second], test: pair.test)
    }
    func between(_ rival: Int) -> Evidence? { ranking.pair(rival, best).map(shown) }
    let pair = ranking.decisive.map(shown)
    func evidence(_ baseline: BaselineRivalry) -> Evidence {
      Evidence(
        comparison: baseline.comparisons[best], first: names[best], second: baseline.name,
        test: baseline.tests[best])
    }
    let needed = [pair].compactMap { $0 } + rivals.map(evidence)
    guard let first = needed.first else {
      return Finding(outcome: .unknown(reason: "there is nothing to compare with"), evidence: nil)
    }
    if let missing = needed.first(where: { $0.comparison.conclusion == .cannotSay }) {
      return Finding(outcome: .unknown(reason: "there is no interval of the difference"), evidence: missing)
    }
    if let baseline = strongest(rivals.filter { $0.isAsGood(as: best) }) {
      return Finding(
        outcome: baseline.isLastFrame
          ? .lastFrameSuffices(baseline: baseline.name) : .useNeither(baseline: baseline.name),
        evidence: evidence(baseline))
    }
    if let baseline = strongest(rivals.filter { !$0.isBeaten(by: best) }) {
      return Finding(
        outcome: .noClearDifference(
          among: ranking.unbeaten.map { names[$0] } + [baseline.name], cheaper: baseline.name),
        evidence: evidence(baseline))
    }
    if names.count == 1 {
      return Finding(outcome: .use(model: names[0]), evidence: strongest(rivals).map(evidence) ?? first)
    }
    let equals = ranking.equivalent
    if !equals.isEmpty, ranking.unbeaten.allSatisfy({ $0 == best || equals.contains($0) }) {
      let among = names.indices.filter { $0 == best || equals.contains($0) }
      let evidence = strongestContender(equals).flatMap(between)
      return Finding(
        outcome: .equivalent(
          among: among.map { names[$0] }, cheaper: cheapest(among),
          margin: evidence?.comparison.equivalence?.margin ?? 0), evidence: evidence)
    }
    if let winner = ranking.winner { return Finding(outcome: .use(model: names[winner]), evidence: pair) }
    let open = ranking.unbeaten.filter { $0 != best && !equals.contains($0) }
    return Finding(
      outcome: .noClearDifference(
        among: ranking.unbeaten.map { names[$0] }, cheaper: cheapest(ranking.unbeaten)),
      evidence: strongestContender(open).flatMap(between))
  }

  private func strongest(_ baselines: [BaselineRivalry]) -> BaselineRivalry? {
    baselines.max { a, b in isBehind(a.value, b.value) }
  }

  private func strongestContender(_ contenders: [Int]) -> Int? {
    contenders.max { isBehind(ranking.values[$0], ranking.values[$1]) }
  }

  private func isBehind(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b != nil }
    return ranking.higherIsBetter ? a < b : a > b
  }

  /// The contender whose training steps are shortest, where that makes a tenth or more.
  private func cheapest(_ contenders: [Int]) -> String? {
    guard let cheapest = contenders.min(by: { stepSeconds[$0] < stepSeconds[$1] }),
      let dearest = contenders.map({ stepSeconds[$0] }).max(), stepSeconds[cheapest] > 0,
      dearest / stepSeconds[cheapest] >= 1.1
    else { return nil }
    return ranking.names[cheapest]
  }

  // MARK: Why and how sure

  private var reason: String {
    let values = ranking.names.indices.map { index in
      "\(ranking.values[index].map(format) ?? "undefined") for \(ranking.names[index])"
        + (index < frequencyBiases.count
          ? frequencyBiases[index].map { " (frequency bias \(NumberText.fixed($0, 2)))" } ?? "" : "")
    }
    let others = baselines.map { "\($0.value.map(format) ?? "undefined") for \($0.name)" }
    return "At equal \(budget.text), \(scoreName) is \(MeasuredText.list(values))"
      + (others.isEmpty ? "." : "; \(MeasuredText.list(others)).")
  }

  private func certainty(_ finding: Finding) -> String {
    guard let evidence = finding.evidence else {
      return "One contender was trained: there is nothing to compare it with."
    }
    let text = Certainty(
      comparison: evidence.comparison, first: evidence.first, second: evidence.second, test: evidence.test,
      block: block, moreBlocks: moreBlocks, format: differenceFormat
    ).text
    guard ranking.isAdjusted, evidence.comparison.difference.interval != nil,
      ranking.names.contains(evidence.second)
    else { return text }
    let isWithdrawn =
      evidence.comparison.isClear
      && !ranking.pairs.contains {
        ranking.names[$0.first] == evidence.first && ranking.names[$0.second] == evidence.second && $0.isClear
      }
    return text + " Intervals are adjusted for \(ranking.pairs.count) pairs by Holm’s method"
      + (isWithdrawn ? ", by which this one does not count, since a clearer pair is not clear." : ".")
  }
}
