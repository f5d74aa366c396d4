import Foundation
import Layers

/// Turns a configuration into a plan: translates every layer, flattens nested models, orders the calls, and
/// collects all that has no counterpart before anything is built.
struct KerasPlanner {
  /// A model that calls itself often enough would fill any memory.
  private static let maximumCalls = 20_000
  private static let maximumOutputs = 64

  let dialect: KerasDialect
  let place: String
  private(set) var plan: KerasPlan
  private var problems: [UnsupportedModelError.Problem] = []
  private var positions: [String: Int] = [:]
  private var names: Set<String> = []

  private init(dialect: KerasDialect, place: String, name: String) {
    self.dialect = dialect
    self.place = place
    plan = KerasPlan(name: name)
  }

  /// - Throws: `UnsupportedModelError` with all problems, `InterchangeError` for a damaged configuration.
  static func plan(_ model: KerasConfiguration, dialect: KerasDialect, place: String) throws -> KerasPlan {
    var planner = KerasPlanner(dialect: dialect, place: place, name: model.name)
    planner.plan.outputs = try planner.outermost(model)
    guard planner.problems.isEmpty else {
      throw UnsupportedModelError(place: place, problems: planner.problems)
    }
    return planner.plan
  }

  private mutating func outermost(_ model: KerasConfiguration) throws -> [KerasPlan.Value] {
    let ids =
      model.isSequential
      ? model.layers.first.map { [KerasConfiguration.TensorID(layer: $0.name, node: 0, tensor: 0)] } ?? []
      : model.inputs
    var arguments: [KerasPlan.Value] = []
    for id in ids {
      guard let layer = model.layers.first(where: { $0.name == id.layer }),
        case .input(let shape) = layer.kind
      else {
        throw InterchangeError(
          .malformed, in: place, expected: "an input shape", received: "a model that starts with \(id.layer)",
          remedy: "Save the model after it was built: with an Input, or after a first call.")
      }
      names.insert(layer.name)
      plan.inputs.append((layer.name, SymbolicShape(shape)))
      arguments.append(KerasPlan.Value(call: -plan.inputs.count, output: 0))
    }
    return try apply(model, to: arguments, Scope(group: "layers", legacyGroup: nil, prefix: "", time: false))
  }

  /// Where in the outer models an inner one stands.
  private struct Scope {
    var group: String
    var legacyGroup: String?
    var prefix: String
    /// Whether every layer is applied step by step.
    var time: Bool
    var isFrozen = false
    var order: [Int] = []

    func inner(_ layer: KerasConfiguration.Layer, _ groups: String, time: Bool) -> Scope {
      Scope(
        group: "\(group)/\(layer.weightName)/\(groups)", legacyGroup: legacyGroup ?? layer.name,
        prefix: prefix + layer.name + ".", time: self.time || time, isFrozen: isFrozen || layer.isFrozen,
        order: order + [layer.position])
    }
  }

  // MARK: Models

  private mutating func apply(
    _ model: KerasConfiguration, to arguments: [KerasPlan.Value], _ scope: Scope
  ) throws -> [KerasPlan.Value] {
    if model.isSequential {
      var values = arguments
      for layer in model.layers {
        if case .input = layer.kind { continue }
        values = Array(try call(layer, on: values, scope).prefix(1))
      }
      return values
    }
    guard model.inputs.count == arguments.count else {
      throw malformed("\(model.inputs.count) values for \(model.name)", "\(arguments.count)")
    }
    var known: [String: [Int: [KerasPlan.Value]]] = [:]
    for (id, value) in zip(model.inputs, arguments) { known[id.layer, default: [:]][id.node] = [value] }
    func value(_ id: KerasConfiguration.TensorID) -> KerasPlan.Value?? {
      guard let outputs = known[id.layer]?[id.node] else { return .none }
      return .some(outputs.indices.contains(id.tensor) ? outputs[id.tensor] : nil)
    }
    // Calls wait until their arguments are there; each round must bring at least one further.
    var waiting = model.layers.flatMap { layer in layer.calls.indices.map { (layer, $0) } }
    while !waiting.isEmpty {
      var later: [(KerasConfiguration.Layer, Int)] = []
      for (layer, node) in waiting {
        let arguments = layer.calls[node].arguments.map(value)
        guard arguments.allSatisfy({ $0 != nil }) else {
          later.append((layer, node))
          continue
        }
        let values = arguments.compactMap { $0 ?? nil }
        // An output that does not exist: of a layer that could not be translated, or a damaged file.
        guard values.count == arguments.count else {
          if problems.isEmpty { throw malformed("an output that exists for \(layer.name)", "another") }
          known[layer.name, default: [:]][node + firstNode(of: layer)] = []
          continue
        }
        for reason in layer.calls[node].problems { report(layer, nil, reason, scope) }
        known[layer.name, default: [:]][node + firstNode(of: layer)] = try call(layer, on: values, scope)
      }
      guard later.count < waiting.count else {
        throw malformed("connections without a circle", "\(later[0].0.name), which waits for itself")
      }
      waiting = later
    }
    return try model.outputs.compactMap { id in
      guard let found = value(id) else { throw malformed("the output \(id.layer)", "no such layer") }
      if found == nil, problems.isEmpty { throw malformed("the output \(id.tensor) of \(id.layer)", "fewer") }
      return found
    }
  }

  /// The number of a layer's first call. In Keras 2, call 0 of a model is the one that made it.
  private func firstNode(of layer: KerasConfiguration.Layer) -> Int {
    if dialect == .keras2, case .model = layer.kind { 1 } else { 0 }
  }

  private mutating func call(
    _ layer: KerasConfiguration.Layer, on arguments: [KerasPlan.Value], _ scope: Scope
  ) throws -> [KerasPlan.Value] {
    switch layer.kind {
    case .input: return arguments
    case .model(let model): return try apply(model, to: arguments, scope.inner(layer, "layers", time: false))
    case .timeDistributedModel(let model):
      return try apply(model, to: arguments, scope.inner(layer, "layer/layers", time: true))
    case .layer(let config):
      guard !arguments.isEmpty else { throw malformed("values for \(layer.name)", "none") }
      let key = scope.prefix + layer.name
      if positions[key] == nil {
        positions[key] = plan.layers.count
        plan.layers.append(try translated(layer, config, scope, arguments: arguments.count))
      }
      let position = positions[key]!
      guard plan.calls.count < Self.maximumCalls else {
        throw malformed("at most \(Self.maximumCalls) calls of layers", "more")
      }
      plan.calls.append(KerasPlan.Call(layer: position, arguments: arguments))
      // How many outputs there are is known when shapes are; which of them are used is checked then.
      return (0..<Self.maximumOutputs).map { KerasPlan.Value(call: plan.calls.count - 1, output: $0) }
    }
  }

  // MARK: Layers

  private mutating func translated(
    _ layer: KerasConfiguration.Layer, _ config: JSONValue, _ scope: Scope, arguments: Int
  ) throws -> KerasPlan.Layer {
    // Where a layer cannot be translated, another stands in for it until all problems are found.
    var made = KerasPlan.Layer(
      name: freeName(scope.prefix + layer.name), layer: Flatten(), weightPaths: [],
      legacyGroup: scope.legacyGroup ?? layer.name, isFrozen: scope.isFrozen || layer.isFrozen,
      order: scope.order + [layer.position])
    if let reason = layer.problem {
      report(layer, nil, reason, scope)
    } else if let decoded = decode(layer, config, scope) {
      made.layer = scope.time ? stepByStep(decoded, layer, scope, arguments: arguments) : decoded
      made.weightPaths = Keras.weightPaths(of: decoded).map {
        $0.isEmpty ? "" : "\(scope.group)/\(layer.weightName)/\($0)"
      }
    }
    return made
  }

  private mutating func decode(
    _ layer: KerasConfiguration.Layer, _ config: JSONValue, _ scope: Scope
  ) -> (any Layers.Layer)? {
    let known = LayerRegistry.names
    guard known.contains(layer.className), !Keras.absentTypes.contains(layer.className) else {
      report(layer, nil, "no such layer in Squall", scope)
      return nil
    }
    if let policy = dtype(config), policy != "float32" {
      report(layer, "dtype", "\(policy): Squall computes in float32", scope)
    }
    if let inner = config["layer"], let reason = KerasConfigurationParser.problem(of: inner) {
      report(layer, "layer", reason, scope)
      return nil
    }
    if let option = KerasOptions.absurd(config) {
      report(layer, option, "is beyond any model", scope)
      return nil
    }
    for option in KerasOptions.sparsemax(config) {
      report(layer, option, "Keras' sparsemax does not sum to 1 and is another function than Squall's", scope)
    }
    let normal = KerasOptions.normalised(config, className: layer.className, dialect: dialect)
    do {
      let record = try JSONValue.object(["class_name": .string(layer.className), "config": normal])
        .decoded(LayerRecord.self)
      let kept = try JSONValue(encoding: record)["config"] ?? [:]
      for (option, reason) in KerasOptions.lost(original: normal, kept: kept) {
        report(layer, option, reason, scope)
      }
      for name in KerasOptions.ofTraining(config) {
        plan.notes.append(
          "\(scope.prefix)\(layer.name): \(name) is not taken over; it matters in training only")
      }
      return record.layer
    } catch let error as DecodingError {
      let (option, reason) = Self.explained(error)
      report(layer, option, reason, scope)
    } catch {
      report(layer, nil, "\(error)", scope)
    }
    return nil
  }

  /// A layer of a model that stands inside TimeDistributed.
  private mutating func stepByStep(
    _ decoded: any Layers.Layer, _ layer: KerasConfiguration.Layer, _ scope: Scope, arguments: Int
  ) -> any Layers.Layer {
    if let unary = decoded as? any UnaryLayer, arguments == 1 { return TimeDistributed(unary) }
    if let concatenate = decoded as? Concatenate {
      // The batch axis and the axes after it move apart.
      return concatenate.axis > 0 ? Concatenate(axis: concatenate.axis + 1) : concatenate
    }
    // Value by value along equal axes: time is one more of them.
    if decoded is any MergeLayer, !(decoded is Dot) { return decoded }
    report(layer, nil, "stands inside TimeDistributed, where layers have one input and one output", scope)
    return decoded
  }

  private func dtype(_ config: JSONValue) -> String? {
    guard let value = config["dtype"], !value.isNull else { return nil }
    return value.string ?? value["config"]?["name"]?.string ?? value["config"]?.string ?? "\(value)"
  }

  private static func explained(_ error: DecodingError) -> (String?, String) {
    func option(_ context: DecodingError.Context) -> String? {
      context.codingPath.map(\.stringValue).filter { $0 != "config" }.last
    }
    switch error {
    case .dataCorrupted(let context): return (option(context), context.debugDescription)
    case .keyNotFound(let key, _): return (key.stringValue, "is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return (option(context), "has a form that is not supported (\(context.debugDescription))")
    @unknown default: return (nil, "\(error)")
    }
  }

  /// Names stay what they are; those of nested models follow their model's, as `encoder.conv`.
  private mutating func freeName(_ wanted: String) -> String {
    let base = wanted.replacingOccurrences(of: "/", with: "_")
    var name = base
    var number = 0
    while !names.insert(name).inserted {
      number += 1
      name = "\(base)_\(number)"
    }
    return name
  }

  private mutating func report(
    _ layer: KerasConfiguration.Layer, _ option: String?, _ reason: String, _ scope: Scope
  ) {
    let problem = UnsupportedModelError.Problem(
      layer: scope.prefix + layer.name, className: layer.className, option: option, reason: reason)
    if !problems.contains(problem) { problems.append(problem) }
  }

  private func malformed(_ expected: String, _ received: String) -> InterchangeError {
    InterchangeError(
      .malformed, in: place, expected: expected, received: received,
      remedy: "The configuration is damaged: save the model again.")
  }
}
