/// Eigenvalues and eigenvectors of a small symmetric matrix, largest first: cyclic Jacobi rotations (Golub & Van Loan,
/// "Matrix Computations", 8.5). The time grows with the cube of the order.
package struct SymmetricEigenvalues: Sendable {
  /// In falling order.
  package let values: [Double]
  /// A vector of length 1 for each value.
  package let vectors: [[Double]]

  /// - Parameter matrix: Row-major, `[order, order]`.
  package init(_ matrix: [Double], order n: Int) {
    precondition(matrix.count == n * n, "\(matrix.count) elements are no matrix of order \(n)")
    var a = matrix
    var v = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0.0 }
    let total = a.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<60 {
      var off = 0.0
      for p in 0..<n { for q in p + 1..<max(n, p + 1) { off += a[p * n + q] * a[p * n + q] } }
      guard off > 1e-24 * total else { break }
      for p in 0..<n {
        for q in p + 1..<max(n, p + 1) where a[p * n + q] != 0 {
          let tau = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
          let t = (tau >= 0 ? 1.0 : -1.0) / (abs(tau) + (1 + tau * tau).squareRoot())
          let c = 1 / (1 + t * t).squareRoot()
          let s = t * c
          for k in 0..<n {
            let (x, y) = (a[k * n + p], a[k * n + q])
            a[k * n + p] = c * x - s * y
            a[k * n + q] = s * x + c * y
          }
          for k in 0..<n {
            let (x, y) = (a[p * n + k], a[q * n + k])
            a[p * n + k] = c * x - s * y
            a[q * n + k] = s * x + c * y
          }
          for k in 0..<n {
            let (x, y) = (v[k * n + p], v[k * n + q])
            v[k * n + p] = c * x - s * y
            v[k * n + q] = s * x + c * y
          }
        }
      }
    }
    let order = (0..<n).sorted { a[$0 * n + $0] > a[$1 * n + $1] }
    values = order.map { a[$0 * n + $0] }
    vectors = order.map { column in (0..<n).map { v[$0 * n + column] } }
  }
}
