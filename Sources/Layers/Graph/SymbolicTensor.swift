/// A value of a model that is being built: it has a shape but no numbers yet.
public struct SymbolicTensor {
  let builder: GraphBuilder
  let reference: ModelGraph.Reference
  public let shape: SymbolicShape
}

/// A layer in a model that is being built. Calling it again shares its weights.
public struct LayerHandle {
  let builder: GraphBuilder
  public let name: String

  /// Applies the layer.
  ///
  /// - Throws: `ShapeError` if the inputs do not fit.
  public func callAsFunction(_ inputs: [SymbolicTensor]) throws -> [SymbolicTensor] {
    try builder.call(name, inputs)
  }

  /// Applies a layer with one input and one output that matters.
  public func callAsFunction(_ input: SymbolicTensor) throws -> SymbolicTensor {
    try builder.call(name, [input])[0]
  }
}

extension Layer {
  /// Puts the layer into the model and applies it to several values.
  ///
  /// - Throws: `ShapeError` if the inputs do not fit.
  public func callAsFunction(_ inputs: [SymbolicTensor], name: String? = nil) throws -> [SymbolicTensor] {
    precondition(!inputs.isEmpty, "a layer is called on at least one value")
    return try inputs[0].builder.add(self, name: name)(inputs)
  }

  /// Puts the layer into the model and applies it.
  ///
  /// - Throws: `ShapeError` if the input does not fit.
  public func callAsFunction(_ input: SymbolicTensor, name: String? = nil) throws -> SymbolicTensor {
    try input.builder.add(self, name: name)(input)
  }
}
