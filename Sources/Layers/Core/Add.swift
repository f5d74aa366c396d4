import Autodiff
import TensorCore

/// The sum of two or more values of one shape, element by element.
public struct Add: Layer {
  public static let typeName = "Add"

  public init() {}

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    guard inputs.count >= 2, var output = inputs.first else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName, expected: "two inputs or more", received: "\(inputs.count)",
        remedy: "Give all that is to be added.")
    }
    for input in inputs.dropFirst() {
      let fits =
        input.rank == output.rank
        && zip(input.dimensions, output.dimensions).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
      guard fits else {
        throw ShapeError(
          .wrongLength, in: Self.typeName, expected: "inputs of one shape", received: "\(inputs)",
          remedy: "Bring the inputs to one shape first.")
      }
      for axis in 0..<output.rank where output[axis] == nil { output[axis] = input[axis] }
    }
    return [output]
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    _ = try outputShapes(for: inputs.map { SymbolicShape($0.shape) })
    return [inputs.dropFirst().reduce(inputs[0]) { $0 + $1 }]
  }
}
