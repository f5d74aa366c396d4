import TensorCore

extension Loss {
  /// The derivative at p = t is 0, as in TensorFlow.
  static func absoluteError(_ prediction: Tensor, _ target: Tensor, _ count: ElementCount) throws -> Measure {
    try requireEqualShapes(.meanAbsoluteError, prediction, target, count)
    return try fusedMean(.meanAbsoluteError, prediction, target, count) { p, t in
      abs(p[0] - t[0])
    } slope: { p, t, factor, out in
      out[0] = sign(p[0] - t[0]) * factor
    }
  }
}

/// −1, 0 or 1; NaN stays NaN.
@inline(__always)
func sign(_ x: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x }
