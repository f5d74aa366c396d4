/// The factor L of a symmetric positive semidefinite matrix, R = L Lᵀ.
///
/// Pivots below `tolerance` times the largest diagonal element count as zero and so does their column: the
/// matrix of a process that repeats itself has no inverse, and its forecast is right all the same.
package struct SemidefiniteCholesky: Sendable {
  package let order: Int
  /// Row-major, the lower triangle.
  package private(set) var factor: [Double]

  /// - Parameter matrix: Row-major; the lower triangle is read.
  package init(_ matrix: [Double], order: Int, tolerance: Double = 1e-10) {
    precondition(matrix.count == order * order, "\(matrix.count) elements are no matrix of order \(order)")
    self.order = order
    factor = matrix
    let smallest = tolerance * (0..<order).reduce(0) { max($0, matrix[$1 * order + $1]) }
    factor.withUnsafeMutableBufferPointer { l in
      for column in 0..<order {
        for row in column..<order {
          var sum = l[row * order + column]
          for k in 0..<column { sum -= l[row * order + k] * l[column * order + k] }
          l[row * order + column] = sum
        }
        let pivot = l[column * order + column]
        let scale = pivot > smallest ? 1 / pivot.squareRoot() : 0
        for row in column..<order { l[row * order + column] *= scale }
        for k in column + 1..<max(order, column + 1) { l[column * order + k] = 0 }
      }
    }
  }

  /// L⁻¹ b, with zeros where a pivot is zero.
  package func forwardSolved(_ b: [Double]) -> [Double] {
    var x = b
    for row in 0..<order {
      let pivot = factor[row * order + row]
      guard pivot > 0 else {
        x[row] = 0
        continue
      }
      var sum = x[row]
      for k in 0..<row { sum -= factor[row * order + k] * x[k] }
      x[row] = sum / pivot
    }
    return x
  }

  /// R⁻¹ b.
  package func solved(_ b: [Double]) -> [Double] {
    var x = forwardSolved(b)
    for row in stride(from: order - 1, through: 0, by: -1) {
      let pivot = factor[row * order + row]
      guard pivot > 0 else { continue }
      var sum = x[row]
      for k in row + 1..<max(order, row + 1) { sum -= factor[k * order + row] * x[k] }
      x[row] = sum / pivot
    }
    return x
  }

  /// bᵀ R⁻¹ b.
  package func quadraticForm(_ b: [Double]) -> Double { forwardSolved(b).reduce(0) { $0 + $1 * $1 } }
}
