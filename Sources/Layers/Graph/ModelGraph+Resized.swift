import TensorCore

extension ModelGraph {
  /// The same layers and weights for inputs of other lengths: a model of convolutions that was trained on tiles,
  /// for whole fields.
  ///
  /// - Parameter shapes: One shape for each input, in their order.
  /// - Throws: `ShapeError` where a layer cannot take such inputs, or would need other weights for them (a
  ///   dense layer or an LSTM after flattening).
  public func resized(inputs shapes: [SymbolicShape]) throws -> ModelGraph {
    guard shapes.count == inputs.count else {
      throw ShapeError(
        .wrongInputCount, in: name, expected: "\(inputs.count) shapes", received: "\(shapes.count)",
        remedy: "Give one shape for each of: \(inputs.map(\.name).joined(separator: ", ")).")
    }
    var found: [Reference: SymbolicShape] = [:]
    for (index, shape) in shapes.enumerated() { found[Reference(node: index, output: 0)] = shape }
    var resized: [Node] = []
    for (index, node) in nodes.enumerated() {
      guard let layer = self[layer: node.layer] else { continue }
      let arguments = node.inputs.map { found[$0] ?? shape(of: $0) }
      let needed = try layer.parameterSpecifications(for: arguments)
      let present = try layer.parameterSpecifications(for: node.inputs.map(shape))
      if let (old, new) = zip(present, needed).first(where: { $0.shape != $1.shape }) {
        throw ShapeError(
          .wrongLength, in: "\(name), layer \(node.layer)",
          expected: "inputs for which \(old.name) keeps its shape \(old.shape)",
          received: "inputs that need \(new.shape)",
          remedy: "This model is bound to the size that it was trained for: cut the field into tiles.")
      }
      let outputs = try layer.outputShapes(for: arguments)
      for (output, shape) in outputs.enumerated() {
        found[Reference(node: inputs.count + index, output: output)] = shape
      }
      resized.append(Node(layer: node.layer, inputs: node.inputs, outputShapes: outputs))
    }
    return ModelGraph(
      name: name, inputs: zip(inputs, shapes).map { Input(name: $0.name, shape: $1) }, layers: layers,
      nodes: resized, outputs: outputs)
  }
}
