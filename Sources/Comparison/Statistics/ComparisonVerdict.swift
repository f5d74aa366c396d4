import Foundation
import Reports
import Support
import Verification

/// The answer in words, for every task and any number of contenders. The score that decides was named before training.
struct ComparisonVerdict {
  let ranking: Ranking
  let primary: PrimaryScore
  /// "CSI, rain > 0.5 mm/h, pooled over all lead times".
  let scoreName: String
  /// What is equal for all contenders.
  let budget: Budget
  /// How often each contender forecasts the event for each time that it is observed, where the score is of events.
  var frequencyBiases: [Double?] = []
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
    let outcome = outcome
    guard let best = ranking.best else {
      return Verdict(
        recommendation: "The test part does not let \(scoreName) be computed.",
        reason: "It is undefined there, for example because no event was observed, so nothing can be said.",
        certainty: "Test on a period with events, or name a lower threshold.", primaryScore: primary,
        outcome: outcome)
    }
    return Verdict(
      recommendation: recommendation(outcome, best), reason: reason, certainty: certainty, caveats: caveats,
      primaryScore: primary, outcome: outcome)
  }

  /// The answer: one contender, several that are about equally good, a baseline, or none. Without an interval nothing is
  /// called a difference or none.
  private var outcome: Verdict.Outcome {
    guard let best = ranking.best else {
      return .unknown(reason: "\(scoreName) is undefined on the test part")
    }
    let names = ranking.names
    if let baseline = unbeatenBaseline(best) { return .useNeither(baseline: baseline) }
    if names.count == 1 { return .use(model: names[0]) }
    if let winner = ranking.winner { return .use(model: names[winner]) }
    guard ranking.decisive?.conclusion != .cannotSay else {
      return .unknown(reason: "there is no interval of the difference")
    }
    let unbeaten = ranking.unbeaten
    let cheapest = unbeaten.min { stepSeconds[$0] < stepSeconds[$1] }
    let dearest = unbeaten.map { stepSeconds[$0] }.max() ?? 0
    let isCheaper = cheapest.map { stepSeconds[$0] > 0 && dearest / stepSeconds[$0] >= 1.1 } ?? false
    return .noClearDifference(
      among: unbeaten.map { names[$0] }, cheaper: isCheaper ? cheapest.map { names[$0] } : nil)
  }

  /// A baseline that is at least as good as the best contender, the best of them.
  private func unbeatenBaseline(_ best: Int) -> String? {
    guard let value = ranking.values[best] else { return nil }
    func isAhead(_ a: Double, _ b: Double) -> Bool { ranking.higherIsBetter ? a > b : a < b }
    let known = baselines.compactMap { baseline in baseline.value.map { (baseline.name, $0) } }
    return known.filter { !isAhead(value, $0.1) }.max { isAhead($1.1, $0.1) }?.0
  }

  private func recommendation(_ outcome: Verdict.Outcome, _ best: Int) -> String {
    let names = ranking.names
    switch outcome {
    case .use(let name):
      return names.count == 1
        ? "\(name) is better than every baseline on \(object)." : "Use \(name) for \(object)."
    case .useNeither(let baseline):
      let none =
        names.count == 1 ? "Do not use \(names[0])" : names.count == 2 ? "Use neither" : "Use none of them"
      return "\(none): \(baseline) is at least as good on \(object)."
    case .unknown:
      return
        "\(names[best]) scored best on \(object), but there is no interval: nothing can be said of a difference."
    case .noClearDifference(let among, let cheaper):
      let text = "No clear difference: \(joined(among)) \(verb) \(object) about equally well."
      guard let cheaper, let own = names.firstIndex(of: cheaper).map({ stepSeconds[$0] }) else { return text }
      let dearest = ranking.unbeaten.map { stepSeconds[$0] }.max() ?? own
      let factor = MeasuredText.significant(dearest / own)
      return text
        + (among.count == 2
          ? " \(cheaper) is the cheaper one: a training step of the other takes \(factor) times as long."
          : " \(cheaper) is the cheapest: a training step of the dearest takes \(factor) times as long.")
    }
  }

  private var reason: String {
    let values = ranking.names.indices.map { index in
      "\(ranking.values[index].map(format) ?? "undefined") for \(ranking.names[index])"
        + (index < frequencyBiases.count
          ? frequencyBiases[index].map { " (frequency bias \(NumberText.fixed($0, 2)))" } ?? "" : "")
    }
    let others = baselines.map { "\($0.value.map(format) ?? "undefined") for \($0.name)" }
    return "At equal \(budget.text), \(scoreName) is \(joined(values))"
      + (others.isEmpty ? "." : "; \(joined(others)).")
  }

  private var certainty: String {
    guard let decisive = ranking.decisive else {
      return "One contender was trained: there is nothing to compare it with but the baselines."
    }
    return (ranking.isAdjusted ? "Of the best two: " : "")
      + Certainty(comparison: decisive, block: block, format: differenceFormat).text
      + (ranking.isAdjusted
        ? " Intervals are adjusted for \(ranking.pairs.count) pairs by Holm’s method." : "")
  }

  private func joined(_ parts: [String]) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and \(last)"
  }
}
