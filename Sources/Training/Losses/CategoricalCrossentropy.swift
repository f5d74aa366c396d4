import TensorCore

extension Loss {
  /// Probabilities are first divided by their sum over the classes, then clipped to [ε, 1 − ε], as Keras does;
  /// so the gradient is (Σt)/Σp − t/p. Logits go through log-softmax.
  static func categorical(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, _ fromLogits: Bool
  ) throws -> Measure {
    let name = Name.categoricalCrossentropy
    let classes = try requireClasses(name, prediction, count)
    try require(name, "a target", target.shape, toHave: prediction.shape)
    if fromLogits {
      return try fusedMean(name, prediction, target, count, classes: classes, targetStride: classes) { p, t in
        let logarithm = logSumExp(p, classes)
        var value: Float = 0
        for k in 0..<classes where t[k] != 0 { value += t[k] * (logarithm - p[k]) }
        return value
      } slope: { p, t, factor, out in
        let logarithm = logSumExp(p, classes)
        let total = sum(t, classes)
        for k in 0..<classes {
          out[k] = (total * Float.exponential(p[k] - logarithm) - t[k]) * factor
        }
      }
    }
    return try fusedMean(name, prediction, target, count, classes: classes, targetStride: classes) { p, t in
      let total = sum(p, classes)
      var value: Float = 0
      for k in 0..<classes { value -= t[k] * Float.logarithm(clipped(p[k] / total)) }
      return value
    } slope: { p, t, factor, out in
      let total = sum(p, classes)
      // With q = p / Σp: dL/dq = −t/q where q was not clipped, and dL/dp = (dL/dq − Σ q·dL/dq) / Σp.
      var inner: Float = 0
      for k in 0..<classes {
        let share = p[k] / total
        out[k] = clipped(share) == share ? -t[k] / share : share.isNaN ? share : 0
        inner += share * out[k]
      }
      for k in 0..<classes { out[k] = (out[k] - inner) / total * factor }
    }
  }

  @inline(__always)
  static func sum(_ values: Element, _ count: Int) -> Float {
    var total: Float = 0
    for k in 0..<count { total += values[k] }
    return total
  }

  /// log Σ eˣ without overflow.
  @inline(__always)
  static func logSumExp(_ x: Element, _ count: Int) -> Float {
    var largest = x[0]
    for k in 1..<max(count, 1) where !(x[k] <= largest) { largest = x[k] }
    var total: Float = 0
    for k in 0..<count { total += Float.exponential(x[k] - largest) }
    return largest + Float.logarithm(total)
  }
}
