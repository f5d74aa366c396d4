import Autodiff
import TensorCore

/// Marks the steps of a sequence `[batch, time, …, channels]` that are to be skipped: those at which all
/// channels equal `maskValue`. Layers that follow in a model skip them; the values themselves become zeros.
public struct Masking: UnaryLayer {
  public static let typeName = "Masking"

  public var maskValue: Float

  public init(maskValue: Float = 0) { self.maskValue = maskValue }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    guard input.rank >= 3 else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "an input of rank 3 or more, [batch, time, …, channels]",
        received: "\(input)", remedy: "Add a time axis after the batch.")
    }
    try requireNonEmpty(input)
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    let keeps = counting(input)
    return .selected(where: keeps, input, otherwise: .zeros(input.shape))
  }

  /// The mask has all axes but the channels, as in Keras.
  public func outputMasks(for inputs: [Tensor], masks: [Tensor?]) -> [Tensor?] {
    guard let input = inputs.first else { return [] }
    return [counting(input).viewed(as: Shape(Array(input.shape.dimensions.dropLast())))]
  }

  /// 1 where a pixel has a channel that is not `maskValue`: `[batch, time, …, 1]`.
  private func counting(_ input: Tensor) -> Tensor {
    Reduction.maximum(
      Elementwise.map(input) { $0 != maskValue ? 1 : 0 }, axes: [input.rank - 1], keepingDimensions: true)
  }

  enum CodingKeys: String, CodingKey { case maskValue = "mask_value" }
}

/// A sequence together with the mask of its steps, `[batch, time]` with 0 for a step to be skipped: two
/// inputs, of which the first goes on.
public struct ApplyMask: Layer {
  public static let typeName = "ApplyMask"

  public init() {}

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    guard inputs.count == 2, inputs[0].rank >= 2, inputs[1].rank == 2 else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName, expected: "a sequence [batch, time, …] and a mask [batch, time]",
        received: inputs.map(\.description).joined(separator: ", "), remedy: "Give both, in this order.")
    }
    return [inputs[0]]
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    _ = try outputShapes(for: inputs.map { SymbolicShape($0.shape) })
    return [inputs[0]]
  }

  public func outputMasks(for inputs: [Tensor], masks: [Tensor?]) -> [Tensor?] { [inputs.last?.detached] }
}
