import Foundation
import Readers
import Reports
import Support
import Verification

/// A score of forecasts with its name, pooled over lead times or at one of them.
struct NamedScore {
  /// Which sums it is made of.
  enum Source {
    /// The contingency table of a threshold, by its index.
    case table(Int)
    case errors
  }

  /// "CSI, rain > 0.5 mm/h".
  let name: String
  let score: PooledScore
  let source: Source
  let primary: PrimaryScore

  /// - Throws: `ComparisonError` if the threshold is none of those that are scored.
  init(_ choice: ForecastPrimary, thresholds: [Float], unit: PhysicalUnit) throws {
    switch choice {
    case .csi(let threshold):
      guard let first = thresholds.first, let index = thresholds.firstIndex(of: threshold ?? first) else {
        throw ComparisonError(
          expected:
            "a primary score at one of the thresholds \(thresholds.map { "\($0)" }.joined(separator: ", "))",
          received: threshold.map { "\($0)" } ?? "no threshold",
          remedy: "Add it to --thresholds, or name another.")
      }
      self.init(csi: index, thresholds: thresholds, unit: unit)
    case .meanSquaredError:
      self.init(name: "MSE", score: .mse, source: .errors, primary: .mse)
    case .meanAbsoluteError:
      self.init(name: "MAE", score: .mae, source: .errors, primary: .mae)
    }
  }

  /// The CSI above a threshold, by its index.
  init(csi index: Int, thresholds: [Float], unit: PhysicalUnit) {
    let value = Double(meantBy: thresholds[index])
    self.init(
      name: "CSI, \(unit.quantity) > \(Self.plain(value)) \(unit.rawValue)".trimmingCharacters(
        in: .whitespaces),
      score: .categorical(.csi), source: .table(index), primary: .csi(threshold: value))
  }

  init(name: String, score: PooledScore, source: Source, primary: PrimaryScore) {
    self.name = name
    self.score = score
    self.source = source
    self.primary = primary
  }

  /// The index of the threshold that it counts events at; `nil` for a score of errors.
  var threshold: Int? {
    guard case .table(let index) = source else { return nil }
    return index
  }

  /// The sums of one lead time or of all.
  ///
  /// - Throws: `VerificationError` without a block.
  func sums(_ scores: LeadTimeScoresByBlock, lead: Int? = nil) throws -> BlockScores {
    switch source {
    case .table(let threshold): try scores.tables(lead: lead, threshold: threshold)
    case .errors: try scores.errors(lead: lead)
    }
  }

  static func plain(_ value: Double) -> String {
    NumberText.plain(value)
  }
}

extension PhysicalUnit {
  /// What a pixel holds, as in "rain > 2 mm/h".
  var quantity: String { self == .millimetresPerHour ? "rain" : "value" }
}
