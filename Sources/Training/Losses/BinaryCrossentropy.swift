import TensorCore

extension Loss {
  /// Probabilities are clipped to [ε, 1 − ε], ε = 1e-7; beyond, the gradient is 0. Logits x go through the stable
  /// max(x, 0) − x·t + log(1 + e^−|x|).
  static func binary(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, _ fromLogits: Bool
  ) throws -> Measure {
    try requireEqualShapes(.binaryCrossentropy, prediction, target, count)
    if fromLogits {
      return try fusedMean(.binaryCrossentropy, prediction, target, count) { p, t in
        max(p[0], 0) - p[0] * t[0] + Float.logarithmOfOnePlus(Float.exponential(-abs(p[0])))
      } slope: { p, t, factor, out in
        out[0] = (1 / (1 + Float.exponential(-p[0])) - t[0]) * factor
      }
    }
    return try fusedMean(.binaryCrossentropy, prediction, target, count) { p, t in
      let probability = clipped(p[0])
      return -t[0] * Float.logarithm(probability) - (1 - t[0]) * Float.logarithm(1 - probability)
    } slope: { p, t, factor, out in
      let probability = clipped(p[0])
      let slope = (1 - t[0]) / (1 - probability) - t[0] / probability
      out[0] = probability == p[0] ? slope * factor : p[0].isNaN ? p[0] : 0
    }
  }

  /// The probability, kept ε away from 0 and 1. NaN stays NaN.
  @inline(__always)
  static func clipped(_ p: Float) -> Float { p < epsilon ? epsilon : p > 1 - epsilon ? 1 - epsilon : p }
}
