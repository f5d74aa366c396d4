import Autodiff
import TensorCore

extension ModelGraph: Codable {
  private enum CodingKeys: String, CodingKey { case name, inputs, layers, nodes, outputs }

  private struct LayerDescription: Codable {
    let name: String
    let record: LayerRecord
    /// `false` if the layer is frozen; left out otherwise.
    let trainable: Bool?
  }

  private struct NodeDescription: Codable {
    let layer: String
    let inputs: [[Int]]
  }

  /// Reads the structure of a model and builds its layers with zeros; weights are loaded afterwards.
  ///
  /// - Throws: `DecodingError` if the description is not that of a graph, `ShapeError` if the layers do not fit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func corrupt(_ key: CodingKeys, _ reason: String) -> DecodingError {
      DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let builder = GraphBuilder(
      name: try container.decode(String.self, forKey: .name), initialization: .zeros)
    var values: [[SymbolicTensor]] = []
    for input in try container.decode([Input].self, forKey: .inputs) {
      values.append([try builder.input(input.shape, name: input.name)])
    }
    var descriptions: [String: LayerRecord] = [:]
    var frozen: Set<String> = []
    for layer in try container.decode([LayerDescription].self, forKey: .layers) {
      guard descriptions.updateValue(layer.record, forKey: layer.name) == nil else {
        throw corrupt(.layers, "two layers are called \"\(layer.name)\"")
      }
      if layer.trainable == false { frozen.insert(layer.name) }
    }
    func value(_ pair: [Int], _ key: CodingKeys) throws -> SymbolicTensor {
      guard pair.count == 2, values.indices.contains(pair[0]), values[pair[0]].indices.contains(pair[1])
      else { throw corrupt(key, "\(pair) names no value computed before it") }
      return values[pair[0]][pair[1]]
    }
    var handles: [String: LayerHandle] = [:]
    for node in try container.decode([NodeDescription].self, forKey: .nodes) {
      guard let record = descriptions[node.layer] else {
        throw corrupt(.nodes, "no layer is called \"\(node.layer)\"")
      }
      let handle = try handles[node.layer] ?? builder.add(record.layer, name: node.layer)
      handles[node.layer] = handle
      values.append(try handle(node.inputs.map { try value($0, .nodes) }))
    }
    self = try builder.model(
      outputs: try container.decode([[Int]].self, forKey: .outputs).map { try value($0, .outputs) })
    try freeze(frozen.intersection(handles.keys).sorted())
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(inputs, forKey: .inputs)
    try container.encode(
      layers.map {
        LayerDescription(
          name: $0.name, record: LayerRecord($0.layer), trainable: $0.isFrozen ? false : nil)
      }, forKey: .layers)
    try container.encode(
      nodes.map { NodeDescription(layer: $0.layer, inputs: $0.inputs.map { [$0.node, $0.output] }) },
      forKey: .nodes)
    try container.encode(outputs.map { [$0.node, $0.output] }, forKey: .outputs)
  }
}
