import Layers

extension ModelGraph {
  /// The shapes of all values when the inputs have these shapes.
  ///
  /// - Throws: `ShapeError` where a layer cannot take them.
  func shapes(inputs shapes: [SymbolicShape]) throws -> [Reference: SymbolicShape] {
    var found: [Reference: SymbolicShape] = [:]
    for (index, shape) in shapes.enumerated() { found[reference(index, 0)] = shape }
    for (index, node) in nodes.enumerated() {
      guard let layer = self[layer: node.layer] else { continue }
      let outputs = try layer.outputShapes(for: node.inputs.map { found[$0] ?? shape(of: $0) })
      for (output, shape) in outputs.enumerated() { found[reference(inputs.count + index, output)] = shape }
    }
    return found
  }

  /// Output `output` of node `node`, the inputs being the first nodes.
  func reference(_ node: Int, _ output: Int) -> Reference { Reference(node: node, output: output) }

  /// The input shapes with height and width where they are open: the two axes before the channels of images
  /// (rank 4) and of sequences of images (rank 5).
  func inputShapes(height: Int?, width: Int?) -> [SymbolicShape] {
    inputs.map { input in
      var shape = input.shape
      if shape.rank == 4 || shape.rank == 5 {
        shape[-3] = shape[-3] ?? height
        shape[-2] = shape[-2] ?? width
      }
      return shape
    }
  }
}
