import Autodiff
import TensorCore
import Testing

/// Holds the gradient of a scalar function against central differences along random directions in each of its
/// inputs.
///
/// The function returns one tensor, whose inner product with a fixed random cotangent is differentiated; the
/// product is summed in `Double`. Central differences in float32 with steps of `step` allow `tolerance`.
public func checkGradient(
  at inputs: [Tensor], names: [String], step: Float = 1e-2, tolerance: Double = 1e-2, seed: UInt64 = 7,
  sourceLocation: SourceLocation = #_sourceLocation,
  _ function: ([Tensor]) throws -> [Tensor]
) throws {
  var random = RandomStream(seed: seed)
  let cotangents = try function(inputs).map { random.normal(shape: $0.shape) }
  func product(_ inputs: [Tensor]) throws -> Double {
    try zip(function(inputs), cotangents).reduce(0) { total, pair in
      zip(pair.0.values, pair.1.values).reduce(total) { $0 + Double($1.0) * Double($1.1) }
    }
  }
  let (_, gradients) = try valueAndGradient(at: inputs) { inputs in
    try zip(function(inputs), cotangents).map { ($0 * $1).sum() }.reduce(Tensor(0)) { $0 + $1 }
  }
  for (index, name) in names.enumerated() {
    guard let gradient = gradients[index] else {
      Issue.record("no gradient with respect to \(name)", sourceLocation: sourceLocation)
      continue
    }
    #expect(gradient.shape == inputs[index].shape, "gradient of \(name)", sourceLocation: sourceLocation)
    let norm = gradient.values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for _ in 0..<3 {
      let direction = random.normal(shape: inputs[index].shape)
      let scale = step / Float(inputs[index].count).squareRoot()
      var shifted = inputs
      shifted[index] = inputs[index] + direction * scale
      let above = try product(shifted)
      shifted[index] = inputs[index] - direction * scale
      let below = try product(shifted)
      let numeric = (above - below) / (2 * Double(scale))
      let analytic = zip(gradient.values, direction.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      if abs(numeric - analytic) > tolerance * max(norm, 0.1) {
        Issue.record(
          "gradient of \(name): \(analytic) against central difference \(numeric), norm \(norm)",
          sourceLocation: sourceLocation)
      }
    }
  }
}
