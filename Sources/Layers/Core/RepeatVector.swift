import Autodiff
import TensorCore

/// The same vector at every step of a new time axis: `[batch, channels]` becomes `[batch, count, channels]`.
public struct RepeatVector: UnaryLayer {
  public static let typeName = "RepeatVector"

  /// How many steps.
  public var count: Int

  public init(_ count: Int) { self.count = count }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireRank(2, input, axes: "[batch, channels]")
    try requirePositive("count", [count])
    return [input[0], count, input[1]]
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.repeatedInTime(count)
  }

  enum CodingKeys: String, CodingKey { case count = "n" }
}

/// The last step of a sequence at every step of a new one: `[batch, time, …]` becomes `[batch, count, …]`. A
/// forecaster starts from it: the last observed frame is what persistence would forecast.
public struct RepeatLast: UnaryLayer {
  public static let typeName = "RepeatLast"

  /// How many steps.
  public var count: Int

  public init(_ count: Int) { self.count = count }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    guard input.rank >= 2 else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "an input of rank 2 or more, [batch, time, …]",
        received: "\(input)", remedy: "Add a time axis after the batch.")
    }
    try requireNonEmpty(input)
    try requirePositive("count", [count])
    var output = input
    output[1] = count
    return output
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.entry(input.shape[1] - 1, axis: 1).repeatedInTime(count)
  }

  enum CodingKeys: String, CodingKey { case count = "n" }
}

extension Tensor {
  /// The tensor `count` times along a new axis 1.
  fileprivate func repeatedInTime(_ count: Int) -> Tensor {
    var single = shape
    single.dimensions.insert(1, at: 1)
    var repeated = single
    repeated[1] = count
    return reshaped(to: single) + Tensor.zeros(repeated)
  }
}
