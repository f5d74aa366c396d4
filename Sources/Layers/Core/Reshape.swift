import Autodiff
import TensorCore

/// The same values under another shape: `[batch, …]` becomes `[batch] + targetShape`, in which one axis may be
/// -1, to be filled in.
public struct Reshape: UnaryLayer {
  public static let typeName = "Reshape"

  /// The axes after the batch.
  public var targetShape: [Int]

  public init(targetShape: [Int]) { self.targetShape = targetShape }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    let known = targetShape.filter { $0 != -1 }.reduce(1, *)
    guard targetShape.filter({ $0 == -1 }).count <= 1, targetShape.allSatisfy({ $0 == -1 || $0 > 0 }) else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "positive lengths, at most one of them -1",
        received: "\(targetShape)", remedy: "Name all axes but one.")
    }
    guard let count = input.sample?.count else {
      return SymbolicShape([input[0]] + targetShape.map { $0 == -1 ? nil : $0 })
    }
    guard targetShape.contains(-1) ? count % known == 0 : count == known else {
      throw ShapeError(
        .wrongElementCount, in: Self.typeName, expected: "\(known) values a sample for \(targetShape)",
        received: "\(count) in \(input)", remedy: "Choose a target shape with as many values.")
    }
    return SymbolicShape([input[0]] + targetShape.map { $0 == -1 ? count / known : $0 })
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    let known = targetShape.filter { $0 != -1 }.reduce(1, *)
    let free = input.count / input.shape[0] / known
    return input.reshaped(to: Shape([input.shape[0]] + targetShape.map { $0 == -1 ? free : $0 }))
  }

  enum CodingKeys: String, CodingKey {
    case targetShape = "target_shape"
  }
}
