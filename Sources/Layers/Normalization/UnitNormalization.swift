import Autodiff
import TensorCore

/// Brings vectors along `axes` to length 1: `x / √Σx²`. Input and output have one shape.
public struct UnitNormalization: UnaryLayer {
  public static let typeName = "UnitNormalization"

  /// The axes that are normalised together; negative ones count from the end.
  public var axes: [Int]

  public init(axes: [Int] = [-1]) { self.axes = axes }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    _ = try requireAxes(axes, of: input)
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.withRows(along: try requireAxes(axes, of: SymbolicShape(input.shape))) { $0.unitLength() }
  }
}

extension UnitNormalization {
  enum CodingKeys: String, CodingKey { case axes = "axis" }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(axes: try options.value(.axes, default: Extent([-1])).lengths)
  }
}
