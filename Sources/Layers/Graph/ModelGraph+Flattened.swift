import TensorCore

extension ModelGraph {
  /// The same model without models inside: their layers stand in this one under names such as `encoder.conv2d`.
  /// What translates models into other formats needs to know simple layers only.
  public func flattened() -> ModelGraph {
    guard layers.contains(where: { $0.layer is ModelGraph }) else { return self }
    var flat = Flattening(inputCount: inputs.count)
    let arguments = inputs.indices.map { Reference(node: $0, output: 0) }
    let outputs = flat.add(self, prefix: "", arguments: arguments, isFrozen: false)
    return ModelGraph(name: name, inputs: inputs, layers: flat.layers, nodes: flat.nodes, outputs: outputs)
  }

  private struct Flattening {
    let inputCount: Int
    var layers: [Entry] = []
    var nodes: [Node] = []
    var names: Set<String> = []

    init(inputCount: Int) { self.inputCount = inputCount }

    /// Puts the layers and nodes of a model in and returns its outputs.
    mutating func add(
      _ model: ModelGraph, prefix: String, arguments: [Reference], isFrozen: Bool
    ) -> [Reference] {
      var values: [Reference: Reference] = [:]
      for (index, argument) in arguments.enumerated() { values[Reference(node: index, output: 0)] = argument }
      for (index, node) in model.nodes.enumerated() {
        guard let entry = model.layers.first(where: { $0.name == node.layer }) else { continue }
        let (name, inputs) = (prefix + entry.name, node.inputs.map { values[$0]! })
        let results: [Reference]
        if let inner = entry.layer as? ModelGraph {
          results = add(
            inner, prefix: name + ".", arguments: inputs, isFrozen: isFrozen || entry.isFrozen)
        } else {
          if names.insert(name).inserted {
            layers.append(Entry(name: name, layer: entry.layer, isFrozen: isFrozen || entry.isFrozen))
          }
          nodes.append(Node(layer: name, inputs: inputs, outputShapes: node.outputShapes))
          results = node.outputShapes.indices.map {
            Reference(node: inputCount + nodes.count - 1, output: $0)
          }
        }
        for (output, value) in results.enumerated() {
          values[Reference(node: model.inputs.count + index, output: output)] = value
        }
      }
      return model.outputs.map { values[$0]! }
    }
  }
}
