import TensorCore

extension Tensor {
  /// The matrix product of `[rows, inner]` with `[inner, columns]`.
  public func matrixProduct(with other: Tensor) -> Tensor {
    let (a, b) = (detached, other.detached)
    let (needsA, needsB) = (isTracked, other.isTracked)
    return recorded(MatrixProduct.multiply(a, b), from: [self, other]) { g in
      [
        needsA ? MatrixProduct.multiply(g, b, transposingB: true) : nil,
        needsB ? MatrixProduct.multiply(a, g, transposingA: true) : nil,
      ]
    }
  }
}
