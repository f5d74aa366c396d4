import Autodiff
import TensorCore

/// Values side by side along an axis, by default the channels. All other axes are equal.
public struct Concatenate: Layer {
  public static let typeName = "Concatenate"

  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    guard let first = inputs.first, (-first.rank..<first.rank).contains(axis) else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName, expected: "inputs that have an axis \(axis)",
        received: "\(inputs)", remedy: "Give at least one input, and an axis that it has.")
    }
    var output = first
    for input in inputs.dropFirst() {
      try requireNonEmpty(input)
      var fitting = input
      if input.rank == first.rank { fitting[axis] = first[axis] }
      let fits =
        fitting.rank == first.rank
        && zip(fitting.dimensions, first.dimensions).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
      guard fits else {
        throw ShapeError(
          .wrongLength, in: Self.typeName, expected: "inputs like \(first) but for axis \(axis)",
          received: "\(input)", remedy: "Bring the inputs to one shape first.")
      }
      output[axis] = output[axis].flatMap { sum in input[axis].map { sum + $0 } }
    }
    return [output]
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    _ = try outputShapes(for: inputs.map { SymbolicShape($0.shape) })
    return [Tensor.concatenated(inputs, axis: axis)]
  }
}
