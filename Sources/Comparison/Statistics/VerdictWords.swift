import Reports
import Support
import Verification

/// The headline of an outcome. It says no more than the outcome does: no clear difference is not equality, and unknown is
/// neither.
struct VerdictWords {
  let outcome: Verdict.Outcome
  let names: [String]
  /// The contender with the best value.
  let best: String
  /// "this data" or "these clips".
  let object: String
  /// Measured time of a training step of each contender.
  let stepSeconds: [Double]
  /// What the interval says of the best contender and the baseline that the outcome names.
  let baseline: PairedComparison.Conclusion?
  /// A difference of two values.
  let format: (Double) -> String

  var recommendation: String {
    switch outcome {
    case .use(let name):
      return names.count == 1
        ? "\(name) is better than every baseline on \(object)." : "Use \(name) for \(object)."
    case .useNeither(let baseline):
      return "\(none): \(baseline) is \(rank) on \(object)."
    case .lastFrameSuffices:
      return "The last frame alone is \(rank) on \(object): no recurrence is needed."
    case .unknown:
      return
        "\(best) scored best on \(object), but there is no interval: nothing can be said of a difference."
    case .equivalent(let among, let cheaper, let margin):
      let text = "\(MeasuredText.list(among)) are equivalent on \(object), within \(format(margin))"
      return text
        + (cheaper.map { ": take \($0), the cheap\(among.count == 2 ? "er" : "est"). \(cost($0, among))" }
          ?? ", and cost about the same.")
    case .noClearDifference(let among, let cheaper):
      let text = "No clear difference between \(MeasuredText.list(among)) on \(object)."
      guard let cheaper else { return text + " They cost about the same." }
      guard names.contains(cheaper) else { return text + " \(cheaper) needs no training." }
      return text + " \(cheaper) is the cheap\(among.count == 2 ? "er one" : "est"). \(cost(cheaper, among))"
    }
  }

  private var rank: String { baseline == .secondIsBetter ? "better" : "as good" }

  private var none: String {
    switch names.count {
    case 1: "Do not use \(names[0])"
    case 2: "Use neither"
    default: "Use none of them"
    }
  }

  /// How many times longer a training step takes.
  private func cost(_ cheaper: String, _ among: [String]) -> String {
    let seconds = names.indices.filter { among.contains(names[$0]) }.map { stepSeconds[$0] }
    guard let own = names.firstIndex(of: cheaper).map({ stepSeconds[$0] }), own > 0,
      let dearest = seconds.max()
    else { return "" }
    return "A training step of the \(among.count == 2 ? "other" : "dearest") takes "
      + "\(MeasuredText.significant(dearest / own)) times as long."
  }
}
