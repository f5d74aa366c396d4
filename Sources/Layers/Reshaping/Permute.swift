import Autodiff
import TensorCore

/// Axes in another order; the batch stays first. Axis i + 1 of the output is axis `dims[i]` of the input, counted
/// from 1: `[2, 1]` swaps the two axes after the batch.
public struct Permute: UnaryLayer {
  public static let typeName = "Permute"

  public var dims: [Int]

  public init(dims: [Int]) { self.dims = dims }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    guard dims.sorted() == Array(1..<dims.count + 1), !dims.isEmpty else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "each of the axes 1, 2, … once", received: "\(dims)",
        remedy: "Name every axis after the batch, counted from 1.")
    }
    try requireRank(dims.count + 1, input, axes: "for the order \(dims)")
    return SymbolicShape([input[0]] + dims.map { input[$0] })
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.transposed([0] + dims)
  }
}
