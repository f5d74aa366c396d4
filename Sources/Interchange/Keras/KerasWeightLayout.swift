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

/// The names by which Keras stores things.
enum Keras {
  static func weightPaths(of layer: any Layer) -> [String] {
    if let layer = layer as? any KerasWeightLayout { return layer.kerasWeightPaths }
    let group = layer is any RecurrentLayer ? "cell/vars" : "vars"
    return layer.parameters.indices.map { "\(group)/\($0)" }
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
