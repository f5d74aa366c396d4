import Layers

/// Rearranging values whose lengths may be known only at run time.
extension ONNXGraph {
  mutating func transpose(_ value: String, _ order: [Int]) -> String {
    add("Transpose", [value], ["perm": .integers(order)])
  }

  /// Channels last to channels first, behind the batch.
  mutating func channelsFirst(_ value: String, rank: Int) -> String {
    transpose(value, [0, rank - 1] + Array(1..<rank - 1))
  }

  mutating func channelsLast(_ value: String, rank: Int) -> String {
    transpose(value, [0] + Array(2..<rank) + [1])
  }

  /// The lengths of some axes, as a value.
  mutating func lengths(_ value: String, _ axes: Range<Int>) -> String {
    let shape = add("Shape", [value])
    return add(
      "Slice", [shape, integers([axes.lowerBound]), integers([axes.upperBound]), integers([0])])
  }

  mutating func reshape(_ value: String, to shape: [Int]) -> String {
    add("Reshape", [value, integers(shape)])
  }

  /// Under a shape made of pieces, each a value that holds lengths.
  mutating func reshape(_ value: String, toPieces pieces: [String]) -> String {
    let shape = pieces.count == 1 ? pieces[0] : add("Concat", pieces, ["axis": .integer(0)])
    return add("Reshape", [value, shape])
  }

  /// The first `count` axes in one.
  mutating func folded(_ value: String, _ shape: SymbolicShape, leading count: Int) -> String {
    let rest = Array(shape.dimensions.dropFirst(count))
    let known = rest.compactMap { $0 }
    if known.count == rest.count { return reshape(value, to: [-1] + known) }
    return reshape(value, toPieces: [integers([-1]), lengths(value, count..<shape.rank)])
  }

  /// The first axis back as the `count` first axes of `original`.
  mutating func unfolded(_ value: String, like original: String, leading count: Int, rank: Int) -> String {
    reshape(value, toPieces: [lengths(original, 0..<count), lengths(value, 1..<rank)])
  }

  /// Some part of an axis.
  mutating func slice(_ value: String, axis: Int, _ range: Range<Int>) -> String {
    add(
      "Slice",
      [value, integers([range.lowerBound]), integers([range.upperBound]), integers([axis])])
  }
}
