import Autodiff
import TensorCore

/// A fully connected layer along the last axis: `activation(x · kernel + bias)`.
///
/// Input `[…, channels]`, output `[…, units]`; kernel `[channels, units]`.
public struct Dense: UnaryLayer {
  public static let typeName = "Dense"

  public var units: Int
  public var activation: Activation
  public var useBias: Bool

  public var kernel = Parameter.unbuilt
  public var bias = Parameter.unbuilt

  public init(units: Int, activation: Activation = .linear, useBias: Bool = true) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    guard input.rank >= 2 else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "an input of rank 2 or more, [batch, …, channels]",
        received: "\(input)", remedy: "Add a batch axis.")
    }
    try requireNonEmpty(input)
    try requirePositive("units", [units])
    _ = try requireChannels(input, built: kernel.value)
    var output = input
    output[-1] = units
    return output
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try requireChannels(input)
    return [ParameterSpecification("kernel", [channels, units], .glorotUniform)]
      + (useBias ? [ParameterSpecification("bias", [units], .zeros)] : [])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("kernel", &kernel)
    if useBias { try visit("bias", &bias) }
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(kernel)
    let rows = input.count / input.shape[-1]
    var product = input.reshaped(to: [rows, input.shape[-1]]).matrixProduct(with: kernel.value)
    if useBias { product = product + bias.value }
    var shape = input.shape
    shape[-1] = units
    return product.reshaped(to: shape).activated(by: activation)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    input.sample.map { 2 * $0.count * units }
  }
}

extension Dense {
  enum CodingKeys: String, CodingKey {
    case units, activation
    case useBias = "use_bias"
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      units: try options.decode(Int.self, forKey: .units),
      activation: try options.name(.activation, default: .linear),
      useBias: try options.value(.useBias, default: true))
  }
}
