import Autodiff
import TensorCore

/// A step of a model: a struct of options and parameters that turns tensors into tensors.
///
/// A layer is `Codable` for its options, under Keras' names (`kernel_size`); its parameters are stored apart. It
/// says by shape inference what it makes of its inputs and which parameters it needs; `build` makes them.
public protocol Layer: Parameterized, Codable {
  /// The name by which files know the layer: Keras' class name.
  static var typeName: String { get }

  /// The shapes of the outputs for inputs of these shapes.
  ///
  /// - Throws: `ShapeError` if the layer cannot take such inputs.
  func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape]

  /// The parameters that the layer has for such inputs, in the order of `visitParameters`.
  func parameterSpecifications(for inputs: [SymbolicShape]) throws -> [ParameterSpecification]

  /// Computes the outputs.
  ///
  /// - Throws: `ShapeError` if the inputs do not fit the layer or it has not been built.
  func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor]

  /// Floating-point operations of a forward pass of one sample, a multiply-add counting two; `nil` if an axis
  /// is unknown. Elementwise work is not counted, as is usual.
  func operations(for inputs: [SymbolicShape]) throws -> Int?

  /// Which steps of the outputs count (see `Context.mask`), for inputs with such masks. A layer that does not
  /// say so loses the mask, as in Keras.
  func outputMasks(for inputs: [Tensor], masks: [Tensor?]) -> [Tensor?]
}

/// A parameter that a layer is going to have.
public struct ParameterSpecification: Sendable {
  public let name: String
  public let shape: Shape
  public let initializer: Initializer
  public let isTrainable: Bool

  public init(_ name: String, _ shape: Shape, _ initializer: Initializer, isTrainable: Bool = true) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.isTrainable = isTrainable
  }
}

extension Layer {
  public func parameterSpecifications(for inputs: [SymbolicShape]) throws -> [ParameterSpecification] { [] }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {}

  public func operations(for inputs: [SymbolicShape]) throws -> Int? { 0 }

  public func outputMasks(for inputs: [Tensor], masks: [Tensor?]) -> [Tensor?] { [] }

  /// Creates the parameters for inputs of these shapes. Equal streams give equal values.
  ///
  /// - Throws: `ShapeError` if the layer cannot take such inputs.
  public mutating func build(for inputs: [SymbolicShape], random: RandomStream) throws {
    _ = try outputShapes(for: inputs)
    let specifications = try parameterSpecifications(for: inputs)
    visitParameters { name, parameter in
      guard let wanted = specifications.first(where: { $0.name == name }) else { return }
      var stream = random.substream(name)
      parameter = Parameter(
        wanted.initializer.values(shape: wanted.shape, random: &stream), isTrainable: wanted.isTrainable)
    }
  }

  /// The layer with parameters for inputs of this shape.
  public func built(for input: SymbolicShape, seed: UInt64 = 0) throws -> Self {
    var copy = self
    try copy.build(for: [input], random: RandomStream(seed: seed))
    return copy
  }

  /// The single output for a single input, in inference.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    var context = Context.inference
    return try call([input], context: &context)[0]
  }

  /// The single output for a single input.
  public func callAsFunction(_ input: Tensor, context: inout Context) throws -> Tensor {
    try call([input], context: &context)[0]
  }

  /// The error for a layer that is called before it has parameters.
  func requireBuilt(_ parameters: Parameter...) throws {
    guard parameters.allSatisfy(\.isBuilt) else {
      throw ShapeError(
        .notBuilt, in: Self.typeName, expected: "a layer with parameters",
        received: "one that has not been built",
        remedy: "Call build(for:random:) or put the layer into a model.")
    }
  }
}

/// A layer with one input and one output.
public protocol UnaryLayer: Layer {
  /// The shape of the output.
  func outputShape(for input: SymbolicShape) throws -> SymbolicShape
  /// The parameters for such an input.
  func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification]
  /// Computes the output.
  func forward(_ input: Tensor, context: inout Context) throws -> Tensor
  /// Floating-point operations for one sample.
  func operations(for input: SymbolicShape) throws -> Int?
}

extension UnaryLayer {
  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] { [] }

  public func operations(for input: SymbolicShape) throws -> Int? { 0 }

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    [try outputShape(for: single(inputs))]
  }

  public func parameterSpecifications(for inputs: [SymbolicShape]) throws -> [ParameterSpecification] {
    try parameterSpecifications(for: single(inputs))
  }

  public func operations(for inputs: [SymbolicShape]) throws -> Int? {
    try operations(for: single(inputs))
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    let input = try single(inputs)
    _ = try outputShape(for: SymbolicShape(input.shape))
    return [try forward(input, context: &context)]
  }

  private func single<Element>(_ inputs: [Element]) throws -> Element {
    guard inputs.count == 1 else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName, expected: "one input", received: "\(inputs.count)",
        remedy: "Merge the inputs before this layer.")
    }
    return inputs[0]
  }
}
