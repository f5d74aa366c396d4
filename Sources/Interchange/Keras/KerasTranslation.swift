import Autodiff
import Layers
import TensorCore

/// A model in Keras' words: its configuration, and where which weights go.
struct KerasTranslation {
  private(set) var groups: Set<String> = []
  private(set) var weights: [(path: String, value: Tensor)] = []
  /// What is trained, in the order in which Keras lists it.
  private(set) var trainable: [(name: String, shape: Shape)] = []

  /// One layer in Keras' words, and its uses.
  private struct Entry {
    var className: String
    var name: String
    var record: JSONValue
    /// Groups and weights relative to the layer's own group.
    var groups: [String] = []
    var weights: [(path: String, value: Tensor)] = []
    var trainable: [(name: String, shape: Shape)] = []
    var calls: [JSONValue] = []
  }

  private let graph: ModelGraph
  private let shapes: [ModelGraph.Reference: SymbolicShape]
  private var entries: [Entry] = []
  private var calls: [KerasOrder.Call] = []
  private var order: [Int] = []
  private var positions: [String: Int] = [:]
  /// What each value is called there, and which call makes it.
  private var histories: [ModelGraph.Reference: JSONValue] = [:]
  private var sources: [ModelGraph.Reference: Int] = [:]
  private var names: Set<String> = []
  private var problems: [UnsupportedModelError.Problem] = []
  private var inputShapes: [SymbolicShape]

  init(_ graph: ModelGraph, shapes inputShapes: [SymbolicShape]) throws {
    self.graph = graph
    self.inputShapes = inputShapes
    shapes = try graph.shapes(inputs: inputShapes)
    for (index, input) in graph.inputs.enumerated() { addInput(input, inputShapes[index], index) }
    for (index, node) in graph.nodes.enumerated() { add(node, graph.inputs.count + index) }
    guard problems.isEmpty else { throw UnsupportedModelError(place: graph.name, problems: problems) }
    order = KerasOrder.operations(
      calls, outputs: graph.outputs.compactMap { sources[$0] }, inputs: Array(graph.inputs.indices))
    nameGroups()
  }

  /// Groups bear the class's name, counted in Keras' order.
  private mutating func nameGroups() {
    var used: [String: Int] = [:]
    for position in order {
      let entry = entries[position]
      let base = snakeCased(entry.className)
      let group = used[base].map { "layers/\(base)_\($0)" } ?? "layers/\(base)"
      used[base, default: 0] += 1
      groups.formUnion([group] + entry.groups.map { "\(group)/\($0)" })
      weights += entry.weights.map { ("\(group)/\($0.path)", $0.value) }
      trainable += entry.trainable
    }
  }

  /// What `config.json` says.
  var configuration: JSONValue {
    let layers = order.map { position -> JSONValue in
      guard case .object(var members) = entries[position].record else { return nil }
      members["inbound_nodes"] = .array(entries[position].calls)
      return .object(members)
    }
    let inputs = graph.inputs.indices.map { histories[graph.reference($0, 0)] ?? nil }
    let outputs = graph.outputs.map { histories[$0] ?? nil }
    return [
      "module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
      "build_config": ["input_shape": nil],
      "config": [
        "name": .string(Self.clean(graph.name)), "trainable": true, "layers": .array(layers),
        "input_layers": inputs.count == 1 ? inputs[0] : .array(inputs),
        "output_layers": outputs.count == 1 ? outputs[0] : .array(outputs),
      ],
    ]
  }

  // MARK: Inputs and nodes

  private mutating func addInput(_ input: ModelGraph.Input, _ shape: SymbolicShape, _ index: Int) {
    let name = freeName(input.name)
    _ = record(
      "InputLayer", name,
      ["batch_shape": Self.json(shape), "sparse": false, "ragged": false, "optional": false])
    histories[graph.reference(index, 0)] = [.string(name), 0, 0]
    sources[graph.reference(index, 0)] = calls.count
    calls.append(KerasOrder.Call(operation: entries.count - 1, parents: []))
  }

  private mutating func add(_ node: ModelGraph.Node, _ index: Int) {
    guard let layer = graph[layer: node.layer] else { return }
    if let steps = KerasSubstitute.steps(for: layer, on: node.inputs.map { shapes[$0] ?? [] }) {
      substitute(node, index, layer, steps)
      return
    }
    let position: Int
    if let known = positions[node.layer] {
      position = known
    } else {
      position = translate(layer, node)
      positions[node.layer] = position
    }
    let arguments = node.inputs.map(tensor)
    let call: JSONValue =
      layer is any RecurrentLayer || layer is Bidirectional
      ? [
        "args": [arguments[0]],
        "kwargs": arguments.count > 1 ? ["initial_state": .array(Array(arguments.dropFirst()))] : [:],
      ]
      : [
        "args": arguments.count == 1 && !(layer is any MergeLayer) ? [arguments[0]] : [.array(arguments)],
        "kwargs": [:],
      ]
    entries[position].calls.append(call)
    calls.append(KerasOrder.Call(operation: position, parents: node.inputs.compactMap { sources[$0] }))
    let history: [JSONValue] = [.string(entries[position].name), .integer(entries[position].calls.count - 1)]
    for output in node.outputShapes.indices {
      histories[graph.reference(index, output)] = .array(history + [.integer(output)])
      sources[graph.reference(index, output)] = calls.count - 1
    }
  }

  private mutating func substitute(
    _ node: ModelGraph.Node, _ index: Int, _ layer: any Layer, _ steps: KerasSubstitute.Result
  ) {
    switch steps {
    case .none(let reason):
      problems.append(.init(layer: node.layer, className: type(of: layer).typeName, reason: reason))
    case .layers(let parts):
      var argument = tensor(node.inputs[0])
      var history: JSONValue = nil
      for (number, part) in parts.enumerated() {
        let name = freeName(number == parts.count - 1 ? node.layer : "\(node.layer)_\(number + 1)")
        let position = record(part.className, name, part.config)
        entries[position].calls = [["args": [argument], "kwargs": [:]]]
        calls.append(
          KerasOrder.Call(
            operation: position, parents: number == 0 ? [sources[node.inputs[0]]!] : [calls.count - 1]))
        history = [.string(name), 0, 0]
        argument = Self.tensor(part.shape, history)
      }
      histories[graph.reference(index, 0)] = history
      sources[graph.reference(index, 0)] = calls.count - 1
    }
  }

  private mutating func translate(_ layer: any Layer, _ node: ModelGraph.Node) -> Int {
    let typeName = type(of: layer).typeName
    let name = freeName(node.layer)
    let inputs = node.inputs.map { shapes[$0] ?? [] }
    func problem(_ option: String?, _ reason: String) -> UnsupportedModelError.Problem {
      .init(layer: node.layer, className: typeName, option: option, reason: reason)
    }
    guard Keras3Layers.names.contains(typeName) else {
      problems.append(problem(nil, "no such layer in Keras"))
      return record(typeName, name, [:])
    }
    var config: JSONValue = [:]
    do { config = try JSONValue(encoding: LayerRecord(layer))["config"] ?? [:] } catch {
      problems.append(problem(nil, "\(error)"))
    }
    for option in Keras3Layers.strangeOptions(of: config) {
      problems.append(
        problem(
          option,
          option.hasSuffix("activation")
            ? "Keras 3 has another function under that name, or none"
            : "Keras has no such thing"))
    }
    let specifications = (try? layer.parameterSpecifications(for: inputs)) ?? []
    let wanted = Set(specifications.filter(\.isTrainable).map(\.name))
    let frozen = layer.parameters.filter { wanted.contains($0.name) && !$0.parameter.isTrainable }
    if !frozen.isEmpty && frozen.count < wanted.count {
      problems.append(
        problem("trainable", "Keras freezes whole layers, not \(frozen.map(\.name).joined(separator: ", "))"))
    }
    let position = record(typeName, name, config, isFrozen: !frozen.isEmpty)
    entries[position].groups = Keras.groups(of: layer)
    entries[position].weights = zip(Keras.weightPaths(of: layer), layer.parameters)
      .filter { !$0.0.isEmpty }.map { ($0, $1.parameter.value) }
    entries[position].trainable = layer.parameters.filter(\.parameter.isTrainable).map {
      ("\(node.layer)/\($0.name)", $0.parameter.value.shape)
    }
    return position
  }

  // MARK: Records

  private mutating func record(
    _ className: String, _ name: String, _ config: JSONValue, isFrozen: Bool = false
  ) -> Int {
    var members = Keras3Layers.complete(config, name: name).object ?? [:]
    members["name"] = .string(name)
    members["dtype"] = "float32"
    if Keras3Layers.hasTrainable(className) { members["trainable"] = .bool(!isFrozen) }
    let record: JSONValue = [
      "module": "keras.layers", "class_name": .string(className), "registered_name": nil,
      "name": .string(name), "config": .object(members),
    ]
    entries.append(Entry(className: className, name: name, record: record))
    return entries.count - 1
  }

  private func tensor(_ reference: ModelGraph.Reference) -> JSONValue {
    Self.tensor(shapes[reference] ?? [], histories[reference] ?? nil)
  }

  private static func tensor(_ shape: SymbolicShape, _ history: JSONValue) -> JSONValue {
    [
      "class_name": "__keras_tensor__",
      "config": ["shape": json(shape), "dtype": "float32", "keras_history": history],
    ]
  }

  private static func json(_ shape: SymbolicShape) -> JSONValue {
    .array(shape.dimensions.map { $0.map { .integer($0) } ?? .null })
  }

  private mutating func freeName(_ wanted: String) -> String {
    let base = Self.clean(wanted)
    var name = base
    var number = 0
    while !names.insert(name).inserted {
      number += 1
      name = "\(base)_\(number)"
    }
    return name
  }

  /// Keras' names have no slashes.
  private static func clean(_ name: String) -> String {
    String(name.map { $0 == "/" ? "." : $0 })
  }
}
