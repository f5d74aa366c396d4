import CKernels
import COneDNN

/// Products of matrices. Shapes have been checked by the caller.
package enum MatrixProduct {
  /// a b, of `[m, k]` and `[k, n]`; a transposed factor is given as `[k, m]` or `[n, k]`.
  package static func multiply(
    _ a: Tensor, _ b: Tensor, transposingA: Bool = false, transposingB: Bool = false
  ) -> Tensor {
    let sizes = Sizes(a, b, transposingA, transposingB)
    return Tensor(shape: [sizes.m, sizes.n]) { c in
      multiply(a, b, transposingA, transposingB, sizes, into: c, accumulating: false)
    }
  }

  /// The products of the samples of `[batch, m, k]` with those of `[batch, k, n]`; transposed factors as above.
  package static func multiplyEach(
    _ a: Tensor, _ b: Tensor, transposingA: Bool = false, transposingB: Bool = false
  ) -> Tensor {
    require(
      a.rank == 3 && b.rank == 3 && a.shape[0] == b.shape[0],
      "expected two batches of as many matrices; found \(a.shape) and \(b.shape)")
    func sample(_ x: Tensor, _ index: Int) -> Tensor {
      Movement.slice(x, axis: 0, index..<index + 1).viewed(as: [x.shape[1], x.shape[2]])
    }
    let products = (0..<a.shape[0]).map { index in
      let product = multiply(
        sample(a, index), sample(b, index), transposingA: transposingA, transposingB: transposingB)
      return product.viewed(as: [1, product.shape[0], product.shape[1]])
    }
    return Movement.concatenated(products, axis: 0)
  }

  /// c + a b, in c's own memory where nobody else holds it.
  package static func accumulate(
    _ a: Tensor, _ b: Tensor, into c: inout Tensor, transposingA: Bool = false, transposingB: Bool = false
  ) {
    let sizes = Sizes(a, b, transposingA, transposingB)
    require(c, "a sum", of: [sizes.m, sizes.n])
    c.withUnsafeMutableValues {
      multiply(a, b, transposingA, transposingB, sizes, into: $0, accumulating: true)
    }
  }

  /// The product is `[m, n]`, the sum goes over k.
  struct Sizes {
    let m: Int
    let n: Int
    let k: Int

    init(_ a: Tensor, _ b: Tensor, _ transposingA: Bool, _ transposingB: Bool) {
      require(a.rank == 2 && b.rank == 2, "expected two matrices; found \(a.shape) and \(b.shape)")
      m = a.shape[transposingA ? 1 : 0]
      k = a.shape[transposingA ? 0 : 1]
      n = b.shape[transposingB ? 0 : 1]
      require(
        k == b.shape[transposingB ? 1 : 0],
        "expected matrices that agree in the axis summed over; found \(a.shape) and \(b.shape)")
    }

    init(m: Int, n: Int, k: Int) {
      self.m = m
      self.n = n
      self.k = k
    }
  }

  private static func multiply(
    _ a: Tensor, _ b: Tensor, _ transposingA: Bool, _ transposingB: Bool, _ sizes: Sizes,
    into c: UnsafeMutableBufferPointer<Float>, accumulating: Bool
  ) {
    guard sizes.m > 0, sizes.n > 0 else { return }
    guard sizes.k > 0 else {
      if !accumulating { c.initialize(repeating: 0) }
      return
    }
    Precision.operand(a).withUnsafeValues { a in
      Precision.operand(b).withUnsafeValues { b in
        multiply(
          a.baseAddress!, b.baseAddress!, transposingA, transposingB, sizes, into: c.baseAddress!,
          accumulating: accumulating)
      }
    }
  }

  /// The product on plain pointers, which hold what the precision in force wants.
  static func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ transposingA: Bool, _ transposingB: Bool,
    _ sizes: Sizes, into c: UnsafeMutablePointer<Float>, accumulating: Bool
  ) {
    if Backend.current == .oneDNN {
      var message = squall_onednn_message()
      let status = squall_onednn_matrix_product(
        transposingA, transposingB, Int64(sizes.m), Int64(sizes.n), Int64(sizes.k), a, b, c, accumulating,
        squall_threads(), &message)
      if status == squall_onednn_ok { return }
    }
    if !accumulating { c.initialize(repeating: 0, count: sizes.m * sizes.n) }
    PlainMatrixProduct.accumulate(
      a, b, into: c, m: sizes.m, n: sizes.n, k: sizes.k, transposingA: transposingA,
      transposingB: transposingB)
  }
}
