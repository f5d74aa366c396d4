import TensorCore

extension Loss {
  static func squaredError(_ prediction: Tensor, _ target: Tensor, _ count: ElementCount) throws -> Measure {
    try requireEqualShapes(.meanSquaredError, prediction, target, count)
    return try fusedMean(.meanSquaredError, prediction, target, count) { p, t in
      let error = p[0] - t[0]
      return error * error
    } slope: { p, t, factor, out in
      out[0] = 2 * (p[0] - t[0]) * factor
    }
  }
}
