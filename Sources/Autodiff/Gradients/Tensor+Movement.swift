import TensorCore

extension Tensor {
  /// The same values under another shape with as many elements.
  public func reshaped(to shape: Shape) -> Tensor {
    let original = self.shape
    return recorded(viewed(as: shape), from: [self]) { [$0.viewed(as: original)] }
  }

  /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor.
  public func transposed(_ order: [Int]) -> Tensor {
    var inverse = order
    for (i, axis) in order.enumerated() { inverse[axis] = i }
    let back = inverse
    return recorded(Movement.transposed(self, order), from: [self]) { [Movement.transposed($0, back)] }
  }

  /// Part of an axis, which keeps its place.
  public func slice(axis: Int, _ range: Range<Int>) -> Tensor {
    let length = shape[axis]
    return recorded(Movement.slice(self, axis: axis, range), from: [self]) { g in
      [Movement.placed(g, axis: axis, at: range.lowerBound, length: length)]
    }
  }

  /// One entry of an axis, which disappears.
  public func entry(_ index: Int, axis: Int) -> Tensor {
    var remaining = shape.dimensions
    let length = remaining.remove(at: shape.index(ofAxis: axis))
    require(
      index >= 0 && index < length,
      "expected an entry in 0..<\(length) of axis \(axis) of the shape \(shape); found \(index)")
    return slice(axis: axis, index..<index + 1).reshaped(to: Shape(remaining))
  }

  /// The axis in reverse order.
  public func reversed(axis: Int) -> Tensor {
    recorded(Movement.reversed(self, axis: axis), from: [self]) { [Movement.reversed($0, axis: axis)] }
  }

  /// Tensors side by side along an axis that they have.
  public static func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
    let result = Movement.concatenated(tensors, axis: axis)
    let lengths = tensors.map { $0.shape[axis] }
    return recorded(result, from: tensors) { g in
      var start = 0
      return lengths.map { length in
        defer { start += length }
        return Movement.slice(g, axis: axis, start..<start + length)
      }
    }
  }

  /// Tensors of one shape side by side along a new axis.
  public static func stacked(_ tensors: [Tensor], axis: Int) -> Tensor {
    require(!tensors.isEmpty, "expected at least one tensor to stack; found none")
    var shape = tensors[0].shape
    require(
      axis >= 0 && axis <= shape.rank && tensors.allSatisfy { $0.shape == shape },
      "expected tensors of one shape and a new axis in 0...\(shape.rank); found axis \(axis) and shapes "
        + "\(tensors.map(\.shape))")
    shape.dimensions.insert(1, at: axis)
    return concatenated(tensors.map { $0.reshaped(to: shape) }, axis: axis)
  }
}
