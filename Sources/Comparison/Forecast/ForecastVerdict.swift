import Architectures
import Foundation
import Reports
import Support
import Verification

/// The answer in words. The score that decides was named before training.
struct ForecastVerdict {
  let report: ForecastReport
  /// ConvLSTM2D (first) against Conv2D + LSTM in the score that decides.
  let comparison: PairedComparison

  var verdict: Verdict {
    get throws {
      let primary = report.primary
      let names = report.families.map(\.name)
      guard let integrated = comparison.first.value, let sequential = comparison.second.value else {
        return Verdict(
          recommendation: "The test part does not let \(primary.name) be computed.",
          reason: "It is undefined there, for example because no event was observed, so nothing can be said.",
          certainty: "Test on a period with rain, or name a lower threshold.",
          primaryScore: primary.primary)
      }
      let values = [sequential, integrated]
      let integratedIsBetter = (integrated >= sequential) == comparison.higherIsBetter
      let better = integratedIsBetter ? 1 : 0
      var recommendation =
        comparison.isClear
        ? "Use \(names[better]) for this data."
        : "No clear difference: \(names[0]) and \(names[1]) forecast this data about equally well."
      if let loser = try unbeatenBaseline(values[better]) {
        recommendation += " Neither beats \(loser), so train longer before using one."
      }
      return Verdict(
        recommendation: recommendation, reason: try reason(values, better: better, names),
        certainty: certainty, caveats: caveats,
        preferredModel: comparison.isClear ? names[better] : nil, primaryScore: primary.primary)
    }
  }

  private func reason(_ values: [Double], better: Int, _ names: [String]) throws -> String {
    let primary = report.primary
    var text =
      comparison.isClear
      ? "At equal \(report.options.budget.text) its \(primary.name), pooled over all lead times, is \(number(values[better])) "
        + "against \(number(values[1 - better])) for \(names[1 - better])"
      : "\(primary.name), pooled over all lead times, is \(number(values[0])) for \(names[0]) and "
        + "\(number(values[1])) for \(names[1])"
    for (baseline, scores) in report.baselines {
      if let value = primary.score.value(try primary.sums(scores).pooled) {
        text += "; \(baseline.name) reaches \(number(value))"
      }
    }
    return text + "."
  }

  /// The name of a baseline that is at least as good as the better model.
  private func unbeatenBaseline(_ best: Double) throws -> String? {
    for (baseline, scores) in report.baselines {
      guard let value = report.primary.score.value(try report.primary.sums(scores).pooled) else { continue }
      if comparison.higherIsBetter ? value >= best : value <= best { return baseline.name }
    }
    return nil
  }

  private var certainty: String {
    Certainty(comparison: comparison, block: ForecastReport.blockText(report.data), format: number).text
  }

  private var caveats: [String] {
    var caveats = [
      report.data.blocks.areEvents
        ? "Windows of one event share frames; the interval is over whole events of this kind."
        : "All test windows belong to one event, and neighbouring ones share frames: the interval cannot speak "
          + "for other events.",
      "Equal \(report.options.budget.text) \(report.options.budget == .time ? "is" : "are") not all: parameters, "
        + "operations and time of both are in the table.",
    ]
    if report.families.contains(where: \.wasStoppedByTime) {
      caveats.append("A training was stopped by its time cap; longer training may change the order.")
    }
    let done = report.families.map(\.records.count).min() ?? 0
    if done < report.options.seedCount {
      caveats.append("\(done) of \(report.options.seedCount) seeds are done; the report is not final.")
    }
    return caveats
  }

  private func number(_ value: Double) -> String { NumberText.fixed(value, 3) }
}
