import Autodiff
import TensorCore

/// All axes but the batch in one: `[batch, …]` becomes `[batch, values]`. Here a map becomes a vector.
public struct Flatten: UnaryLayer {
  public static let typeName = "Flatten"

  public init() {}

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    guard input.rank >= 1 else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "an input with a batch axis", received: "a scalar",
        remedy: "Add a batch axis.")
    }
    try requireNonEmpty(input)
    return [input[0], input.sample?.count]
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.reshaped(to: [input.shape[0], input.count / input.shape[0]])
  }
}
