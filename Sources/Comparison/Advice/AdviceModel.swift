import Foundation
import Support
import Verification

/// How the errors of linear twins tell what contenders will reach: two regressions, fitted to the rows of the study.
///
/// What is predicted is log(error of Conv2D + LSTM / error of ConvLSTM2D), and log(error of the best baseline / error of
/// the better contender). Both are linear in the logarithms of the twins' errors and of the number of
/// components, with a small ridge; the spread of a
/// prediction is that of the sets left out one at a time, widened where data lie far from those of the study.
package struct AdviceModel: Sendable {
  /// A contender is better where its squared error is lower by more than this share, on a logarithmic scale: 5%.
  package static let margin = -log(0.95)

  /// What is to be expected of data.
  package struct Prediction: Codable, Hashable, Sendable {
    /// Of log(error of Conv2D + LSTM / error of ConvLSTM2D).
    package var advantage: Double
    /// That ConvLSTM2D's squared error is lower by more than the margin, Conv2D + LSTM's is, and neither.
    package var convLSTM2D: Double
    package var conv2DLSTM: Double
    package var neither: Double
    /// That a forecast without training is at least as good as both.
    package var baseline: Double
  }

  /// The rows that were fitted.
  package let rows: [StudyRow]
  private let advantage: LinearFit
  private let gain: LinearFit

  /// - Parameter rows: What to fit: at least ten.
  package init?(fitting rows: [StudyRow]) {
    guard rows.count >= 10 else { return nil }
    self.rows = rows
    let features = rows.map { Self.features($0.twins, budget: $0.budget) }
    advantage = LinearFit(features, rows.map(\.advantage))
    gain = LinearFit(rows.map { Self.gainFeatures($0.twins) }, rows.map(\.gain))
  }

  package func prediction(_ twins: TwinErrors, budget: Budget = .parameters) -> Prediction {
    let (mean, spread) = advantage.prediction(Self.features(twins, budget: budget))
    let (gainMean, gainSpread) = gain.prediction(Self.gainFeatures(twins))
    let above = 1 - normalDistribution((Self.margin - mean) / spread)
    let below = normalDistribution((-Self.margin - mean) / spread)
    return Prediction(
      advantage: mean, convLSTM2D: above, conv2DLSTM: below, neither: max(0, 1 - above - below),
      baseline: normalDistribution(-gainMean / gainSpread))
  }

  private static func features(_ twins: TwinErrors, budget: Budget) -> [Double] {
    let ratio = log(bounded(twins.global) / bounded(twins.local))
    // Where neither explains anything there is little to be better at; what has many components asks for many units of an
    // LSTM.
    let explained = 1 - min(bounded(twins.local), bounded(twins.global))
    let components = log2(Double(max(twins.rank, 1))) / 6
    return [1, ratio, explained, components, budget == .parameters ? 0 : 1]
  }

  private static func gainFeatures(_ twins: TwinErrors) -> [Double] {
    let best = min(bounded(twins.persistence), bounded(twins.extrapolation))
    return [1, log(best / min(bounded(twins.local), bounded(twins.global)))]
  }

  /// Shares of the variance from certain to worse than the mean.
  private static func bounded(_ error: Double) -> Double { min(max(error, 0.01), 2) }
}

/// A linear regression with a small ridge, and the spread of its predictions.
struct LinearFit: Sendable {
  private let coefficients: [Double]
  private let factor: SemidefiniteCholesky
  /// The standard deviation of the errors of rows that were left out.
  private let deviation: Double

  init(_ x: [[Double]], _ y: [Double]) {
    let n = x[0].count
    var matrix = [Double](repeating: 0, count: n * n)
    var moments = [Double](repeating: 0, count: n)
    for (row, target) in zip(x, y) {
      for i in 0..<n {
        moments[i] += row[i] * target
        for j in 0..<n { matrix[i * n + j] += row[i] * row[j] }
      }
    }
    for i in 0..<n { matrix[i * n + i] += 0.1 }
    let factor = SemidefiniteCholesky(matrix, order: n)
    let coefficients = factor.solved(moments)
    // Leaving a row out divides its residual by one less its leverage.
    let squares = zip(x, y).reduce(0.0) { sum, row in
      let residual = row.1 - zip(row.0, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
      let left = residual / max(1 - factor.quadraticForm(row.0), 0.1)
      return sum + left * left
    }
    (self.factor, self.coefficients) = (factor, coefficients)
    deviation = max((squares / Double(y.count)).squareRoot(), 1e-3)
  }

  func prediction(_ x: [Double]) -> (mean: Double, spread: Double) {
    (
      zip(x, coefficients).reduce(0) { $0 + $1.0 * $1.1 },
      deviation * (1 + factor.quadraticForm(x)).squareRoot()
    )
  }
}
