import Architectures
import Foundation
import Reports

/// The answer in words. The primary score was named before training: the CSI at the lowest threshold, pooled over
/// lead times.
struct ForecastVerdict {
  let report: ForecastReport

  /// Differences of the CSI below this are called no clear difference. A single event and seed give no interval;
  /// this is a convention, not a test, and the report says so.
  static let smallestDifference = 0.02

  var verdict: Verdict {
    let threshold = report.options.thresholds[0]
    let primary = PrimaryScore.csi(threshold: Double(threshold))
    let unit = report.data.source.unit.rawValue
    let csi = report.scores.map { $0.pooledTables[0].csi }
    let persistence = report.persistence.pooledTables[0].csi
    guard csi.count == 2, let first = csi[0], let second = csi[1] else {
      return Verdict(
        recommendation: "The test part holds no rain above \(text(threshold)) \(unit).",
        reason: "The critical success index is undefined there, so nothing can be said.",
        certainty: "Test on a period with rain, or name a lower threshold.", primaryScore: primary)
    }
    let names = report.trained.map(\.family.displayName)
    let better = first >= second ? 0 : 1
    let (high, low) = (max(first, second), min(first, second))
    let isClear = high - low >= Self.smallestDifference
    let beatsPersistence = persistence.map { high > $0 } ?? true
    var recommendation =
      isClear
      ? "Use \(names[better]) for this data."
      : "No clear difference: \(names[0]) and \(names[1]) forecast this data equally well."
    if !beatsPersistence { recommendation += " Neither beats persistence, so train longer before using one." }
    var reason =
      "At equal parameters its CSI at \(text(threshold)) \(unit), pooled over all lead times, is "
      + "\(text(high)) against \(text(low)) for \(names[1 - better])"
    if !isClear {
      reason =
        "The CSI at \(text(threshold)) \(unit), pooled over all lead times, is \(text(first)) for \(names[0]) "
        + "and \(text(second)) for \(names[1])"
    }
    reason += persistence.map { "; Eulerian persistence reaches \(text($0))." } ?? "."
    return Verdict(
      recommendation: recommendation, reason: reason, certainty: certainty, caveats: caveats,
      preferredModel: isClear ? names[better] : nil, primaryScore: primary)
  }

  private var certainty: String {
    "One seed and one test period: there is no interval to judge the difference by. Differences below "
      + "\(text(Self.smallestDifference)) are called no clear difference by convention."
  }

  private var caveats: [String] {
    var caveats = [
      "The test windows overlap and belong to one event; the result cannot speak for other events.",
      "Equal parameters are not equal work: the operations of both are in the table.",
    ]
    if report.trained.contains(where: \.stoppedByTimeCap) {
      caveats.append("A training was stopped by its time cap; longer training may change the order.")
    }
    return caveats
  }

  private func text(_ value: Float) -> String {
    Double(value).formatted(.number.precision(.fractionLength(0...2)))
  }

  private func text(_ value: Double) -> String { value.formatted(.number.precision(.fractionLength(3))) }
}
