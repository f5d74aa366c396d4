import TensorCore

extension Tensor {
  /// The larger of two values, with NumPy's broadcasting. Of equal ones the first gets the gradient, as in
  /// TensorFlow.
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
    chosen(a, b) { $0 >= $1 || $0.isNaN }
  }

  /// The smaller of two values, with NumPy's broadcasting. Of equal ones the first gets the gradient, as in
  /// TensorFlow.
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
    chosen(a, b) { $0 <= $1 || $0.isNaN }
  }

  private static func chosen(
    _ a: Tensor, _ b: Tensor, _ takesFirst: @escaping @Sendable (Float, Float) -> Bool
  ) -> Tensor {
    let (x, y) = (a.detached, b.detached)
    return recorded(Elementwise.map(x, y) { takesFirst($0, $1) ? $0 : $1 }, from: [a, b]) { g in
      let choice = Elementwise.map(x, y) { takesFirst($0, $1) ? 1 : 0 }
      return [
        Elementwise.reduced(Elementwise.map(g, choice) { $0 * $1 }, to: x.shape),
        Elementwise.reduced(Elementwise.map(g, choice) { $0 * (1 - $1) }, to: y.shape),
      ]
    }
  }

  /// `function` of every value, with its derivative: how a program brings in a function of its own.
  ///
  /// ```swift
  /// let y = x.mapped({ $0 * $0 * $0 }, derivative: { 3 * $0 * $0 })
  /// ```
  public func mapped(
    _ function: @Sendable (Float) -> Float, derivative: @escaping @Sendable (Float) -> Float
  ) -> Tensor {
    let x = detached
    return recorded(Elementwise.map(x, function), from: [self]) { g in
      [Elementwise.map(g, x) { $0 * derivative($1) }]
    }
  }
}
