import Foundation
import Support

/// How the advice does on sets that it was not fitted to: every fifth of the study.
package struct AdviceJudgement: Sendable {
  /// Sets that were not fitted.
  package let sets: Int
  /// Those of them with a clear winner, those where the likelier family won, and those whose winner was ConvLSTM2D.
  package let clear: Int
  package let right: Int
  package let clearConvLSTM2D: Int
  /// The mean squared error of the three probabilities, summed over the outcomes (Brier 1950): 0 is certain and right.
  package let brier: Double
  /// The same of the shares of the outcomes among the sets that were fitted: what is known without looking at the data.
  package let climatology: Double
  /// Sets on which it was said rightly whether a baseline beats both.
  package let baselineRight: Int

  /// - Throws: `ComparisonError` if there are too few rows.
  package init(_ rows: [StudyRow]) throws {
    let fitted = rows.filter { !$0.isHeldOut }
    let held = rows.filter(\.isHeldOut)
    guard let model = AdviceModel(fitting: fitted), !held.isEmpty else {
      throw ComparisonError(
        expected: "at least ten sets to fit and one to judge by", received: "\(rows.count) sets",
        remedy: "Run script/advice-study.")
    }
    func outcome(_ row: StudyRow) -> [Double] {
      [row.advantage > AdviceModel.margin, row.advantage < -AdviceModel.margin].map { $0 ? 1 : 0 }
    }
    func complete(_ two: [Double]) -> [Double] { two + [1 - two[0] - two[1]] }
    func distance(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let shares = (0..<2).map { index in
      fitted.map { outcome($0)[index] }.reduce(0, +) / Double(fitted.count)
    }
    let predictions = held.map { model.prediction($0.twins, budget: $0.budget) }
    let pairs = Array(zip(held, predictions))
    sets = held.count
    let decided = pairs.filter { $0.0.winner != 0 }
    clear = decided.count
    clearConvLSTM2D = decided.count { $0.0.winner > 0 }
    right = decided.count { ($0.1.convLSTM2D > $0.1.conv2DLSTM) == ($0.0.winner > 0) }
    brier =
      pairs.map { distance(complete([$1.convLSTM2D, $1.conv2DLSTM]), complete(outcome($0))) }
      .reduce(0, +) / Double(sets)
    climatology =
      held.map { distance(complete(shares), complete(outcome($0))) }.reduce(0, +) / Double(sets)
    baselineRight = pairs.count { ($0.1.baseline > 0.5) == ($0.0.gain <= 0) }
  }

  package var text: String {
    "\(sets) sets that were not fitted: right on \(right) of \(clear) with a clear winner "
      + "(\(clearConvLSTM2D) ConvLSTM2D, \(clear - clearConvLSTM2D) Conv2D + LSTM); Brier score "
      + "\(NumberText.fixed(brier, 3)) (\(NumberText.fixed(climatology, 3)) without looking at the data); right on "
      + "\(baselineRight) whether a forecast without training is at least as good as both"
  }
}
