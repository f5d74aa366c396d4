/// Products of matrices as their formula says, generic over `Float` and `Double`.
@usableFromInline
package enum PlainMatrixProduct {
  /// a b, of `[m, k]` and `[k, n]`; a transposed factor is stored as `[k, m]` or `[n, k]`.
  @inlinable
  package static func multiply<S: PlainScalar>(
    _ a: [S], _ b: [S], m: Int, n: Int, k: Int, transposingA: Bool = false, transposingB: Bool = false
  ) -> [S] {
    let (a, b) = (Precision.operand(a), Precision.operand(b))
    var c = [S](repeating: 0, count: m * n)
    guard !a.isEmpty, !b.isEmpty else { return c }
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        c.withUnsafeMutableBufferPointer { c in
          accumulate(
            a.baseAddress!, b.baseAddress!, into: c.baseAddress!, m: m, n: n, k: k,
            transposingA: transposingA, transposingB: transposingB)
        }
      }
    }
    return c
  }

  /// c += a b
  @inlinable
  static func accumulate<S: PlainScalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, into c: UnsafeMutablePointer<S>, m: Int, n: Int, k: Int,
    transposingA: Bool, transposingB: Bool
  ) {
    for i in 0..<m {
      for l in 0..<k {
        let value = transposingA ? a[l * m + i] : a[i * k + l]
        if transposingB {
          for j in 0..<n { c[i * n + j] += value * b[j * k + l] }
        } else {
          for j in 0..<n { c[i * n + j] += value * b[l * n + j] }
        }
      }
    }
  }
}
