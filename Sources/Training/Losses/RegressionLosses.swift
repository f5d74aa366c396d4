import TensorCore

/// Keras' further losses between numbers.
extension Loss {
  /// e = p − t: e²/2 up to |e| = δ, δ·|e| − δ²/2 beyond (Huber 1964).
  static func huber(
    _ prediction: Tensor, _ target: Tensor, _ mask: Tensor?, _ delta: Double
  ) throws -> Measure {
    guard delta > 0, delta.isFinite else {
      throw LossError(
        kind: .invalidOption, place: Name.huber.rawValue, expected: "a positive delta",
        received: "\(delta)", remedy: "Correct the option.")
    }
    try requireEqualShapes(.huber, prediction, target, mask)
    let delta = Float(delta)
    return try fusedMean(.huber, prediction, target, mask) { p, t in
      let error = abs(p[0] - t[0])
      return error <= delta ? 0.5 * error * error : delta * error - 0.5 * delta * delta
    } slope: { p, t, factor, out in
      let error = p[0] - t[0]
      out[0] = (abs(error) <= delta ? error : error < 0 ? -delta : error > 0 ? delta : error) * factor
    }
  }

  /// log cosh e, written so that it does not overflow: |e| + log(1 + exp(−2·|e|)) − log 2.
  static func logCosh(_ prediction: Tensor, _ target: Tensor, _ mask: Tensor?) throws -> Measure {
    try requireEqualShapes(.logCosh, prediction, target, mask)
    return try fusedMean(.logCosh, prediction, target, mask) { p, t in
      let error = abs(p[0] - t[0])
      return error + Float.logarithmOfOnePlus(Float.exponential(-2 * error)) - 0.693_147_2
    } slope: { p, t, factor, out in
      let error = p[0] - t[0]
      let far = Float.exponential(-2 * abs(error))
      let tanh = (1 - far) / (1 + far)
      out[0] = (error < 0 ? -tanh : tanh) * factor
    }
  }

  /// 100·|p − t| / max(|t|, ε).
  static func absolutePercentageError(
    _ prediction: Tensor, _ target: Tensor, _ mask: Tensor?
  ) throws -> Measure {
    try requireEqualShapes(.meanAbsolutePercentageError, prediction, target, mask)
    return try fusedMean(.meanAbsolutePercentageError, prediction, target, mask) { p, t in
      100 * abs(p[0] - t[0]) / max(abs(t[0]), epsilon)
    } slope: { p, t, factor, out in
      let error = p[0] - t[0]
      let sign: Float = error > 0 ? 1 : error < 0 ? -1 : error
      out[0] = 100 * sign / max(abs(t[0]), epsilon) * factor
    }
  }

  /// (log(1 + max(p, ε)) − log(1 + max(t, ε)))².
  static func squaredLogarithmicError(
    _ prediction: Tensor, _ target: Tensor, _ mask: Tensor?
  ) throws -> Measure {
    try requireEqualShapes(.meanSquaredLogarithmicError, prediction, target, mask)
    return try fusedMean(.meanSquaredLogarithmicError, prediction, target, mask) { p, t in
      let error = logarithm(above: p[0]) - logarithm(above: t[0])
      return error * error
    } slope: { p, t, factor, out in
      let error = logarithm(above: p[0]) - logarithm(above: t[0])
      out[0] = p[0] < epsilon ? 0 : 2 * error / (1 + p[0]) * factor
    }
  }

  /// p − t·log(p + ε): the deviance of counts, without what depends on t alone.
  static func poissonDeviance(_ prediction: Tensor, _ target: Tensor, _ mask: Tensor?) throws -> Measure {
    try requireEqualShapes(.poisson, prediction, target, mask)
    return try fusedMean(.poisson, prediction, target, mask) { p, t in
      p[0] - t[0] * Float.logarithm(p[0] + epsilon)
    } slope: { p, t, factor, out in
      out[0] = (1 - t[0] / (p[0] + epsilon)) * factor
    }
  }

  @inline(__always)
  private static func logarithm(above value: Float) -> Float {
    Float.logarithmOfOnePlus(value < epsilon ? epsilon : value)
  }
}
