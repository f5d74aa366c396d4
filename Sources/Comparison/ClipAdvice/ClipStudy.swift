import Foundation

/// Sets of clips on which both families and the last frame alone were trained, and what follows for other clips.
///
/// The probability of a result is its share among the studied sets, each weighted by how near its probes are (a
/// Nadaraya–Watson estimate), drawn towards the share over all sets by as much as one set. The width of the weights is
/// chosen by leaving out one set at a time.
package struct ClipStudy: Sendable {
  /// What is likely.
  package struct Forecast: Codable, Hashable, Sendable {
    /// ConvLSTM2D is more accurate by more than the margin, and so on; they add up to 1.
    package var convLSTM2D: Double
    package var conv2dLSTM: Double
    package var alike: Double
    /// No family is above the last frame alone by more than the margin.
    package var lastFrameIsAsGood: Double
    /// How many studied sets are near, about.
    package var nearSets: Double

    /// Whether enough sets are near to say so.
    package var isSupported: Bool { nearSets >= 3 }

    package func probability(_ result: Result) -> Double {
      switch result {
      case .convLSTM2D: convLSTM2D
      case .conv2dLSTM: conv2dLSTM
      case .alike: alike
      }
    }
  }

  /// How well the study forecasts sets that it was not fitted on.
  package struct Judgement: Codable, Hashable, Sendable {
    package var fitted: Int
    package var heldOut: Int
    /// Held-out sets where one family is more accurate by more than the margin, and at how many of them it was given the
    /// higher probability.
    package var clear: Int
    package var right: Int
    /// Held-out sets where the forecast of the last frame alone was right, at one half.
    package var lastFrameRight: Int
    /// The Brier score over the three results, 0 best, and that of the shares over all fitted sets.
    package var brier: Double
    package var baseBrier: Double
    package var lastFrameBrier: Double
    package var lastFrameBaseBrier: Double
  }

  static let widths = [0.25, 0.5, 1.0, 2.0, 4.0]

  package let rows: [Row]
  let fitted: [Row]
  let width: Double

  /// nil with fewer than eight sets to fit.
  package init?(rows: [Row]) {
    self.rows = rows.sorted { $0.number < $1.number }
    fitted = self.rows.filter { !StudiedClips.isHeldOut($0.number) }
    guard fitted.count >= 8 else { return nil }
    var best = (loss: Double.infinity, width: 1.0)
    for width in Self.widths {
      var loss = 0.0
      for (index, row) in fitted.enumerated() {
        var others = fitted
        others.remove(at: index)
        let forecast = Self.forecast(row.situation, others, width)
        loss -= log(max(forecast.probability(row.result), 1e-6))
        let last = forecast.lastFrameIsAsGood
        loss -= log(max(row.lastFrameIsAsGood ? last : 1 - last, 1e-6))
      }
      if loss < best.loss { best = (loss, width) }
    }
    width = best.width
  }

  /// The study whose table is part of the program; nil where it is empty.
  package static let standard = ClipStudy(
    rows: rows(in: String(decoding: PackageResources.clip_study_csv, as: UTF8.self)))

  /// The rows of a table; lines that are none are left out.
  package static func rows(in text: String) -> [Row] {
    text.split(whereSeparator: { $0.isNewline }).compactMap { Row(line: $0) }
  }

  package func forecast(_ situation: Situation) -> Forecast { Self.forecast(situation, fitted, width) }

  private static func forecast(_ situation: Situation, _ rows: [Row], _ width: Double) -> Forecast {
    let weights = rows.map { exp(-$0.situation.distance(to: situation) / (2 * width)) }
    let sum = weights.reduce(0, +)
    let all = Double(max(rows.count, 1))
    func share(_ isSo: (Row) -> Bool) -> Double {
      let base = (Double(rows.count(where: isSo)) + 1) / (all + 3)
      let near = zip(weights, rows).reduce(0) { $0 + (isSo($1.1) ? $1.0 : 0) }
      return (near + base) / (sum + 1)
    }
    let results = Result.allCases.map { result in share { $0.result == result } }
    let total = results.reduce(0, +)
    return Forecast(
      convLSTM2D: results[0] / total, conv2dLSTM: results[1] / total, alike: results[2] / total,
      lastFrameIsAsGood: share { $0.lastFrameIsAsGood }, nearSets: sum)
  }

  /// Forecasts of the held-out sets against what was found.
  package func judged() -> Judgement {
    let held = rows.filter { StudiedClips.isHeldOut($0.number) }
    let base = Result.allCases.map { result in
      Double(fitted.count { $0.result == result }) / Double(fitted.count)
    }
    let lastBase = Double(fitted.count { $0.lastFrameIsAsGood }) / Double(fitted.count)
    var judgement = Judgement(
      fitted: fitted.count, heldOut: held.count, clear: 0, right: 0, lastFrameRight: 0, brier: 0,
      baseBrier: 0,
      lastFrameBrier: 0, lastFrameBaseBrier: 0)
    let share = 1 / Double(max(held.count, 1))
    for row in held {
      let forecast = forecast(row.situation)
      for (result, base) in zip(Result.allCases, base) {
        let truth = row.result == result ? 1.0 : 0
        judgement.brier += share * pow(forecast.probability(result) - truth, 2)
        judgement.baseBrier += share * pow(base - truth, 2)
      }
      let last = row.lastFrameIsAsGood ? 1.0 : 0
      judgement.lastFrameBrier += share * pow(forecast.lastFrameIsAsGood - last, 2)
      judgement.lastFrameBaseBrier += share * pow(lastBase - last, 2)
      if (forecast.lastFrameIsAsGood > 0.5) == row.lastFrameIsAsGood { judgement.lastFrameRight += 1 }
      guard row.result != .alike else { continue }
      judgement.clear += 1
      if (forecast.convLSTM2D > forecast.conv2dLSTM) == (row.result == .convLSTM2D) { judgement.right += 1 }
    }
    return judgement
  }
}
