import TensorCore

extension Tensor {
  /// The sum, with NumPy's broadcasting.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    let (shapeA, shapeB) = (a.shape, b.shape)
    return recorded(Elementwise.map(a, b) { $0 + $1 }, from: [a, b]) { g in
      [Elementwise.reduced(g, to: shapeA), Elementwise.reduced(g, to: shapeB)]
    }
  }

  /// The difference, with NumPy's broadcasting.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    let (shapeA, shapeB) = (a.shape, b.shape)
    return recorded(Elementwise.map(a, b) { $0 - $1 }, from: [a, b]) { g in
      [Elementwise.reduced(g, to: shapeA), Elementwise.reduced(Elementwise.map(g) { -$0 }, to: shapeB)]
    }
  }

  /// The product value by value, with NumPy's broadcasting.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.detached, b.detached)
    return recorded(Elementwise.map(a, b) { $0 * $1 }, from: [a, b]) { g in
      [
        Elementwise.reduced(Elementwise.map(g, y) { $0 * $1 }, to: x.shape),
        Elementwise.reduced(Elementwise.map(g, x) { $0 * $1 }, to: y.shape),
      ]
    }
  }

  /// The quotient value by value, with NumPy's broadcasting.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.detached, b.detached)
    return recorded(Elementwise.map(a, b) { $0 / $1 }, from: [a, b]) { g in
      let quotient = Elementwise.map(g, y) { $0 / $1 }
      let byDivisor = Elementwise.map(Elementwise.map(quotient, x) { -$0 * $1 }, y) { $0 / $1 }
      return [Elementwise.reduced(quotient, to: x.shape), Elementwise.reduced(byDivisor, to: y.shape)]
    }
  }

  /// The negative.
  public static prefix func - (a: Tensor) -> Tensor { a * -1 }

  public static func + (a: Tensor, b: Float) -> Tensor {
    recorded(Elementwise.map(a) { $0 + b }, from: [a]) { [$0] }
  }

  public static func - (a: Tensor, b: Float) -> Tensor { a + -b }

  public static func * (a: Tensor, b: Float) -> Tensor {
    recorded(Elementwise.map(a) { $0 * b }, from: [a]) { g in [Elementwise.map(g) { $0 * b }] }
  }

  public static func / (a: Tensor, b: Float) -> Tensor { a * (1 / b) }

  public static func + (a: Float, b: Tensor) -> Tensor { b + a }
  public static func * (a: Float, b: Tensor) -> Tensor { b * a }
  public static func - (a: Float, b: Tensor) -> Tensor { -b + a }
}
