import TensorCore

extension Loss {
  /// Both sides are clipped to [ε, 1]; beyond, the gradient is 0.
  static func divergence(_ prediction: Tensor, _ target: Tensor, _ count: ElementCount) throws -> Measure {
    let name = Name.klDivergence
    let classes = try requireClasses(name, prediction, count)
    try require(name, "a target", target.shape, toHave: prediction.shape)
    return try fusedMean(name, prediction, target, count, classes: classes, targetStride: classes) { p, t in
      var value: Float = 0
      for k in 0..<classes {
        let share = unitClipped(t[k])
        value += share * Float.logarithm(share / unitClipped(p[k]))
      }
      return value
    } slope: { p, t, factor, out in
      for k in 0..<classes {
        let isClipped = p[k] < epsilon || p[k] > 1
        out[k] = isClipped ? 0 : -unitClipped(t[k]) / p[k] * factor
      }
    }
  }

  @inline(__always)
  private static func unitClipped(_ x: Float) -> Float { x < epsilon ? epsilon : x > 1 ? 1 : x }

  /// Vectors shorter than ε are multiplied by 1 / ε instead of being brought to length 1.
  static func cosineSimilarity(_ prediction: Tensor, _ target: Tensor, _ count: ElementCount) throws
    -> Measure
  {
    let name = Name.cosineSimilarity
    let classes = try requireClasses(name, prediction, count)
    try require(name, "a target", target.shape, toHave: prediction.shape)
    return try fusedMean(name, prediction, target, count, classes: classes, targetStride: classes) { p, t in
      -cosine(p, t, classes)
    } slope: { p, t, factor, out in
      let (scale, other) = (unitScale(p, classes), unitScale(t, classes))
      let inner = scale < 1 / epsilon ? cosine(p, t, classes) : 0
      for k in 0..<classes { out[k] = -(t[k] * other - p[k] * scale * inner) * scale * factor }
    }
  }

  @inline(__always)
  private static func cosine(_ p: Element, _ t: Element, _ count: Int) -> Float {
    let (scale, other) = (unitScale(p, count), unitScale(t, count))
    var total: Float = 0
    for k in 0..<count { total += p[k] * scale * (t[k] * other) }
    return total
  }

  @inline(__always)
  private static func unitScale(_ x: Element, _ count: Int) -> Float {
    var total: Float = 0
    for k in 0..<count { total += x[k] * x[k] }
    let scale = 1 / total.squareRoot()
    return scale > 1 / epsilon ? 1 / epsilon : scale
  }
}
