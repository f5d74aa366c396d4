import TensorCore

extension Tensor {
  /// The square of every value.
  public func squared() -> Tensor {
    let x = detached
    return recorded(Elementwise.map(self) { $0 * $0 }, from: [self]) { g in
      [Elementwise.map(g, x) { 2 * $0 * $1 }]
    }
  }

  /// The square root of every value.
  public func squareRoot() -> Tensor {
    let y = Elementwise.map(self) { $0.squareRoot() }
    return recorded(y, from: [self]) { g in [Elementwise.map(g, y) { $0 / (2 * $1) }] }
  }

  /// e to the power of every value.
  public func exp() -> Tensor { activated(by: .exponential) }

  /// The natural logarithm of every value.
  public func log() -> Tensor {
    let x = detached
    return recorded(Elementwise.logarithm(self), from: [self]) { g in
      [Elementwise.map(g, x) { $0 / $1 }]
    }
  }

  /// The absolute value of every value; its gradient at zero is zero.
  public func abs() -> Tensor {
    let x = detached
    return recorded(Elementwise.map(self) { Swift.abs($0) }, from: [self]) { g in
      [Elementwise.map(g, x) { $1 > 0 ? $0 : $1 < 0 ? -$0 : 0 }]
    }
  }

  /// The activation function of every value; softmax goes along the last axis.
  public func activated(by activation: Activation) -> Tensor {
    switch activation {
    case .linear: return self
    case .softmax: return softmax()
    case .logSoftmax: return logSoftmax()
    case .sparsemax: return sparsemax()
    case .glu:
      let half = shape[-1] / 2
      return slice(axis: -1, 0..<half) * slice(axis: -1, half..<2 * half).activated(by: .sigmoid)
    default:
      let x = detached
      let y = ActivationFunction.forward(x, activation)
      guard isTracked else { return y }
      let keptY = KeptTensor(y, of: activation)
      if ActivationFunction.followsFromOutput(activation) {
        return recorded(y, from: [self]) { g in
          [ActivationFunction.gradient(g, output: keptY.tensor, activation)]
        }
      }
      let keptX = KeptTensor(x)
      return recorded(y, from: [self]) { g in
        [ActivationFunction.gradient(g, input: keptX.tensor, output: keptY.tensor, activation)]
      }
    }
  }

  /// eˣ over its sum along the last axis.
  public func softmax() -> Tensor {
    let y = ActivationFunction.softmax(self)
    return recorded(y, from: [self]) { g in
      let product = Elementwise.map(g, y) { $0 * $1 }
      let total = Reduction.sum(product, axes: [-1], keepingDimensions: true)
      return [Elementwise.map(Elementwise.map(g, total) { $0 - $1 }, y) { $0 * $1 }]
    }
  }

  /// The logarithm of the softmax along the last axis, computed without overflow.
  public func logSoftmax() -> Tensor {
    let y = ActivationFunction.logSoftmax(self)
    return recorded(y, from: [self]) { g in
      let total = Reduction.sum(g, axes: [-1], keepingDimensions: true)
      let share = Elementwise.map(Elementwise.map(y) { Float.exponential($0) }, total) { $0 * $1 }
      return [Elementwise.map(g, share) { $0 - $1 }]
    }
  }

  /// The nearest point of the probability simplex along the last axis.
  public func sparsemax() -> Tensor {
    let y = ActivationFunction.sparsemax(self)
    return recorded(y, from: [self]) { g in
      let support = Elementwise.map(y) { $0 > 0 ? 1 : 0 }
      let inside = Elementwise.map(g, support) { $0 * $1 }
      let total = Reduction.sum(inside, axes: [-1], keepingDimensions: true)
      let count = Reduction.sum(support, axes: [-1], keepingDimensions: true)
      let mean = Elementwise.map(total, count) { $0 / $1 }
      return [Elementwise.map(Elementwise.map(g, mean) { $0 - $1 }, support) { $0 * $1 }]
    }
  }
}
