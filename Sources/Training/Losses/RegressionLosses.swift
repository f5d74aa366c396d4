import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Loss {
  static func huber(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, _ delta: Double
  ) throws -> Measure {
    guard delta > 0, delta.isFinite else {
      throw LossError(
        .invalidOption, in: Name.huber.rawValue, expected: "a positive delta",
        received: "\(delta)", remedy: "Correct the option.")
    }
    let delta = Float(delta)
    try requireEqualShapes(.huber, prediction, target, count)
    return try fusedMean(.huber, prediction, target, count) { p, t in
      let size = abs(p[0] - t[0])
      return size <= delta ? 0.5 * size * size : delta * size - 0.5 * delta * delta
    } slope: { p, t, factor, out in
      let error = p[0] - t[0]
      out[0] = (abs(error) <= delta ? error : delta * sign(error)) * factor
    }
  }

  /// log cosh x = |x| + log(1 + e^−2|x|) − log 2, which does not overflow.
  static func logCosh(_ prediction: Tensor, _ target: Tensor, _ count: ElementCount) throws -> Measure {
    try requireEqualShapes(.logCosh, prediction, target, count)
    return try fusedMean(.logCosh, prediction, target, count) { p, t in
      let size = abs(p[0] - t[0])
      return size + Float.logarithmOfOnePlus(Float.exponential(-2 * size)) - 0.6931472
    } slope: { p, t, factor, out in
      out[0] = Float.hyperbolicTangent(p[0] - t[0]) * factor
    }
  }

  /// Targets nearer to 0 than ε are divided by ε.
  static func percentageError(_ prediction: Tensor, _ target: Tensor, _ count: ElementCount) throws -> Measure
  {
    let name = Name.meanAbsolutePercentageError
    try requireEqualShapes(name, prediction, target, count)
    return try fusedMean(name, prediction, target, count) { p, t in
      100 * abs(p[0] - t[0]) / max(abs(t[0]), epsilon)
    } slope: { p, t, factor, out in
      out[0] = 100 * sign(p[0] - t[0]) / max(abs(t[0]), epsilon) * factor
    }
  }

  /// Values below ε are taken as ε, where the gradient is 0.
  static func squaredLogarithmicError(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount
  ) throws -> Measure {
    let name = Name.meanSquaredLogarithmicError
    try requireEqualShapes(name, prediction, target, count)
    return try fusedMean(name, prediction, target, count) { p, t in
      let error = logarithmAboveOne(p[0]) - logarithmAboveOne(t[0])
      return error * error
    } slope: { p, t, factor, out in
      let error = logarithmAboveOne(p[0]) - logarithmAboveOne(t[0])
      out[0] = p[0] < epsilon ? 0 : 2 * error / (1 + p[0]) * factor
    }
  }

  @inline(__always)
  private static func logarithmAboveOne(_ x: Float) -> Float {
    Float.logarithmOfOnePlus(x < epsilon ? epsilon : x)
  }

  static func poisson(_ prediction: Tensor, _ target: Tensor, _ count: ElementCount) throws -> Measure {
    try requireEqualShapes(.poisson, prediction, target, count)
    return try fusedMean(.poisson, prediction, target, count) { p, t in
      p[0] - t[0] * Float.logarithm(p[0] + epsilon)
    } slope: { p, t, factor, out in
      out[0] = (1 - t[0] / (p[0] + epsilon)) * factor
    }
  }
}
