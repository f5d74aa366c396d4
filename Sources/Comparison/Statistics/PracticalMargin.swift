import Reports
import Support
import Verification

/// Up to which difference two contenders count as equally good, named before training.
package enum PracticalMargin: Hashable, Sendable {
  /// In units of the score: 0.01 of the CSI, 0.02 of the accuracy.
  case absolute(Double)
  /// A share of the best baseline's value, for errors, whose size the data decide.
  case share(Double)

  /// Unless told otherwise: 0.01 of the CSI, 0.02 of the accuracy, 2% of the best baseline's squared or absolute error.
  package static func standard(for kind: PrimaryScore.Kind) -> PracticalMargin {
    switch kind {
    case .csi: .absolute(0.01)
    case .accuracy: .absolute(0.02)
    case .mse, .mae: .share(0.02)
    }
  }

  /// The margin in units of the score; `nil` where no baseline has a value.
  ///
  /// - Parameter baselines: Their values in the score that decides.
  func value(baselines: [Double?], higherIsBetter: Bool) -> Double? {
    switch self {
    case .absolute(let margin): return margin
    case .share(let share):
      let known = baselines.compactMap { $0 }
      return (higherIsBetter ? known.max() : known.min()).map { abs($0) * share }
    }
  }

  /// For the report and the plan of the run.
  func setting(of score: String) -> Setting {
    let text =
      switch self {
      case .absolute(let margin): "\(NamedScore.plain(margin)) of the \(score)"
      case .share(let share): "\(NamedScore.plain(share * 100))% of the best baseline’s \(score)"
      }
    return Setting("Margin of practical equivalence", text)
  }
}

extension PrimaryScore.Kind {
  /// As in "0.01 of the CSI".
  var shortName: String { self == .accuracy ? "accuracy" : rawValue.uppercased() }
}
