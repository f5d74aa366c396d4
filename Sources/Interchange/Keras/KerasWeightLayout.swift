import Layers

/// Where a layer's parameters lie in Keras' weight files, relative to the layer's own group.
///
/// Layers that keep all parameters themselves, in Keras' order, need not conform: theirs are `vars/0`, `vars/1`, ….
public protocol KerasWeightLayout {
  /// One path for each parameter, in the order of `visitParameters`.
  var kerasWeightPaths: [String] { get }
  /// All groups that Keras writes for the layer, without its own.
  var kerasGroups: [String] { get }
}

extension TimeDistributed: KerasWeightLayout {
  public var kerasWeightPaths: [String] { Keras.weightPaths(of: layer).map { "layer/" + $0 } }
  public var kerasGroups: [String] { ["layer"] + Keras.groups(of: layer).map { "layer/" + $0 } }
}

extension Bidirectional: KerasWeightLayout {
  private var parts: [(name: String, layer: any Layer)] {
    [("forward_layer", forwardLayer), ("backward_layer", backwardLayer)]
  }

  public var kerasWeightPaths: [String] {
    parts.flatMap { part in
      Keras.weightPaths(of: part.layer).map { $0.isEmpty ? "" : "\(part.name)/\($0)" }
    }
  }

  public var kerasGroups: [String] {
    parts.flatMap { part in [part.name] + Keras.groups(of: part.layer).map { "\(part.name)/\($0)" } }
  }
}

extension RNN: KerasWeightLayout {
  public var kerasWeightPaths: [String] {
    Keras.weightPaths(of: cell.base, group: "cell")
      + [String](repeating: "", count: stateful ? cell.stateCount : 0)
  }

  public var kerasGroups: [String] { ["cell"] + Keras.groups(of: cell.base).map { "cell/\($0)" } }
}

extension Keras {
  /// Where a cell's parameters lie, below the group of its layer.
  static func weightPaths(of cell: any RecurrentCell, group: String) -> [String] {
    guard let stack = cell as? StackedRNNCells else {
      return cell.parameters.indices.map { "\(group)/vars/\($0)" }
    }
    return zip(stack.cells, cellNames(of: stack)).flatMap {
      weightPaths(of: $0, group: "\(group)/\($1)")
    }
  }

  static func groups(of cell: any RecurrentCell) -> [String] {
    guard let stack = cell as? StackedRNNCells else { return [] }
    return ["cells"]
      + zip(stack.cells, cellNames(of: stack)).flatMap { cell, name in
        [name] + groups(of: cell).map { "\(name)/\($0)" }
      }
  }

  /// `cells/lstm_cell`, `cells/lstm_cell_1`, …
  private static func cellNames(of stack: StackedRNNCells) -> [String] {
    var used: [String: Int] = [:]
    return stack.cells.map { cell in
      let base = snakeCased(type(of: cell).typeName)
      defer { used[base, default: 0] += 1 }
      return "cells/" + (used[base].map { "\(base)_\($0)" } ?? base)
    }
  }

  /// The state that a layer keeps from call to call is in no file of Keras; its path is empty.
  static func isKeptState(_ name: String) -> Bool { name.hasPrefix("states/") || name.contains("/states/") }
}

/// The names by which Keras stores things.
enum Keras {
  /// One path for each parameter; empty for what Keras does not store.
  static func weightPaths(of layer: any Layer) -> [String] {
    if let layer = layer as? any KerasWeightLayout { return layer.kerasWeightPaths }
    let group = layer is any RecurrentLayer ? "cell/vars" : "vars"
    return layer.parameters.enumerated().map { isKeptState($1.name) ? "" : "\(group)/\($0)" }
  }

  static func groups(of layer: any Layer) -> [String] {
    if let layer = layer as? any KerasWeightLayout { return layer.kerasGroups }
    return layer is any RecurrentLayer ? ["cell"] : []
  }

  /// Layers of Squall's own: Keras files cannot mean them.
  static let absentTypes: Set<String> = [
    SpaceToDepth.typeName, DepthToSpace.typeName, RepeatLast.typeName,
  ]
}
