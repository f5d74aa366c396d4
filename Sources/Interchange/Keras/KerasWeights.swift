import Autodiff
import HDF5
import Layers
import SafeTensors
import TensorCore

/// The weights of a Keras file, put into a model's parameters: each exactly once, none left over.
struct KerasWeights {
  let contents: HDF5Contents
  let place: String

  // MARK: Keras 3

  func load(_ plan: KerasPlan, into graph: inout ModelGraph) throws {
    var problems: [String] = []
    var used: Set<String> = []
    for planned in plan.layers {
      guard var layer = graph[layer: planned.name] else { continue }
      var index = 0
      layer.visitParameters { name, parameter in
        let path = planned.weightPaths[index]
        index += 1
        guard !path.isEmpty else { return }
        used.insert(path)
        take(contents.tensors[path], path, "\(planned.name)/\(name)", into: &parameter, &problems)
      }
      graph[layer: planned.name] = layer
    }
    for entry in contents.tensors.entries where !used.contains(entry.name) && !Self.isNoWeight(entry.name) {
      problems.append("\(entry.name) \(entry.shape) belongs to no layer of the model")
    }
    try report(problems)
  }

  /// The optimizer and the random streams of dropout keep variables too.
  private static func isNoWeight(_ path: String) -> Bool {
    path.hasPrefix("optimizer/") || path.hasPrefix("metrics/") || path.contains("/seed_generator/")
      || path.hasPrefix("_") || path.hasPrefix("vars/")
  }

  func optimizerVariables() throws -> [Tensor] {
    var found: [Tensor] = []
    while let entry = contents.tensors["optimizer/vars/\(found.count)"] {
      found.append(try tensor(entry))
    }
    return found
  }

  // MARK: Keras 2

  func loadLegacy(_ plan: KerasPlan, into graph: inout ModelGraph, root: String) throws {
    let prefix = root.isEmpty ? "" : root + "/"
    var problems: [String] = []
    var groups: [String] = []
    for layer in plan.layers where !groups.contains(layer.legacyGroup) { groups.append(layer.legacyGroup) }
    for group in groups {
      var names = Self.list("weight_names", of: "\(prefix)\(group)", contents)[...]
      let members = plan.layers.filter { $0.legacyGroup == group }
      // Keras lists what is trained first, then the rest, through all layers of a nested model.
      for trained in [true, false] {
        for planned in members {
          guard var layer = graph[layer: planned.name] else { continue }
          layer.visitParameters { name, parameter in
            guard (parameter.isTrainable && !planned.isFrozen) == trained, !Keras.isKeptState(name) else {
              return
            }
            let path = names.popFirst().map { "\(prefix)\(group)/\($0)" }
            take(
              path.flatMap { contents.tensors[$0] }, path ?? "\(prefix)\(group)", "\(planned.name)/\(name)",
              into: &parameter, &problems)
          }
          graph[layer: planned.name] = layer
        }
      }
      problems += names.map { "\(group)/\($0) belongs to no parameter of the layer" }
    }
    for name in Self.list("layer_names", of: root, contents) where !groups.contains(name) {
      let names = Self.list("weight_names", of: "\(prefix)\(name)", contents)
      if !names.isEmpty { problems.append("\(name) with \(names.count) weights is no layer of the model") }
    }
    try report(problems)
  }

  /// A list of names in an attribute, which Keras cuts into numbered pieces where it is long.
  private static func list(_ name: String, of group: String, _ contents: HDF5Contents) -> [String] {
    if let whole = contents.attributes["\(group)@\(name)"] { return whole }
    var found: [String] = []
    var piece = 0
    while let part = contents.attributes["\(group)@\(name)\(piece)"] {
      found += part
      piece += 1
    }
    return found
  }

  // MARK: Values

  private func take(
    _ entry: SafeTensorsEntry?, _ path: String, _ name: String, into parameter: inout Parameter,
    _ problems: inout [String]
  ) {
    guard let entry else {
      problems.append("\(path) is missing, for \(name) \(parameter.value.shape)")
      return
    }
    guard entry.shape == parameter.value.shape.dimensions, let value = try? tensor(entry) else {
      problems.append(
        "\(path) is \(entry.elementType.rawValue) \(entry.shape), for \(name) \(parameter.value.shape)")
      return
    }
    parameter.value = value
  }

  private func tensor(_ entry: SafeTensorsEntry) throws -> Tensor {
    let values =
      entry.elementType == .int64 ? try entry.integers(Int64.self).map { Float($0) } : try entry.floats()
    return Tensor(values, shape: Shape(entry.shape))
  }

  private func report(_ problems: [String]) throws {
    guard !problems.isEmpty else { return }
    let shown = problems.prefix(20).joined(separator: "; ")
    throw InterchangeError(
      .weightMismatch, in: place, expected: "one array for each parameter of the model",
      received: shown + (problems.count > 20 ? "; … (\(problems.count))" : ""),
      remedy: "The weights are of another model, or the file is damaged.")
  }
}
