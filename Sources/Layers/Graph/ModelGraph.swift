import Autodiff
import TensorCore

/// A model: layers and how values flow through them. The one type that checkpoints and exports translate.
///
/// Layers stand in a table by name and nodes refer to them by name, so a layer that is used twice is shared
/// although it is a value. Nodes are in an order in which they can be computed.
public struct ModelGraph: Parameterized {
  /// A value in the graph: output `output` of node `node`; the inputs of the model are the first nodes.
  public struct Reference: Hashable, Sendable {
    public let node: Int
    public let output: Int

    public init(node: Int, output: Int) {
      self.node = node
      self.output = output
    }
  }

  /// A named input of the model.
  public struct Input: Hashable, Codable, Sendable {
    public let name: String
    public let shape: SymbolicShape
  }

  /// A layer under its name in this model.
  public struct Entry: Sendable {
    public let name: String
    public var layer: any Layer
    /// Whether training leaves the layer as it is; see `ModelGraph.freeze(_:)`.
    public internal(set) var isFrozen = false

    init(name: String, layer: any Layer, isFrozen: Bool = false) {
      self.name = name
      self.layer = layer
      self.isFrozen = isFrozen
    }
  }

  /// One use of a layer.
  public struct Node: Sendable {
    public let layer: String
    public let inputs: [Reference]
    public let outputShapes: [SymbolicShape]
  }

  public let name: String
  public let inputs: [Input]
  public internal(set) var layers: [Entry]
  public let nodes: [Node]
  public let outputs: [Reference]

  private let positions: [String: Int]
  /// Nodes that are computed together: by the number of a convolution that of the pooling after it.
  package let pooledConvolutions: [Int: Int]

  init(name: String, inputs: [Input], layers: [Entry], nodes: [Node], outputs: [Reference]) {
    self.name = name
    self.inputs = inputs
    self.layers = layers
    self.nodes = nodes
    self.outputs = outputs
    let positions = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1.name, $0) })
    self.positions = positions
    pooledConvolutions = Self.pooledConvolutions(nodes, inputs: inputs.count, outputs: outputs) {
      positions[$0].map { layers[$0].layer }
    }
  }

  /// The layer with this name.
  public subscript(layer name: String) -> (any Layer)? {
    get { positions[name].map { layers[$0].layer } }
    set {
      if let position = positions[name], let newValue { layers[position].layer = newValue }
    }
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    for index in layers.indices {
      try layers[index].layer.visitParameters(under: layers[index].name, visit)
    }
  }

  /// The symbolic shapes of the outputs.
  public var outputShapes: [SymbolicShape] { outputs.map(shape) }

  /// The symbolic shape of a value.
  public func shape(of reference: Reference) -> SymbolicShape {
    reference.node < inputs.count
      ? inputs[reference.node].shape
      : nodes[reference.node - inputs.count].outputShapes[reference.output]
  }

  /// Computes all outputs.
  ///
  /// - Throws: `ShapeError` if the inputs do not fit the model.
  public func call(_ values: [Tensor], context: inout Context) throws -> [Tensor] {
    guard values.count == inputs.count else {
      throw ShapeError(
        .wrongInputCount, in: name, expected: "\(inputs.count) inputs", received: "\(values.count)",
        remedy: "Give one tensor for each of: \(inputs.map(\.name).joined(separator: ", ")).")
    }
    for (input, value) in zip(inputs, values) where !input.shape.accepts(value.shape) {
      let kind: ShapeError.Kind =
        input.shape.rank != value.rank
        ? .wrongRank : input.shape[-1].map { $0 != value.shape[-1] } ?? false ? .wrongChannels : .wrongLength
      throw ShapeError(
        kind, in: "\(name), input \(input.name)", expected: "\(input.shape)", received: "\(value.shape)",
        remedy: "Reshape the data, or build the model for data of this shape.")
    }
    var lastUse: [Reference: Int] = [:]
    for (index, node) in nodes.enumerated() { for input in node.inputs { lastUse[input] = index } }
    for output in outputs { lastUse[output] = nodes.count }

    var computed: [Reference: Tensor] = [:]
    for (index, value) in values.enumerated() { computed[Reference(node: index, output: 0)] = value }
    var masks: [Reference: Tensor] = [:]
    masks[Reference(node: 0, output: 0)] = context.mask
    defer { context.mask = nil }
    var finished: Set<Int> = []
    for (index, node) in nodes.enumerated() where !finished.contains(index) {
      if let pooling = pooledConvolutions[index], context.observer == nil, masks[node.inputs[0]] == nil,
        let pooled = try convolvedAndPooled(node, nodes[pooling], computed[node.inputs[0]]!)
      {
        let reference = Reference(node: inputs.count + pooling, output: 0)
        if lastUse[reference] != nil { computed[reference] = pooled }
        finished.insert(pooling)
        if lastUse[node.inputs[0]] == index { computed[node.inputs[0]] = nil }
        continue
      }
      let arguments = node.inputs.map { computed[$0]! }
      let argumentMasks = node.inputs.map { masks[$0] }
      let entry = layers[positions[node.layer]!]
      context.mask = argumentMasks.first ?? nil
      let results = try context.scoped(node.layer) { context in
        let isInFrozenModel = context.isFrozen
        context.isFrozen = isInFrozenModel || entry.isFrozen
        defer { context.isFrozen = isInFrozenModel }
        return try entry.layer.call(arguments, context: &context)
      }
      for (output, mask) in entry.layer.outputMasks(for: arguments, masks: argumentMasks).enumerated() {
        masks[Reference(node: inputs.count + index, output: output)] = mask
      }
      context.observer?(node.layer, results)
      for (output, result) in results.enumerated() {
        let reference = Reference(node: inputs.count + index, output: output)
        if lastUse[reference] != nil { computed[reference] = result }
      }
      // In inference a value is freed as soon as nothing needs it any more.
      for input in node.inputs where lastUse[input] == index { computed[input] = nil }
    }
    return outputs.map { computed[$0]! }
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

  /// Floating-point operations of a forward pass of one sample (a multiply-add counts two); `nil` if the model
  /// takes frames of any size.
  public var operations: Int? {
    var total = 0
    for node in nodes {
      guard let count = operations(of: node) else { return nil }
      total += count
    }
    return total
  }

  func operations(of node: Node) -> Int? {
    let shapes = node.inputs.map(shape)
    return (try? layers[positions[node.layer]!].layer.operations(for: shapes)) ?? nil
  }
}
