import Autodiff
import TensorCore

/// Normalises each sample by its own mean and variance over `axes`:
/// `gamma · (x − mean) / √(variance + epsilon) + beta` (Ba et al. 2016). Input and output have one shape.
public struct LayerNormalization: UnaryLayer {
  public static let typeName = "LayerNormalization"

  /// The axes that are normalised together; negative ones count from the end.
  public var axes: [Int]
  public var epsilon: Float
  public var center: Bool
  public var scale: Bool

  public var gamma = Parameter.unbuilt
  public var beta = Parameter.unbuilt

  public init(axes: [Int] = [-1], epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true) {
    self.axes = axes
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    let shape = try normalizedShape(of: input)
    for parameter in [gamma, beta] where parameter.isBuilt && parameter.value.shape != shape {
      throw ShapeError(
        .wrongLength, in: Self.typeName, expected: "axes \(axes) of lengths \(parameter.value.shape)",
        received: "\(shape) in \(input)", remedy: "Feed inputs of the shape that the layer was built for.")
    }
    return input
  }

  private func normalizedShape(of input: SymbolicShape) throws -> Shape {
    guard !axes.isEmpty, axes.allSatisfy({ (-input.rank..<input.rank).contains($0) }) else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "axes of an input of rank \(input.rank)",
        received: "\(axes)", remedy: "Name axes that the input has.")
    }
    let lengths = sortedAxes(rank: input.rank).compactMap { input[$0] }
    guard lengths.count == Set(axes).count else {
      throw ShapeError(
        .wrongLength, in: Self.typeName, expected: "known lengths of axes \(axes)", received: "\(input)",
        remedy: "Give these axes of the model's input a length.")
    }
    return Shape(lengths)
  }

  private func sortedAxes(rank: Int) -> [Int] { Set(axes.map { $0 < 0 ? $0 + rank : $0 }).sorted() }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let shape = try normalizedShape(of: input)
    return (scale ? [ParameterSpecification("gamma", shape, .ones)] : [])
      + (center ? [ParameterSpecification("beta", shape, .zeros)] : [])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    if scale { try visit("gamma", &gamma) }
    if center { try visit("beta", &beta) }
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    if scale { try requireBuilt(gamma) }
    if center { try requireBuilt(beta) }
    let normalized = sortedAxes(rank: input.rank)
    let length = normalized.reduce(1) { $0 * input.shape[$1] }
    return input.withRows(along: normalized) { rows in
      rows.layerNormalized(
        gamma: scale ? gamma.value.reshaped(to: [length]) : nil,
        beta: center ? beta.value.reshaped(to: [length]) : nil, epsilon: epsilon)
    }
  }
}

extension LayerNormalization {
  enum CodingKeys: String, CodingKey {
    case axes = "axis"
    case epsilon, center, scale
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      axes: try options.value(.axes, default: Extent([-1])).lengths,
      epsilon: try options.value(.epsilon, default: 1e-3), center: try options.value(.center, default: true),
      scale: try options.value(.scale, default: true))
  }
}
