import Autodiff
import TensorCore

/// x above zero and `alpha` · x below, with a learned `alpha` for each value of a sample (He et al. 2015).
///
/// Parameter `alpha` has the input's shape without the batch, and length 1 along the shared axes: with maps,
/// `sharedAxes: [1, 2]` learns one slope for each channel.
public struct PReLU: UnaryLayer {
  public static let typeName = "PReLU"

  /// Axes along which the slope is the same, counted with the batch as 0.
  public var sharedAxes: [Int]?

  public var alpha = Parameter.unbuilt

  public init(sharedAxes: [Int]? = nil) { self.sharedAxes = sharedAxes }

  private func slopes(for input: SymbolicShape) throws -> Shape {
    let shared = sharedAxes ?? []
    guard shared.allSatisfy({ (1..<max(input.rank, 1)).contains($0) }) else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "shared axes from 1 to \(input.rank - 1)",
        received: "\(shared)", remedy: "Count axes with the batch as 0.")
    }
    let lengths = (1..<max(input.rank, 1)).map { shared.contains($0) ? 1 : input[$0] }
    guard lengths.allSatisfy({ $0 != nil }) else {
      throw ShapeError(
        .wrongLength, in: Self.typeName, expected: "known lengths of all axes that are not shared",
        received: "\(input)", remedy: "Share the axes whose length may differ, as in sharedAxes: [1, 2].")
    }
    return Shape(lengths.map { $0! })
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    let slopes = try slopes(for: input)
    guard !alpha.isBuilt || alpha.value.shape == slopes else {
      throw ShapeError(
        .wrongLength, in: Self.typeName, expected: "an input for slopes of shape \(alpha.value.shape)",
        received: "\(input)", remedy: "Feed inputs of the shape that the layer was built for.")
    }
    return input
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    [ParameterSpecification("alpha", try slopes(for: input), .zeros)]
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("alpha", &alpha)
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(alpha)
    return input.activated(by: .relu) - alpha.value * (-input).activated(by: .relu)
  }

  enum CodingKeys: String, CodingKey { case sharedAxes = "shared_axes" }
}
