/// Operations that move values without changing them. Shapes have been checked by the caller.
package enum Movement {
  /// The tensor with its axes in another order: axis `i` of the result is axis `order[i]` of the input.
  package static func transposed(_ a: Tensor, _ order: [Int]) -> Tensor {
    require(
      order.sorted() == Array(0..<a.rank),
      "expected an order of the axes 0..<\(a.rank) of the shape \(a.shape); found \(order)")
    let shape = Shape(order.map { a.shape[$0] })
    // Trailing axes that stay in place move as one run.
    var outer = a.rank
    var run = 1
    while outer > 0, order[outer - 1] == outer - 1 {
      outer -= 1
      run *= a.shape[outer]
    }
    let sourceStrides = a.shape.strides
    let strides = order.prefix(outer).map { sourceStrides[$0] }
    let lengths = Array(shape.dimensions.prefix(outer))
    return Tensor(shape: shape) { out in
      a.withUnsafeValues { x in
        guard !out.isEmpty else { return }
        walk(lengths: lengths, strides: strides, out: out.baseAddress!, from: x.baseAddress!, run: run)
      }
    }
  }

  /// Copies runs in the order of `lengths`, the source advancing by `strides`.
  private static func walk(
    lengths: [Int], strides: [Int], out: UnsafeMutablePointer<Float>, from x: UnsafePointer<Float>, run: Int
  ) {
    guard let inner = lengths.last, let innerStride = strides.last else {
      out.initialize(from: x, count: run)
      return
    }
    var index = [Int](repeating: 0, count: lengths.count - 1)
    var position = 0
    while true {
      var source = 0
      for axis in index.indices { source += index[axis] * strides[axis] }
      if run == 1 {
        for i in 0..<inner { (out + position + i).initialize(to: x[source + i * innerStride]) }
      } else {
        for i in 0..<inner {
          (out + position + i * run).initialize(from: x + source + i * innerStride, count: run)
        }
      }
      position += inner * run
      var axis = index.count - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < lengths[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// Tensors side by side along an axis. All other axes are equal.
  package static func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
    require(!tensors.isEmpty, "expected at least one tensor to concatenate; found none")
    var shape = tensors[0].shape
    let axis = shape.index(ofAxis: axis)
    for tensor in tensors {
      let fits =
        tensor.rank == shape.rank
        && shape.dimensions.indices.allSatisfy { $0 == axis || tensor.shape[$0] == shape[$0] }
      require(fits, "expected shapes that differ in axis \(axis) alone; found \(shape) and \(tensor.shape)")
    }
    shape[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
    let outer = shape.dimensions[..<axis].reduce(1, *)
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    return Tensor(shape: shape) { out in
      var offset = 0
      for tensor in tensors {
        let run = tensor.shape[axis] * inner
        tensor.withUnsafeValues { x in
          guard run > 0 else { return }
          for block in 0..<outer {
            (out.baseAddress! + block * shape[axis] * inner + offset)
              .initialize(from: x.baseAddress! + block * run, count: run)
          }
        }
        offset += run
      }
    }
  }

  /// The part `range` of an axis.
  package static func slice(_ a: Tensor, axis: Int, _ range: Range<Int>) -> Tensor {
    var shape = a.shape
    let axis = shape.index(ofAxis: axis)
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "expected a range within 0..<\(shape[axis]), axis \(axis) of the shape \(shape); found \(range)")
    shape[axis] = range.count
    let outer = a.shape.dimensions[..<axis].reduce(1, *)
    let inner = a.shape.dimensions[(axis + 1)...].reduce(1, *)
    let run = range.count * inner
    return Tensor(shape: shape) { out in
      a.withUnsafeValues { x in
        guard run > 0 else { return }
        for block in 0..<outer {
          (out.baseAddress! + block * run)
            .initialize(
              from: x.baseAddress! + (block * a.shape[axis] + range.lowerBound) * inner, count: run)
        }
      }
    }
  }

  /// Zeros of `shape` with `a` placed at `offset` of an axis: the transpose of `slice`.
  package static func placed(_ a: Tensor, axis: Int, at offset: Int, length: Int) -> Tensor {
    var before = a.shape
    let axis = before.index(ofAxis: axis)
    require(
      offset >= 0 && offset + a.shape[axis] <= length,
      "expected \(a.shape[axis]) entries from \(offset) on within 0..<\(length) of axis \(axis)")
    before[axis] = offset
    var after = a.shape
    after[axis] = length - offset - a.shape[axis]
    return concatenated([.zeros(before), a, .zeros(after)], axis: axis)
  }

  /// The tensor with an axis in reverse order.
  package static func reversed(_ a: Tensor, axis: Int) -> Tensor {
    let axis = a.shape.index(ofAxis: axis)
    let outer = a.shape.dimensions[..<axis].reduce(1, *)
    let inner = a.shape.dimensions[(axis + 1)...].reduce(1, *)
    let length = a.shape[axis]
    return Tensor(shape: a.shape) { out in
      a.withUnsafeValues { x in
        for block in 0..<outer {
          for i in 0..<length {
            (out.baseAddress! + (block * length + i) * inner)
              .initialize(from: x.baseAddress! + (block * length + length - 1 - i) * inner, count: inner)
          }
        }
      }
    }
  }

  /// The entries `indices` of the first axis, in that order.
  package static func gathered(_ a: Tensor, _ indices: [Int]) -> Tensor {
    var shape = a.shape
    let length = shape[0]
    require(
      indices.allSatisfy { $0 >= 0 && $0 < length },
      "expected indices within 0..<\(length), axis 0 of the shape \(shape); found \(indices)")
    shape[0] = indices.count
    let run = a.shape.dimensions.dropFirst().reduce(1, *)
    return Tensor(shape: shape) { out in
      a.withUnsafeValues { x in
        for (row, index) in indices.enumerated() {
          (out.baseAddress! + row * run).initialize(from: x.baseAddress! + index * run, count: run)
        }
      }
    }
  }
}
