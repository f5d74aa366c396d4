import Autodiff
import TensorCore

/// In training, sets a share `rate` of the values to zero and scales the rest by 1 / (1 − rate)
/// (Srivastava et al. 2014). In inference it changes nothing.
public struct Dropout: UnaryLayer {
  public static let typeName = "Dropout"

  public var rate: Float

  public init(rate: Float) { self.rate = rate }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    guard rate >= 0, rate < 1 else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "a rate in [0, 1)", received: "\(rate)",
        remedy: "Give the share of values to drop.")
    }
    try requireNonEmpty(input)
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    guard context.isTraining, rate > 0 else { return input }
    let scale = 1 / (1 - rate)
    let draws = context.random.uniform(shape: input.shape)
    return input * Elementwise.map(draws) { $0 < rate ? 0 : scale }
  }

  enum CodingKeys: String, CodingKey { case rate }
}
