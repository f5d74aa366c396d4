import Autodiff
import TensorCore

/// Keras' losses of margins.
extension Loss {
  /// max(1 − t·p, 0), squared if asked for. Targets are −1 and 1; where all are 0 or 1, 0 counts as −1.
  static func hinge(
    _ prediction: Tensor, _ target: Tensor, _ mask: Tensor?, squared: Bool
  ) throws -> Measure {
    let name = squared ? Name.squaredHinge : .hinge
    try requireEqualShapes(name, prediction, target, mask)
    let signs = target.values.allSatisfy { $0 == 0 || $0 == 1 } ? target.detached * 2 - 1 : target
    return try fusedMean(name, prediction, signs, mask) { p, t in
      let margin = max(1 - t[0] * p[0], 0)
      return squared ? margin * margin : margin
    } slope: { p, t, factor, out in
      let margin = 1 - t[0] * p[0]
      out[0] = margin > 0 ? (squared ? -2 * margin : -1) * t[0] * factor : margin.isNaN ? margin : 0
    }
  }

  /// max(1 + max((1 − t)·p) − Σ t·p, 0) over the class axis.
  static func categoricalHinge(_ prediction: Tensor, _ target: Tensor, _ mask: Tensor?) throws -> Measure {
    let name = Name.categoricalHinge
    let classes = try requireClasses(name, prediction, mask)
    try require(name, "a target", target.shape, toHave: prediction.shape)
    return try fusedMean(name, prediction, target, mask, classes: classes, targetStride: classes) { p, t in
      let (wrong, right) = margins(p, t, classes)
      return max((1 - t[wrong]) * p[wrong] - right + 1, 0)
    } slope: { p, t, factor, out in
      let (wrong, right) = margins(p, t, classes)
      let margin = (1 - t[wrong]) * p[wrong] - right + 1
      let isInside = margin > 0
      for k in 0..<classes { out[k] = isInside ? -t[k] * factor : margin.isNaN ? margin : 0 }
      if isInside { out[wrong] += (1 - t[wrong]) * factor }
    }
  }

  /// Which class is wrong by most, and Σ t·p.
  @inline(__always)
  private static func margins(_ p: Element, _ t: Element, _ classes: Int) -> (wrong: Int, right: Float) {
    var (wrong, right) = (0, Float(0))
    for k in 0..<classes {
      right += t[k] * p[k]
      if (1 - t[k]) * p[k] > (1 - t[wrong]) * p[wrong] { wrong = k }
    }
    return (wrong, right)
  }
}
