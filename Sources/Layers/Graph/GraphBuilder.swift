import Autodiff
import TensorCore

/// Builds a `ModelGraph` by calling layers on symbolic values.
///
/// ```swift
/// let builder = GraphBuilder(seed: 1)
/// let x = try builder.input([nil, 10, nil, nil, 1])
/// let h = try ConvLSTM2D(filters: 32, kernelSize: 3)(x)
/// let model = try builder.model(outputs: [Dense(units: 4)(GlobalAveragePooling2D()(h))])
/// ```
public final class GraphBuilder {
  /// How layers get their first values.
  public enum Initialization: Sendable {
    /// By each layer's initializers, from streams named after the layers.
    case seed(UInt64)
    /// Zeros, for weights that are loaded afterwards.
    case zeros
    /// Not at all: only shapes, parameters and operations are to be counted.
    case none
  }

  private let name: String
  private let initialization: Initialization
  private var inputs: [ModelGraph.Input] = []
  private var entries: [ModelGraph.Entry] = []
  private var builtFor: [String: [SymbolicShape]] = [:]
  private var nodes: [ModelGraph.Node] = []
  private var specifications: [String: [ParameterSpecification]] = [:]

  public init(name: String = "model", initialization: Initialization) {
    self.name = name
    self.initialization = initialization
  }

  /// A builder whose layers are initialised from a seed.
  public convenience init(name: String = "model", seed: UInt64 = 0) {
    self.init(name: name, initialization: .seed(seed))
  }

  /// How many parameters the layers have that were called so far, built or not.
  public var parameterCount: Int {
    specifications.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.shape.count } }
  }

  /// An input of the model; the first axis is the batch. Inputs come before the first layer.
  ///
  /// - Throws: `ShapeError` if a layer was called already or the shape has an axis without elements.
  public func input(_ shape: SymbolicShape, name: String? = nil) throws -> SymbolicTensor {
    guard nodes.isEmpty, shape.rank > 0, shape.dimensions.allSatisfy({ $0 ?? 1 > 0 }) else {
      throw ShapeError(
        nodes.isEmpty ? .emptyDimension : .invalidOption, in: "input of \(self.name)",
        expected: "a shape with a batch axis and no empty axis, before the first layer",
        received: "\(shape)", remedy: "Declare all inputs first, with positive lengths.")
    }
    inputs.append(ModelGraph.Input(name: name ?? "input_\(inputs.count)", shape: shape))
    return SymbolicTensor(
      builder: self, reference: .init(node: inputs.count - 1, output: 0), shape: shape)
  }

  /// Puts a layer into the model under a name, so that it can be called more than once and share its weights.
  ///
  /// - Throws: `ShapeError` if the name is taken.
  public func add(_ layer: any Layer, name: String? = nil) throws -> LayerHandle {
    let name = name ?? freeName(for: layer)
    guard !entries.contains(where: { $0.name == name }) else {
      throw ShapeError(
        .invalidOption, in: self.name, expected: "a new name for a layer", received: "\"\(name)\" again",
        remedy: "Call the handle of the first one to share it, or choose another name.")
    }
    entries.append(ModelGraph.Entry(name: name, layer: layer))
    return LayerHandle(builder: self, name: name)
  }

  /// The model that computes these values.
  ///
  /// - Throws: `ShapeError` if a value belongs to another model.
  public func model(outputs: [SymbolicTensor]) throws -> ModelGraph {
    for output in outputs { try requireOwn(output) }
    return ModelGraph(
      name: name, inputs: inputs, layers: entries, nodes: nodes, outputs: outputs.map(\.reference))
  }

  func call(_ name: String, _ arguments: [SymbolicTensor]) throws -> [SymbolicTensor] {
    for argument in arguments { try requireOwn(argument) }
    let position = entries.firstIndex { $0.name == name }!
    let shapes = arguments.map(\.shape)
    if builtFor[name] == nil {
      specifications[name] = try entries[position].layer.parameterSpecifications(for: shapes)
      let isBuilt =
        !entries[position].layer.parameters.isEmpty
        && entries[position].layer.parameters.allSatisfy(\.parameter.isBuilt)
      // A layer that has weights keeps them: that is how parts of one model go into another.
      if !isBuilt {
        switch initialization {
        case .seed(let seed):
          try entries[position].layer.build(for: shapes, random: RandomStream(seed: seed).substream(name))
        case .zeros:
          let specifications = specifications[name]!
          entries[position].layer.visitParameters { parameterName, parameter in
            guard let wanted = specifications.first(where: { $0.name == parameterName }) else { return }
            parameter = Parameter(.zeros(wanted.shape), isTrainable: wanted.isTrainable)
          }
        case .none: break
        }
      }
      builtFor[name] = shapes
    }
    let outputShapes = try entries[position].layer.outputShapes(for: shapes)
    nodes.append(
      ModelGraph.Node(layer: name, inputs: arguments.map(\.reference), outputShapes: outputShapes))
    return outputShapes.enumerated().map { output, shape in
      SymbolicTensor(
        builder: self, reference: .init(node: inputs.count + nodes.count - 1, output: output), shape: shape)
    }
  }

  /// Keras' names: `conv2d`, then `conv2d_1`.
  private func freeName(for layer: any Layer) -> String {
    let base = snakeCased(type(of: layer).typeName)
    var name = base
    var number = 0
    while entries.contains(where: { $0.name == name }) {
      number += 1
      name = "\(base)_\(number)"
    }
    return name
  }

  private func requireOwn(_ value: SymbolicTensor) throws {
    guard value.builder === self else {
      throw ShapeError(
        .invalidOption, in: name, expected: "values of this model", received: "a value of another builder",
        remedy: "Build the whole model with one GraphBuilder.")
    }
  }
}

/// `ConvLSTM2D` as Keras names its instances: `conv_lstm2d`.
func snakeCased(_ name: String) -> String {
  var result = ""
  let letters = Array(name)
  for (i, letter) in letters.enumerated() {
    let startsWord =
      i > 0 && letter.isUppercase
      && (letters[i - 1].isLowercase || (i + 1 < letters.count && letters[i + 1].isLowercase))
    if startsWord, !(letters[i - 1].isNumber) { result += "_" }
    result += letter.lowercased()
  }
  return result
}
