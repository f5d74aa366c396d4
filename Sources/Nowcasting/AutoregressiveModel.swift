import Foundation

/// x(t+1) = φ₁ x(t) + φ₂ x(t−1): what a level keeps of itself from frame to frame.
package struct AutoregressiveModel: Equatable, Sendable {
  /// φ₁, φ₂, …
  package let coefficients: [Double]
  /// The standard deviation of what the model leaves unexplained.
  package let innovation: Double

  /// A level that stays as it is.
  package static let persistence = AutoregressiveModel(coefficients: [1], innovation: 0)

  private init(coefficients: [Double], innovation: Double) {
    self.coefficients = coefficients
    self.innovation = innovation
  }

  /// The model of order 1 or 2 with these correlations, from the Yule–Walker equations; nil if it is not stationary.
  ///
  /// - Precondition: one correlation or two, with lags 1 and 2.
  package init?(correlations: [Double]) {
    precondition((1...2).contains(correlations.count))
    let first = correlations[0]
    guard abs(first) < 1 else { return nil }
    guard correlations.count == 2 else {
      self.init(coefficients: [first], innovation: (1 - first * first).squareRoot())
      return
    }
    let second = correlations[1]
    let rest = 1 - first * first
    let phi = [first * (1 - second) / rest, (second - first * first) / rest]
    guard abs(phi[1]) < 1, phi[1] + phi[0] < 1, phi[1] - phi[0] < 1 else { return nil }
    let unexplained = 1 - first * phi[0] - second * phi[1]
    self.init(coefficients: phi, innovation: max(unexplained, 0).squareRoot())
  }

  /// The model of a level: of the highest order that its correlations allow, persistence where there is none.
  package init(fitting correlations: [Double?]) {
    guard let first = correlations.first ?? nil else {
      self = .persistence
      return
    }
    if correlations.count > 1, let second = correlations[1],
      let model = AutoregressiveModel(correlations: [first, Self.adjusted(second, first: first)])
    {
      self = model
    } else {
      self = AutoregressiveModel(correlations: [first]) ?? .persistence
    }
  }

  /// The correlation of lag 2, raised to what a stationary model with `first` at lag 1 asks for (Pulkkinen et al.
  /// 2019; pysteps' `adjust_lag2_corrcoef2`).
  package static func adjusted(_ second: Double, first: Double) -> Double {
    let raised = max(second, 2 * first * second - 1)
    let square = first * first
    guard square > 0 else { return raised }
    return max(raised, (3 * square - 2 + 2 * pow(1 - square, 1.5)) / square)
  }

  /// One frame further.
  ///
  /// - Parameter history: The last fields, the newest first, as many as there are coefficients or more; the new one
  ///   takes its place in front and the oldest leaves.
  package func advance(_ history: inout [[Double]]) {
    precondition(history.count >= coefficients.count)
    var oldest = history.removeLast()
    let isAmong = coefficients.count > history.count
    oldest.withUnsafeMutableBufferPointer { new in
      let own = isAmong ? coefficients[coefficients.count - 1] : 0
      for index in new.indices { new[index] *= own }
      for (phi, field) in zip(coefficients, history) {
        field.withUnsafeBufferPointer { field in
          for index in new.indices { new[index] += phi * field[index] }
        }
      }
    }
    history.insert(oldest, at: 0)
  }
}
