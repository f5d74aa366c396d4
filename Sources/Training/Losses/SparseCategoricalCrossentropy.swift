import TensorCore

extension Loss {
  /// Probabilities are first clipped to [ε, 1 − ε], then divided by their sum: Keras hands their logarithms to a
  /// softmax. The target has the prediction's shape without the class axis.
  static func sparseCategorical(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, _ fromLogits: Bool
  ) throws -> Measure {
    let name = Name.sparseCategoricalCrossentropy
    let classes = try requireClasses(name, prediction, count)
    let samples = Shape(prediction.shape.dimensions.dropLast())
    try require(name, "a target of class indices", target.shape, toHave: samples)
    try requireClassIndices(name, target, count.mask, classes)
    if fromLogits {
      return try fusedMean(name, prediction, target, count, classes: classes) { p, t in
        logSumExp(p, classes) - p[Int(t[0])]
      } slope: { p, t, factor, out in
        let logarithm = logSumExp(p, classes)
        for k in 0..<classes { out[k] = Float.exponential(p[k] - logarithm) * factor }
        out[Int(t[0])] -= factor
      }
    }
    return try fusedMean(name, prediction, target, count, classes: classes) { p, t in
      var total: Float = 0
      for k in 0..<classes { total += clipped(p[k]) }
      return Float.logarithm(total) - Float.logarithm(clipped(p[Int(t[0])]))
    } slope: { p, t, factor, out in
      var total: Float = 0
      for k in 0..<classes { total += clipped(p[k]) }
      for k in 0..<classes {
        let slope = 1 / total - (k == Int(t[0]) ? 1 / clipped(p[k]) : 0)
        out[k] = clipped(p[k]) == p[k] ? slope * factor : p[k].isNaN ? p[k] : 0
      }
    }
  }

  /// Checks that valid targets are whole numbers that name a class.
  private static func requireClassIndices(
    _ name: Name, _ target: Tensor, _ mask: Tensor?, _ classes: Int
  ) throws {
    let valid = mask?.values
    for (i, index) in target.values.enumerated() where valid?[i] != 0 {
      guard index >= 0, index < Float(classes), index == index.rounded() else {
        throw LossError(
          .noSuchClass, in: name.rawValue, expected: "whole numbers from 0 to \(classes - 1)",
          received: "\(index) at element \(i)",
          remedy: "Number the classes from 0, or let the model end in more of them.")
      }
    }
  }
}
