import Autodiff
import TensorCore

/// How large gradients are made smaller before a step; the names in files are Keras'.
public enum Clipping: Hashable, Sendable {
  case none
  /// Every number into [−value, value] (`clipvalue`).
  case value(Double)
  /// Each parameter's gradient, where its norm is larger, to this norm (`clipnorm`).
  case norm(Double)
  /// All gradients together, where their common norm is larger, to this norm (`global_clipnorm`;
  /// Pascanu et al. 2013).
  case globalNorm(Double)

  /// The positive number that a clipping carries.
  var bound: Double? {
    switch self {
    case .none: nil
    case .value(let bound), .norm(let bound), .globalNorm(let bound): bound
    }
  }

  /// By what each gradient is multiplied, and to what its numbers are limited after that.
  func factors(_ gradients: Gradients, _ name: String, globalNorm: Double) -> (scale: Float, limit: Float) {
    switch self {
    case .none: return (1, .infinity)
    case .value(let limit): return (1, Float(limit))
    case .norm(let largest):
      let norm = gradients[name].map { squaredNorm($0).squareRoot() } ?? 0
      return (Float(largest / max(norm, largest)), .infinity)
    case .globalNorm(let largest): return (Float(largest / max(globalNorm, largest)), .infinity)
    }
  }

  /// The norm of all gradients together where the clipping asks for it, 0 otherwise.
  func globalNorm(_ gradients: Gradients) -> Double {
    guard case .globalNorm = self else { return 0 }
    return gradients.norm
  }
}

extension Gradients {
  /// The Euclidean norm of all gradients together.
  public var norm: Double {
    names.reduce(0) { $0 + (self[$1].map(squaredNorm) ?? 0) }.squareRoot()
  }
}

/// Σ x², in `Double` and in a fixed order.
func squaredNorm(_ x: Tensor) -> Double {
  x.withUnsafeValues { x in
    var total = 0.0
    for value in x { total += Double(value) * Double(value) }
    return total
  }
}

/// A gradient that is clipped as it is read, so that clipping needs no memory.
public struct ClippedGradient {
  let values: UnsafePointer<Float>
  let scale: Float
  let limit: Float

  package init(values: UnsafePointer<Float>, scale: Float, limit: Float) {
    self.values = values
    self.scale = scale
    self.limit = limit
  }

  /// The number at an index; NaN stays NaN.
  @inline(__always)
  public subscript(index: Int) -> Float {
    let value = values[index] * scale
    return value > limit ? limit : value < -limit ? -limit : value
  }
}
