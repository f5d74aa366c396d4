import TensorCore

extension Tensor {
  /// The sum of all values, a scalar.
  public func sum() -> Tensor {
    let shape = shape
    return recorded(Tensor(Float(Reduction.sum(self))), from: [self]) { g in
      [Tensor(repeating: g.scalar, shape: shape)]
    }
  }

  /// The mean of all values, a scalar.
  public func mean() -> Tensor { sum() * (1 / Float(count)) }

  /// The sum along `axes` (negative ones count from the end).
  public func sum(alongAxes axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    let shape = shape
    let axes = axes.map { $0 < 0 ? $0 + rank : $0 }
    let kept = Shape((0..<rank).map { axes.contains($0) ? 1 : shape[$0] })
    let total = Reduction.sum(self, axes: axes, keepingDimensions: keepingDimensions)
    return recorded(total, from: [self]) { g in [Elementwise.expanded(g.viewed(as: kept), to: shape)] }
  }

  /// The mean along `axes`.
  public func mean(alongAxes axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    let length = axes.reduce(1) { $0 * shape[$1] }
    return sum(alongAxes: axes, keepingDimensions: keepingDimensions) * (1 / Float(length))
  }

  /// The largest value along `axes`; equal maxima share the gradient, as in TensorFlow.
  public func maximum(alongAxes axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    let x = detached
    let axes = axes.map { $0 < 0 ? $0 + rank : $0 }
    let largest = Reduction.maximum(x, axes: axes, keepingDimensions: true)
    let shape = Shape((0..<rank).filter { !axes.contains($0) }.map { x.shape[$0] })
    return recorded(keepingDimensions ? largest : largest.viewed(as: shape), from: [self]) { g in
      let hits = Elementwise.map(x, largest) { $0 == $1 ? 1 : 0 }
      let count = Reduction.sum(hits, axes: axes, keepingDimensions: true)
      let share = Elementwise.map(g.viewed(as: largest.shape), count) { $0 / $1 }
      return [Elementwise.map(hits, share) { $0 * $1 }]
    }
  }
}
