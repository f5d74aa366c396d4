import Autodiff
import TensorCore

/// Transfer learning: some layers keep what they learned elsewhere while the others are trained.
extension ModelGraph {
  /// Freezes layers: training leaves their parameters as they are, and a BatchNormalization uses its moving
  /// averages and keeps them, as in Keras. Saved and loaded with the model.
  ///
  /// ```swift
  /// try model.freeze("encoder", "conv2d")
  /// ```
  /// - Throws: `ShapeError` that lists the layers if there is none of a name.
  public mutating func freeze(_ names: String...) throws { try setFrozen(true, names) }

  /// Freezes the layers with these names.
  ///
  /// - Throws: As the form with a list of arguments does.
  public mutating func freeze(_ names: [String]) throws { try setFrozen(true, names) }

  /// Has frozen layers trained again.
  ///
  /// - Throws: `ShapeError` that lists the layers if there is none of a name.
  public mutating func unfreeze(_ names: String...) throws { try setFrozen(false, names) }

  /// The names of the frozen layers.
  public var frozenLayers: [String] { layers.filter(\.isFrozen).map(\.name) }

  private mutating func setFrozen(_ isFrozen: Bool, _ names: [String]) throws {
    for name in names where self[layer: name] == nil {
      throw ShapeError(
        .invalidOption, in: self.name, expected: "one of " + layers.map(\.name).joined(separator: ", "),
        received: "\"\(name)\"", remedy: "Name layers as the summary of the model does.")
    }
    for index in layers.indices where names.contains(layers[index].name) {
      let name = layers[index].name
      let inputs = nodes.first { $0.layer == name }?.inputs.map(shape) ?? []
      // What is state by nature, such as a moving mean, stays so.
      let learned = try layers[index].layer.parameterSpecifications(for: inputs).filter(\.isTrainable)
      layers[index].isFrozen = isFrozen
      layers[index].layer.visitParameters { parameterName, parameter in
        parameter.isTrainable = !isFrozen && learned.contains { $0.name == parameterName }
      }
    }
  }
}
