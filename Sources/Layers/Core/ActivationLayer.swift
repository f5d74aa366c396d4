import Autodiff
import TensorCore

/// An activation function as a layer of its own; `Activation` in Keras.
public struct ActivationLayer: UnaryLayer {
  public static let typeName = "Activation"

  public var activation: Activation

  public init(_ activation: Activation) { self.activation = activation }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    guard activation == .glu else { return input }
    // One half of the last axis gates the other.
    var output = input
    if let last = input[-1] {
      guard last.isMultiple(of: 2) else {
        throw ShapeError(
          .wrongLength, in: Self.typeName, expected: "a last axis of even length for glu",
          received: "\(input)",
          remedy: "Let the layer before it end in an even number of channels.")
      }
      output[-1] = last / 2
    }
    return output
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.activated(by: activation)
  }

  enum CodingKeys: String, CodingKey { case activation }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try options.name(.activation, default: .linear))
  }
}
