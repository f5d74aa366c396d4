/// Ends the program with a message unless a condition holds, in release builds too, where `precondition` keeps its
/// text to itself. For what a caller must see to: bounds, axes and shapes of operations that do not throw.
@inlinable
package func require(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition() { fatalError(message(), file: file, line: line) }
}

/// Ends the program with a message unless a tensor, if there is one, has the shape that an operation asks for.
package func require(
  _ tensor: Tensor?, _ name: StaticString, of shape: Shape, file: StaticString = #fileID, line: UInt = #line
) {
  guard let tensor else { return }
  require(
    tensor.shape == shape, "expected \(name) of shape \(shape); found \(tensor.shape)", file: file, line: line
  )
}

/// Ends the program with a message unless a tensor, if there is one, has as many values as an operation asks for.
package func require(
  _ tensor: Tensor?, _ name: StaticString, ofCount count: Int, file: StaticString = #fileID,
  line: UInt = #line
) {
  guard let tensor else { return }
  require(
    tensor.count == count, "expected \(name) of \(count) values; found the shape \(tensor.shape)", file: file,
    line: line)
}

extension Shape {
  /// An axis counted from the first; negative ones count from the end.
  package func index(ofAxis axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Int {
    require(
      axis >= -rank && axis < rank,
      "expected an axis in \(-rank)..<\(rank) of the shape \(self); found \(axis)",
      file: file, line: line)
    return axis < 0 ? axis + rank : axis
  }

  /// What a tensor may have: no axis of negative length.
  var isValid: Bool { dimensions.allSatisfy { $0 >= 0 } }
}
