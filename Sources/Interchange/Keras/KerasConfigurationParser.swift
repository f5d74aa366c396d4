/// Reads the configuration of a model, Sequential or Functional, of Keras 2 or 3.
struct KerasConfigurationParser {
  let dialect: KerasDialect
  let place: String

  private static let modelClasses: Set<String> = ["Sequential", "Functional", "Model"]
  private static let maximumModelDepth = 20

  func model(_ record: JSONValue, depth: Int = 0) throws -> KerasConfiguration {
    let className = record["class_name"]?.string ?? "nothing"
    guard Self.modelClasses.contains(className), let config = record["config"], depth < Self.maximumModelDepth
    else {
      throw InterchangeError(
        .malformed, in: place, expected: "a Sequential or Functional model", received: className,
        remedy: "A subclass of Model is Python code: rebuild it with the functional API.")
    }
    let isSequential = className == "Sequential"
    let records = config["layers"]?.array ?? (isSequential ? config.array : nil)
    guard let records else { throw malformed("a list of layers", config) }
    let name = config["name"]?.string ?? "model"
    var layers: [KerasConfiguration.Layer] = []
    var used: [String: Int] = [:]
    var names: Set<String> = []
    for (index, record) in records.enumerated() {
      if isSequential, index == 0, record["class_name"]?.string != "InputLayer",
        let shape = firstShape(of: config, record)
      {
        layers.append(input(named: freeName("input", names), shape: shape, &used))
        names.insert(layers[0].name)
      }
      var layer = try layer(record, depth: depth, &used)
      layer.position = layers.count
      guard names.insert(layer.name).inserted else {
        throw malformed("layers of different names", .string(layer.name))
      }
      layers.append(layer)
    }
    guard isSequential else {
      return KerasConfiguration(
        name: name, layers: layers, inputs: try references(config["input_layers"]),
        outputs: try references(config["output_layers"]), isSequential: false)
    }
    return KerasConfiguration(name: name, layers: layers, inputs: [], outputs: [], isSequential: true)
  }

  // MARK: Layers

  private func layer(
    _ record: JSONValue, depth: Int, _ used: inout [String: Int]
  ) throws -> KerasConfiguration.Layer {
    guard let className = record["class_name"]?.string, let config = record["config"] else {
      throw malformed("a layer with class_name and config", record)
    }
    let own = config["name"]?.string ?? record["name"]?.string
    let name = own ?? snakeCased(className)
    let module = record["module"]?.string
    let isOperation = module?.hasPrefix("keras.src.ops") ?? false
    if isOperation, let operation = operation(record, named: name) { return operation }
    let (meant, options) = KerasSynonyms.canonical(className, config)
    let kind: KerasConfiguration.Kind
    if className == "InputLayer" {
      guard let shape = self.shape(config["batch_shape"] ?? config["batch_input_shape"]) else {
        throw malformed("an InputLayer with batch_shape", config)
      }
      kind = .input(shape: shape)
    } else if Self.modelClasses.contains(className), config["layers"] != nil || config.array != nil {
      kind = .model(try model(record, depth: depth + 1))
    } else if className == "TimeDistributed", let inner = config["layer"],
      Self.modelClasses.contains(inner["class_name"]?.string ?? "")
    {
      kind = .timeDistributedModel(try model(inner, depth: depth + 1))
    } else {
      kind = .layer(config: options)
    }
    return KerasConfiguration.Layer(
      name: name, className: meant, kind: kind, calls: try calls(record["inbound_nodes"]),
      isFrozen: config["trainable"]?.bool == false, weightName: count(className, isOperation, &used),
      problem: Self.problem(of: record), isOperation: isOperation)
  }

  /// Names by class in order of appearance: `lstm`, `lstm_1`, …; a nested model counts as its class.
  private func count(_ className: String, _ isOperation: Bool, _ used: inout [String: Int]) -> String {
    guard !isOperation else { return "" }
    let base = snakeCased(className == "Model" ? "Functional" : className)
    defer { used[base, default: 0] += 1 }
    return used[base].map { "\(base)_\($0)" } ?? base
  }

  private func input(
    named name: String, shape: [Int?], _ used: inout [String: Int]
  ) -> KerasConfiguration.Layer {
    KerasConfiguration.Layer(
      name: name, className: "InputLayer", kind: .input(shape: shape), calls: [], isFrozen: false,
      weightName: "input_layer", problem: nil, isOperation: false)
  }

  private func freeName(_ base: String, _ names: Set<String>) -> String {
    names.contains(base) ? freeName(base + "_", names) : base
  }

  /// Custom layers are refused unless a layer of that name was registered by the program.
  static func problem(of record: JSONValue) -> String? {
    let module = record["module"]?.string ?? "keras.layers"
    let registered = record["registered_name"]?.string ?? ""
    let isKeras = module == "keras" || module.hasPrefix("keras.") || module.hasPrefix("tf_keras.")
    guard !isKeras || registered.contains(">") else { return nil }
    return "is a custom layer (\(registered.isEmpty ? module : registered)), known to Python only"
  }

  private func firstShape(of config: JSONValue, _ first: JSONValue) -> [Int?]? {
    shape(first["config"]?["batch_input_shape"]) ?? shape(first["config"]?["batch_shape"])
      ?? shape(config["build_input_shape"]) ?? shape(first["build_config"]?["input_shape"])
  }

  private func shape(_ value: JSONValue?) -> [Int?]? {
    guard let value, let elements = value.array, !elements.isEmpty, elements.count <= 8,
      KerasOptions.absurd(value) == nil
    else { return nil }
    var lengths: [Int?] = []
    for element in elements {
      if element.isNull {
        lengths.append(nil)
      } else if let length = element.integer {
        lengths.append(length)
      } else {
        return nil
      }
    }
    return lengths
  }

  // MARK: Connections

  /// One reference, a list of them, or a dictionary, whose order is that of its sorted names.
  private func references(_ value: JSONValue?) throws -> [KerasConfiguration.TensorID] {
    guard let value else { throw malformed("input_layers and output_layers", nil) }
    if let single = reference(value) { return [single] }
    if let members = value.object {
      return try members.sorted { $0.key < $1.key }.flatMap { try references($0.value) }
    }
    guard let elements = value.array else { throw malformed("references to layers", value) }
    return try elements.flatMap { try references($0) }
  }

  func reference(_ value: JSONValue) -> KerasConfiguration.TensorID? {
    guard let parts = value.array, parts.count >= 3, let layer = parts[0].string,
      let node = parts[1].integer, let tensor = parts[2].integer
    else { return nil }
    return KerasConfiguration.TensorID(layer: layer, node: node, tensor: tensor)
  }

  private func calls(_ nodes: JSONValue?) throws -> [KerasConfiguration.Call] {
    try (nodes?.array ?? []).map { node in
      if node.object != nil { return try keras3Call(node) }
      return try keras2Call(node)
    }
  }

  private func keras3Call(_ node: JSONValue) throws -> KerasConfiguration.Call {
    var call = KerasConfiguration.Call(arguments: [], problems: [])
    for argument in node["args"]?.array ?? [] {
      if try !collect(argument, into: &call.arguments) {
        call.problems.append("a call with the argument \(short(argument))")
      }
    }
    try keywords(node["kwargs"]?.object ?? [:], into: &call)
    return call
  }

  private func keywords(_ keywords: [String: JSONValue], into call: inout KerasConfiguration.Call) throws {
    for (name, value) in keywords.sorted(by: { $0.key < $1.key }) where !value.isNull {
      switch name {
      case "initial_state", "inputs", "sequence":
        if try !collect(value, into: &call.arguments) {
          call.problems.append("a call with \(name) = \(short(value))")
        }
      case "training" where value == false: break
      default: call.problems.append("a call with \(name) = \(short(value))")
      }
    }
  }

  /// Takes all symbolic values out of an argument; `false` if there is something else in it.
  private func collect(_ value: JSONValue, into found: inout [KerasConfiguration.TensorID]) throws -> Bool {
    if value["class_name"]?.string == "__keras_tensor__" {
      guard let history = value["config"]?["keras_history"], let id = reference(history) else {
        throw malformed("a __keras_tensor__ with its history", value)
      }
      found.append(id)
      return true
    }
    if dialect == .keras2, let id = reference(value) {
      found.append(id)
      return true
    }
    guard let elements = value.array, !elements.isEmpty else { return false }
    for element in elements where try !collect(element, into: &found) { return false }
    return true
  }

  /// `[[layer, node, tensor, keywords], …]`, or such a list in a list of its own.
  private func keras2Call(_ node: JSONValue) throws -> KerasConfiguration.Call {
    var call = KerasConfiguration.Call(arguments: [], problems: [])
    let entries = reference(node) != nil ? [node] : node.array ?? []
    for entry in entries {
      guard let id = reference(entry) else { throw malformed("connections of a layer", node) }
      call.arguments.append(id)
      if let keywords = entry[3]?.object { try self.keywords(keywords, into: &call) }
    }
    return call
  }

  func short(_ value: JSONValue) -> String {
    let text = value.description
    return text.count > 60 ? text.prefix(60) + "…" : text
  }

  private func malformed(_ expected: String, _ received: JSONValue?) -> InterchangeError {
    InterchangeError(
      .malformed, in: place, expected: expected, received: received.map(short) ?? "nothing",
      remedy: "The configuration is damaged, or of a Keras that Squall does not know.")
  }
}

/// `ConvLSTM2D` as Keras names its instances and groups: `conv_lstm2d`.
func snakeCased(_ name: String) -> String {
  let letters = name.filter { $0.isLetter || $0.isNumber || $0 == "_" }.map { $0 }
  func isUpper(_ index: Int) -> Bool {
    letters.indices.contains(index) && ("A"..."Z").contains(letters[index])
  }
  func isLower(_ index: Int) -> Bool {
    letters.indices.contains(index) && ("a"..."z").contains(letters[index])
  }
  var result = ""
  for (index, letter) in letters.enumerated() {
    if index > 0, isUpper(index), isLower(index + 1) || isLower(index - 1), result.last != "_" {
      result += "_"
    }
    result += letter.lowercased()
  }
  return result
}
