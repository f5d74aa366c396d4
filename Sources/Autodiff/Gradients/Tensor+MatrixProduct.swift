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

  /// The matrix product of `[batch, rows, inner]` with `[batch, inner, columns]`, sample by sample.
  public func batchedMatrixProduct(with other: Tensor) -> Tensor {
    let (a, b) = (detached, other.detached)
    return recorded(MatrixProduct.multiplyEach(a, b), from: [self, other]) { g in
      [
        MatrixProduct.multiplyEach(g, b, transposingB: true),
        MatrixProduct.multiplyEach(a, g, transposingA: true),
      ]
    }
  }
}
