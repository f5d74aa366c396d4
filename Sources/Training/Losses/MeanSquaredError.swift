import Autodiff
import TensorCore

extension Loss {
  static func squaredError(_ prediction: Tensor, _ target: Tensor, _ count: ElementCount) throws -> Measure {
    try requireEqualShapes(.meanSquaredError, prediction, target, count)
    if count.mask == nil, count.weights == nil, prediction.count > 0 {
      return unmaskedSquaredError(prediction, target)
    }
    return try fusedMean(.meanSquaredError, prediction, target, count) { p, t in
      let error = p[0] - t[0]
      return error * error
    } slope: { p, t, factor, out in
      out[0] = 2 * (p[0] - t[0]) * factor
    }
  }

  /// The same where every element counts alike, in vector loops: over long sequences of maps the loss otherwise
  /// takes a sixth of a training step.
  private static func unmaskedSquaredError(_ prediction: Tensor, _ target: Tensor) -> Measure {
    let (p, t) = (prediction.detached, target.detached)
    let factor = 2 / Float(p.count)
    guard prediction.isTracked else {
      let total = Reduction.sumOfSquaredDifferences(p, t)
      return Measure(value: Tensor(Float(total / Double(p.count))), validCount: p.count)
    }
    // Prediction and target are as long as the sequence: they are read once for the loss and its gradient.
    let (total, scaled) = Reduction.squaredDifferences(p, t, factor: factor)
    let mean = recorded(Tensor(Float(total / Double(p.count))), from: [prediction]) { cotangent in
      let scale = cotangent.scalar
      return [scale == 1 ? scaled : Reduction.scaledDifference(p, t, factor: 2 * scale / Float(p.count))]
    }
    return Measure(value: mean, validCount: p.count)
  }
}
