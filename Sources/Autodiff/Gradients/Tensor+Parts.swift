import TensorCore

extension Tensor {
  /// Equal parts along an axis, whose length `count` divides. Their cotangents come back in one piece, which a
  /// slice for each part would assemble from as many whole ones.
  public func split(axis: Int, into count: Int) -> [Tensor] {
    require(
      count > 0 && shape[axis] % count == 0,
      "expected a number of parts that divides \(shape[axis]), axis \(axis) of the shape \(shape); found \(count)"
    )
    if count == 1 { return [self] }
    var partShape = shape
    partShape[axis] = shape[axis] / count
    let (length, part) = (partShape[axis], partShape)
    let parts = (0..<count).map { Movement.slice(self, axis: axis, $0 * length..<($0 + 1) * length) }
    return recorded(parts, from: [self]) { cotangents in
      guard cotangents.contains(where: { $0 != nil }) else { return [] }
      return [Movement.concatenated(cotangents.map { $0 ?? .zeros(part) }, axis: axis)]
    }
  }

  /// The entries of an axis, which disappears.
  public func unstacked(axis: Int) -> [Tensor] {
    var remaining = shape.dimensions
    remaining.remove(at: shape.index(ofAxis: axis))
    let entry = Shape(remaining)
    return split(axis: axis, into: shape[axis]).map { $0.reshaped(to: entry) }
  }

  /// The values of `a` where `mask`, which broadcasts to their shape, is not zero, and those of `b` elsewhere.
  /// What is not chosen does not matter, not even if it is NaN.
  public static func selected(where mask: Tensor, _ a: Tensor, otherwise b: Tensor) -> Tensor {
    require(b, "a second choice", of: a.shape)
    let chosen = Elementwise.expanded(mask.detached, to: a.shape)
    return recorded(choice(chosen, a, b), from: [a, b]) { g in
      [Elementwise.map(chosen, g) { $0 != 0 ? $1 : 0 }, Elementwise.map(chosen, g) { $0 != 0 ? 0 : $1 }]
    }
  }

  private static func choice(_ mask: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    Tensor(shape: a.shape) { out in
      mask.withUnsafeValues { m in
        a.withUnsafeValues { x in
          b.withUnsafeValues { y in
            for i in out.indices { out.initializeElement(at: i, to: m[i] != 0 ? x[i] : y[i]) }
          }
        }
      }
    }
  }
}
