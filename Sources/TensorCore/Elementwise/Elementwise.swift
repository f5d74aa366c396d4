/// Operations on values one by one, with NumPy's broadcasting. Shapes have been checked by the caller.
@usableFromInline
package enum Elementwise {
  /// The shape that two shapes broadcast to: aligned at their last axes, lengths equal or one of them 1.
  ///
  /// - Throws: `ShapeError` if an axis fits in neither way.
  @usableFromInline
  package static func broadcastShape(_ a: Shape, _ b: Shape) throws(ShapeError) -> Shape {
    if a == b { return a }
    let rank = max(a.rank, b.rank)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let x = axis < rank - a.rank ? 1 : a.dimensions[axis - rank + a.rank]
      let y = axis < rank - b.rank ? 1 : b.dimensions[axis - rank + b.rank]
      guard x == y || x == 1 || y == 1 else {
        throw ShapeError(
          .wrongLength, in: "broadcasting", expected: "axes of equal length or of length 1",
          received: "\(a) and \(b)", remedy: "Reshape one of them so that axis \(axis - rank) fits.")
      }
      result[axis] = x == 1 ? y : x
    }
    return Shape(result)
  }

  /// How many values one thread takes at least: about what waking another one costs.
  @usableFromInline static let grain = 1 << 15

  /// `f` of every value, on all threads.
  @inlinable
  package static func map(_ a: Tensor, _ f: @Sendable (Float) -> Float) -> Tensor {
    Tensor(shape: a.shape) { out in
      a.withUnsafeValues { x in
        ThreadTeam.forEach(count: out.count, grain: grain) { part in
          for i in part { out.initializeElement(at: i, to: f(x[i])) }
        }
      }
    }
  }

  /// `f` of two broadcast tensors, value by value, on all threads.
  @inlinable
  package static func map(_ a: Tensor, _ b: Tensor, _ f: @Sendable (Float, Float) -> Float) -> Tensor {
    if a.shape == b.shape {
      return Tensor(shape: a.shape) { out in
        a.withUnsafeValues { x in
          b.withUnsafeValues { y in
            ThreadTeam.forEach(count: out.count, grain: grain) { part in
              for i in part { out.initializeElement(at: i, to: f(x[i], y[i])) }
            }
          }
        }
      }
    }
    guard let shape = try? broadcastShape(a.shape, b.shape) else {
      fatalError("expected shapes that broadcast; found \(a.shape) and \(b.shape)")
    }
    let xs = expanded(a, to: shape)
    let ys = expanded(b, to: shape)
    return map(xs, ys, f)
  }

  /// The tensor repeated along its axes of length 1 (and along new leading axes) to fill `shape`.
  @usableFromInline
  package static func expanded(_ a: Tensor, to shape: Shape) -> Tensor {
    if a.shape == shape { return a.detached }
    let padded = [Int](repeating: 1, count: max(0, shape.rank - a.rank)) + a.shape.dimensions
    let fits = padded.count == shape.rank && zip(padded, shape.dimensions).allSatisfy { $0 == $1 || $0 == 1 }
    require(fits, "expected a shape that \(a.shape) broadcasts to; found \(shape)")
    return Tensor(shape: shape) { out in
      a.withUnsafeValues { x in
        if a.count == 1 {
          out.initialize(repeating: x[0])
          return
        }
        // The trailing axes that need no repetition are copied as one run.
        var run = 1
        var outer = shape.rank
        while outer > 0, padded[outer - 1] == shape.dimensions[outer - 1] {
          outer -= 1
          run *= padded[outer]
        }
        let sourceStrides = Shape(padded).strides
        var index = [Int](repeating: 0, count: outer)
        var position = 0
        while position < out.count {
          var source = 0
          for axis in 0..<outer where padded[axis] != 1 { source += index[axis] * sourceStrides[axis] }
          (out.baseAddress! + position).initialize(from: x.baseAddress! + source, count: run)
          position += run
          var axis = outer - 1
          while axis >= 0 {
            index[axis] += 1
            if index[axis] < shape.dimensions[axis] { break }
            index[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }

  /// Sums away the axes along which `shape` was broadcast: the transpose of `expanded(_:to:)`.
  package static func reduced(_ a: Tensor, to shape: Shape) -> Tensor {
    if a.shape == shape { return a.detached }
    let lead = a.rank - shape.rank
    let axes = (0..<a.rank).filter { $0 < lead || (shape.dimensions[$0 - lead] == 1 && a.shape[$0] != 1) }
    return Reduction.sum(a, axes: axes).viewed(as: shape)
  }
}
