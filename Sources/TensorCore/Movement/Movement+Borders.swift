extension Movement {
  /// Zeros around a tensor: `before[i]` and `after[i]` of them along axis i.
  package static func padded(_ a: Tensor, before: [Int], after: [Int]) -> Tensor {
    check(a.shape, before, after)
    let shape = Shape(a.shape.dimensions.indices.map { before[$0] + a.shape[$0] + after[$0] })
    var out = Tensor.zeros(shape)
    out.withUnsafeMutableValues { out in
      a.withUnsafeValues { x in
        copyBox(
          a.shape, from: x, a.shape, [Int](repeating: 0, count: a.rank), to: out, shape, before)
      }
    }
    return out
  }

  /// What is left when `before[i]` and `after[i]` elements are taken off axis i: the transpose of `padded`.
  package static func cropped(_ a: Tensor, before: [Int], after: [Int]) -> Tensor {
    check(a.shape, before, after)
    require(
      a.shape.dimensions.indices.allSatisfy { before[$0] + after[$0] <= a.shape[$0] },
      "expected no more to crop than the shape \(a.shape) has; found \(before) before and \(after) after")
    let shape = Shape(a.shape.dimensions.indices.map { a.shape[$0] - before[$0] - after[$0] })
    return Tensor(shape: shape) { out in
      a.withUnsafeValues { x in
        copyBox(
          shape, from: x, a.shape, before, to: out, shape, [Int](repeating: 0, count: shape.rank))
      }
    }
  }

  private static func check(_ shape: Shape, _ before: [Int], _ after: [Int]) {
    require(
      before.count == shape.rank && after.count == shape.rank && (before + after).allSatisfy { $0 >= 0 },
      "expected \(shape.rank) counts from 0, one for each axis of the shape \(shape); found \(before) before and "
        + "\(after) after")
  }

  /// Copies a box of `lengths` from one place to another.
  private static func copyBox(
    _ lengths: Shape, from x: UnsafeBufferPointer<Float>, _ source: Shape, _ sourceOrigin: [Int],
    to out: UnsafeMutableBufferPointer<Float>, _ target: Shape, _ targetOrigin: [Int]
  ) {
    guard lengths.count > 0, let x = x.baseAddress, let out = out.baseAddress else { return }
    // Trailing axes that are whole on both sides move as one run, together with the axis before them.
    var outer = lengths.rank
    var run = 1
    while outer > 0 {
      outer -= 1
      run *= lengths[outer]
      if lengths[outer] != source[outer] || lengths[outer] != target[outer] { break }
    }
    let (from, to) = (source.strides, target.strides)
    let start = zip(sourceOrigin, from).reduce(0) { $0 + $1.0 * $1.1 }
    let place = zip(targetOrigin, to).reduce(0) { $0 + $1.0 * $1.1 }
    var index = [Int](repeating: 0, count: outer)
    while true {
      var (source, target) = (start, place)
      for axis in 0..<outer {
        source += index[axis] * from[axis]
        target += index[axis] * to[axis]
      }
      (out + target).update(from: x + source, count: run)
      var axis = outer - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < lengths[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
