import Autodiff
import TensorCore

/// Each channel times a factor of its own, which is learned and starts small: what a residual branch ends in, so that a
/// deep network starts near the identity (Touvron et al. 2021). Input and output `[batch, …, channels]`.
public struct LayerScale: UnaryLayer {
  public static let typeName = "LayerScale"

  /// What the factors start at.
  public var initialValue: Float

  public var gamma = Parameter.unbuilt

  public init(initialValue: Float = 1e-2) { self.initialValue = initialValue }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    guard input.rank >= 2 else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "an input of rank 2 or more, [batch, …, channels]",
        received: "\(input)", remedy: "Add the missing axes.")
    }
    try requireNonEmpty(input)
    let channels = try requireChannels(input)
    guard !gamma.isBuilt || gamma.value.count == channels else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "\(gamma.value.count) channels",
        received: "\(channels) in \(input)", remedy: "Feed as many channels as the layer was built for.")
    }
    return input
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    [ParameterSpecification("gamma", [try requireChannels(input)], .constant(initialValue))]
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("gamma", &gamma)
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(gamma)
    return input * gamma.value
  }

  enum CodingKeys: String, CodingKey { case initialValue = "init_values" }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(initialValue: try options.value(.initialValue, default: 1e-2))
  }
}
