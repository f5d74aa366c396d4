import Autodiff
import TensorCore

/// A model is a layer: it can be put into another one, whole, with the weights that it has.
///
/// ```swift
/// let encoder = try Sequential(input: [nil, 8, 6, 1]) { … }
/// let builder = GraphBuilder(seed: 1)
/// let shared = try builder.add(encoder, name: "encoder")
/// let distance = try Subtract()([shared(builder.input(…)), shared(…)])[0]
/// ```
/// Its parameters are `encoder/conv2d/kernel` and so on.
extension ModelGraph: Layer {
  /// Keras' name for such models.
  public static let typeName = "Functional"

  public func outputShapes(for shapes: [SymbolicShape]) throws -> [SymbolicShape] {
    let found = try valueShapes(for: shapes)
    return outputs.map { found[$0]! }
  }

  public func parameterSpecifications(for shapes: [SymbolicShape]) throws -> [ParameterSpecification] {
    let found = try valueShapes(for: shapes)
    return try layers.flatMap { entry -> [ParameterSpecification] in
      guard let node = nodes.first(where: { $0.layer == entry.name }) else { return [] }
      return try entry.layer.parameterSpecifications(for: node.inputs.map { found[$0]! }).map {
        ParameterSpecification(
          "\(entry.name)/\($0.name)", $0.shape, $0.initializer, isTrainable: $0.isTrainable && !entry.isFrozen
        )
      }
    }
  }

  public func operations(for shapes: [SymbolicShape]) throws -> Int? {
    let found = try valueShapes(for: shapes)
    var total = 0
    for node in nodes {
      guard let layer = self[layer: node.layer],
        let count = try layer.operations(for: node.inputs.map { found[$0]! })
      else { return nil }
      total += count
    }
    return total
  }

  /// The shapes of all values for inputs of these shapes.
  private func valueShapes(for shapes: [SymbolicShape]) throws -> [Reference: SymbolicShape] {
    guard shapes.count == inputs.count else {
      throw ShapeError(
        .wrongInputCount, in: name, expected: "\(inputs.count) inputs", received: "\(shapes.count)",
        remedy: "Give one value for each of: \(inputs.map(\.name).joined(separator: ", ")).")
    }
    var found: [Reference: SymbolicShape] = [:]
    for (index, (input, shape)) in zip(inputs, shapes).enumerated() {
      let fits =
        input.shape.rank == shape.rank
        && zip(input.shape.dimensions, shape.dimensions).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
      guard fits else {
        throw ShapeError(
          .wrongLength, in: "\(name), input \(input.name)", expected: "\(input.shape)", received: "\(shape)",
          remedy: "Reshape the value, or build the inner model for values of this shape.")
      }
      // Where only one side knows a length, it holds.
      let known = zip(input.shape.dimensions, shape.dimensions).map { $1 ?? $0 }
      found[Reference(node: index, output: 0)] = SymbolicShape(known)
    }
    for (index, node) in nodes.enumerated() {
      guard let layer = self[layer: node.layer] else { continue }
      let results = try layer.outputShapes(for: node.inputs.map { found[$0]! })
      for (output, shape) in results.enumerated() {
        found[Reference(node: inputs.count + index, output: output)] = shape
      }
    }
    return found
  }
}
