import TensorCore

/// Keras' losses between vectors along the last axis.
extension Loss {
  /// Σ t·log(t / p), both kept in [ε, 1] (Kullback & Leibler 1951).
  static func divergence(_ prediction: Tensor, _ target: Tensor, _ mask: Tensor?) throws -> Measure {
    let name = Name.klDivergence
    let classes = try requireClasses(name, prediction, mask)
    try require(name, "a target", target.shape, toHave: prediction.shape)
    return try fusedMean(name, prediction, target, mask, classes: classes, targetStride: classes) { p, t in
      var value: Float = 0
      for k in 0..<classes { value += share(t[k]) * Float.logarithm(share(t[k]) / share(p[k])) }
      return value
    } slope: { p, t, factor, out in
      for k in 0..<classes {
        out[k] = share(p[k]) == p[k] ? -share(t[k]) / p[k] * factor : p[k].isNaN ? p[k] : 0
      }
    }
  }

  /// −Σ t·p / (|t|·|p|): −1 for the same direction. A vector of zeros counts 0.
  static func cosine(_ prediction: Tensor, _ target: Tensor, _ mask: Tensor?) throws -> Measure {
    let name = Name.cosineSimilarity
    let classes = try requireClasses(name, prediction, mask)
    try require(name, "a target", target.shape, toHave: prediction.shape)
    return try fusedMean(name, prediction, target, mask, classes: classes, targetStride: classes) { p, t in
      let (lengthP, lengthT, product) = lengths(p, t, classes)
      return -product / (lengthP * lengthT)
    } slope: { p, t, factor, out in
      let (lengthP, lengthT, product) = lengths(p, t, classes)
      let along = product / (lengthP * lengthP)
      for k in 0..<classes { out[k] = -(t[k] - along * p[k]) / (lengthP * lengthT) * factor }
    }
  }

  @inline(__always)
  private static func share(_ value: Float) -> Float { value < epsilon ? epsilon : value > 1 ? 1 : value }

  /// Both lengths, kept from 0, and the inner product.
  @inline(__always)
  private static func lengths(_ p: Element, _ t: Element, _ classes: Int) -> (Float, Float, Float) {
    var (ofP, ofT, product) = (Float(0), Float(0), Float(0))
    for k in 0..<classes {
      ofP += p[k] * p[k]
      ofT += t[k] * t[k]
      product += p[k] * t[k]
    }
    return (max(ofP, 1e-12).squareRoot(), max(ofT, 1e-12).squareRoot(), product)
  }
}
