import TensorCore

extension Loss {
  static func hinge(
    _ name: Name, _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, isSquared: Bool
  ) throws -> Measure {
    try requireEqualShapes(name, prediction, target, count)
    let signs = signed(target, count)
    return try fusedMean(name, prediction, signs, count) { p, t in
      let distance = 1 - t[0] * p[0]
      let positive = distance < 0 ? 0 : distance
      return isSquared ? positive * positive : positive
    } slope: { p, t, factor, out in
      let distance = 1 - t[0] * p[0]
      let slope = isSquared ? -2 * t[0] * distance : -t[0]
      out[0] = distance < 0 ? 0 : distance.isNaN ? distance : slope * factor
    }
  }

  /// Targets −1 and 1, which files also write as 0 and 1: they are taken so if there is nothing but these.
  private static func signed(_ target: Tensor, _ count: ElementCount) -> Tensor {
    let isValid = count.mask?.values
    let isBinary = target.values.enumerated().allSatisfy { i, t in isValid?[i] == 0 || t == 0 || t == 1 }
    return isBinary ? Elementwise.map(target) { 2 * $0 - 1 } : target
  }

  static func categoricalHinge(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount
  ) throws -> Measure {
    let name = Name.categoricalHinge
    let classes = try requireClasses(name, prediction, count)
    try require(name, "a target", target.shape, toHave: prediction.shape)
    return try fusedMean(name, prediction, target, count, classes: classes, targetStride: classes) { p, t in
      let value = 1 + p0(p, t, worst(p, t, classes)) - right(p, t, classes)
      return value < 0 ? 0 : value
    } slope: { p, t, factor, out in
      let wrong = worst(p, t, classes)
      let value = 1 + p0(p, t, wrong) - right(p, t, classes)
      for k in 0..<classes {
        out[k] = value < 0 ? 0 : value.isNaN ? value : ((k == wrong ? 1 - t[k] : 0) - t[k]) * factor
      }
    }
  }

  @inline(__always)
  private static func p0(_ p: Element, _ t: Element, _ k: Int) -> Float { (1 - t[k]) * p[k] }

  /// Σ t·p.
  @inline(__always)
  private static func right(_ p: Element, _ t: Element, _ classes: Int) -> Float {
    var total: Float = 0
    for k in 0..<classes { total += t[k] * p[k] }
    return total
  }

  /// The class with the largest (1 − t)·p.
  @inline(__always)
  private static func worst(_ p: Element, _ t: Element, _ classes: Int) -> Int {
    var found = 0
    for k in 1..<max(classes, 1) where !(p0(p, t, k) <= p0(p, t, found)) { found = k }
    return found
  }
}
