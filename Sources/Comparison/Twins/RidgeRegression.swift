import Support
import TensorCore

/// The normal equations of a linear regression, added up row by row, so that one pass over the data serves every
/// strength of the penalty and every choice of features.
///
/// The penalty is a share of the mean variance of the features (ridge regression, Hoerl & Kennard 1970).
struct RidgeRegression {
  let features: Int
  let targets: Int
  /// Xᵀ X, `[features, features]`.
  private var gram: [Double]
  /// Xᵀ Y, `[features, targets]`.
  private var moments: [Double]

  init(features: Int, targets: Int) {
    self.features = features
    self.targets = targets
    gram = .init(repeating: 0, count: features * features)
    moments = .init(repeating: 0, count: features * targets)
  }

  /// Adds rows: `x` is `[rows, features]`, `y` is `[rows, targets]`.
  mutating func add(_ x: [Float], _ y: [Float]) {
    guard !x.isEmpty else { return }
    let rows = x.count / features
    let (a, b) = (Tensor(x, shape: [rows, features]), Tensor(y, shape: [rows, targets]))
    for (index, value) in MatrixProduct.multiply(a, a, transposingA: true).values.enumerated() {
      gram[index] += Double(value)
    }
    for (index, value) in MatrixProduct.multiply(a, b, transposingA: true).values.enumerated() {
      moments[index] += Double(value)
    }
  }

  /// The coefficients `[chosen features, targets]`.
  ///
  /// - Parameters:
  ///   - strength: The penalty as a share of the mean variance of the chosen features.
  ///   - chosen: The features that count, in the order of the coefficients; all by default.
  func coefficients(strength: Double, of chosen: [Int]? = nil) -> [Float] {
    let chosen = chosen ?? Array(0..<features)
    let n = chosen.count
    var matrix = [Double](repeating: 0, count: n * n)
    for (i, row) in chosen.enumerated() {
      for (j, column) in chosen.enumerated() { matrix[i * n + j] = gram[row * features + column] }
    }
    let mean = (0..<n).reduce(0) { $0 + matrix[$1 * n + $1] } / Double(max(n, 1))
    for i in 0..<n { matrix[i * n + i] += strength * mean }
    let factor = SemidefiniteCholesky(matrix, order: n)
    var result = [Float](repeating: 0, count: n * targets)
    for target in 0..<targets {
      let solved = factor.solved(chosen.map { moments[$0 * targets + target] })
      for i in 0..<n { result[i * targets + target] = Float(solved[i]) }
    }
    return result
  }
}
