import TensorCore

extension Loss {
  static func balancedRain(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, _ weights: RainWeights
  ) throws -> Measure {
    try requireEqualShapes(.balancedRain, prediction, target, count)
    return try fusedMean(.balancedRain, prediction, target, count) { p, t in
      let error = p[0] - t[0]
      return weights.weight(of: t[0]) * (error * error + abs(error))
    } slope: { p, t, factor, out in
      let error = p[0] - t[0]
      out[0] = weights.weight(of: t[0]) * (2 * error + sign(error)) * factor
    }
  }
}
