import Foundation
import Reports
import Verification

/// The answer in words, for every task and any number of contenders. The score that decides was named before training.
struct ComparisonVerdict {
  let ranking: Ranking
  let primary: PrimaryScore
  /// "CSI, rain > 0.5 mm/h, pooled over all lead times".
  let scoreName: String
  /// What is equal for all contenders.
  let budget: Budget
  /// Values of the baselines in the same score.
  let baselines: [(name: String, value: Double?)]
  /// Measured time of a training step of each contender.
  let stepSeconds: [Double]
  /// What a block is, "30 minutes of the test period".
  let block: String
  /// "this data" or "these clips".
  let object: String
  /// "forecast" or "recognise".
  let verb: String
  let caveats: [String]
  /// A value of the score, and a difference of two.
  let format: (Double) -> String
  let differenceFormat: (Double) -> String

  var verdict: Verdict {
    guard let best = ranking.best else {
      return Verdict(
        recommendation: "The test part does not let \(scoreName) be computed.",
        reason: "It is undefined there, for example because no event was observed, so nothing can be said.",
        certainty: "Test on a period with events, or name a lower threshold.", primaryScore: primary)
    }
    return Verdict(
      recommendation: recommendation(best), reason: reason, certainty: certainty, caveats: caveats,
      preferredModel: unbeatenBaseline(best) == nil ? ranking.winner.map { ranking.names[$0] } : nil,
      primaryScore: primary)
  }

  /// A baseline that is at least as good as the best contender, the best of them.
  private func unbeatenBaseline(_ best: Int) -> String? {
    guard let value = ranking.values[best] else { return nil }
    func isAhead(_ a: Double, _ b: Double) -> Bool { ranking.higherIsBetter ? a > b : a < b }
    let known = baselines.compactMap { baseline in baseline.value.map { (baseline.name, $0) } }
    return known.filter { !isAhead(value, $0.1) }.max { isAhead($1.1, $0.1) }?.0
  }

  private func recommendation(_ best: Int) -> String {
    let names = ranking.names
    if let baseline = unbeatenBaseline(best) {
      let none =
        names.count == 1 ? "Do not use \(names[0])" : names.count == 2 ? "Use neither" : "Use none of them"
      return "\(none): \(baseline) is at least as good on \(object)."
    }
    if names.count == 1 { return "\(names[0]) is better than every baseline on \(object)." }
    if let winner = ranking.winner { return "Use \(names[winner]) for \(object)." }
    let unbeaten = ranking.unbeaten
    if ranking.decisive?.conclusion == .cannotSay {
      return "\(names[best]) scored best on \(object), but there is no interval: nothing can be said of a difference."
    }
    let cheapest = unbeaten.min { stepSeconds[$0] < stepSeconds[$1] } ?? best
    let dearest = unbeaten.map { stepSeconds[$0] }.max() ?? 0
    var text = "No clear difference: \(list(unbeaten)) \(verb) \(object) about equally well."
    if stepSeconds[cheapest] > 0, dearest / stepSeconds[cheapest] >= 1.1 {
      let factor = MeasuredText.significant(dearest / stepSeconds[cheapest])
      text +=
        unbeaten.count == 2
        ? " \(names[cheapest]) is the cheaper one: a training step of the other takes \(factor) times as long."
        : " \(names[cheapest]) is the cheapest: a training step of the dearest takes \(factor) times as long."
    }
    return text
  }

  private var reason: String {
    let values = ranking.names.indices.map { index in
      "\(ranking.values[index].map(format) ?? "undefined") for \(ranking.names[index])"
    }
    let others = baselines.map { "\($0.value.map(format) ?? "undefined") for \($0.name)" }
    return "At equal \(budget.text), \(scoreName) is \(joined(values))"
      + (others.isEmpty ? "." : "; \(joined(others)).")
  }

  private var certainty: String {
    guard let decisive = ranking.decisive else {
      return "One contender was trained: there is nothing to compare it with but the baselines."
    }
    return (ranking.isAdjusted
      ? "Of the best two: " : "")
      + Certainty(comparison: decisive, block: block, format: differenceFormat).text
      + (ranking.isAdjusted
        ? " Intervals are adjusted for \(ranking.pairs.count) pairs by Holm’s method." : "")
  }

  private func list(_ contenders: [Int]) -> String { joined(contenders.map { ranking.names[$0] }) }

  private func joined(_ parts: [String]) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and \(last)"
  }
}
