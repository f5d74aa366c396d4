import TensorCore

extension Loss {
  static func squaredError(_ prediction: Tensor, _ target: Tensor, _ mask: Tensor?) throws -> Measure {
    try requireEqualShapes(.meanSquaredError, prediction, target, mask)
    return try fusedMean(.meanSquaredError, prediction, target, mask) { p, t in
      let error = p[0] - t[0]
      return error * error
    } slope: { p, t, factor, out in
      out[0] = 2 * (p[0] - t[0]) * factor
    }
  }
}
