import TensorCore

extension Tensor {
  /// The matrix product of `[rows, inner]` with `[inner, columns]`.
  public func matrixProduct(with other: Tensor) -> Tensor {
    let (a, b) = (detached, other.detached)
    let (needsA, needsB) = (isTracked, other.isTracked)
    // One factor of a layer is its kernel, which lies in memory anyway.
    let keptA = needsB ? KeptTensor(a) : nil
    return recorded(MatrixProduct.multiply(a, b), from: [self, other]) { g in
      [
        needsA ? MatrixProduct.multiply(g, b, transposingB: true) : nil,
        keptA.map { MatrixProduct.multiply($0.tensor, g, transposingA: true) },
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
