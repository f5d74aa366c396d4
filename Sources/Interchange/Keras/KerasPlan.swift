import Layers

/// A Keras model translated and flattened, ready to be built: nothing in it is unsupported any more.
struct KerasPlan {
  /// A layer under its name in the flat model.
  struct Layer {
    var name: String
    var layer: any Layers.Layer
    /// Where its parameters lie in Keras 3 files, in the order of `visitParameters`.
    var weightPaths: [String]
    /// The group of its weights in whole-model `.h5` files: the outermost layer's name.
    var legacyGroup: String
    var isFrozen: Bool
    /// Its place in the configuration, through nested models: Keras' order of weights.
    var order: [Int] = []
  }

  /// A value: output `output` of call `call`; where `call` is negative, input `-1 - call`.
  struct Value: Hashable {
    var call: Int
    var output: Int
  }

  struct Call {
    var layer: Int
    var arguments: [Value]
  }

  var name: String
  var inputs: [(name: String, shape: SymbolicShape)] = []
  var layers: [Layer] = []
  var calls: [Call] = []
  var outputs: [Value] = []
  /// What was left out knowingly: regularizers and constraints.
  var notes: [String] = []

  /// The model, with zeros for weights if they are to be loaded.
  ///
  /// - Parameter maximumParameters: what there are weights for; a model that claims more is not built.
  /// - Throws: `ShapeError` where layers do not fit each other, `InterchangeError` for more than the file holds.
  func graph(
    initialization: GraphBuilder.Initialization = .zeros, maximumParameters: Int = KerasOptions.maximumProduct
  ) throws -> ModelGraph {
    let builder = GraphBuilder(name: name, initialization: initialization)
    let arguments = try inputs.map { try builder.input($0.shape, name: $0.name) }
    var handles: [Int: LayerHandle] = [:]
    var results: [[SymbolicTensor]] = []
    func value(_ value: Value) throws -> SymbolicTensor {
      if value.call < 0 { return arguments[-1 - value.call] }
      guard results[value.call].indices.contains(value.output) else {
        throw InterchangeError(
          .malformed, in: layers[calls[value.call].layer].name,
          expected: "one of its \(results[value.call].count) outputs", received: "output \(value.output)",
          remedy: "The configuration is damaged: save the model again.")
      }
      return results[value.call][value.output]
    }
    var parameters = 0
    for call in calls {
      let layer = layers[call.layer]
      let values = try call.arguments.map { try value($0) }
      if handles[call.layer] == nil {
        // The layer's own checks of its options come before anything takes room.
        _ = try layer.layer.outputShapes(for: values.map(\.shape))
        for wanted in try layer.layer.parameterSpecifications(for: values.map(\.shape)) {
          parameters += try Self.count(wanted.shape.dimensions, layer.name, most: maximumParameters)
        }
        guard parameters <= maximumParameters else {
          throw Self.tooLarge(layer.name, "\(parameters) parameters", most: maximumParameters)
        }
      }
      let handle = try handles[call.layer] ?? builder.add(layer.layer, name: layer.name)
      handles[call.layer] = handle
      results.append(try handle(values))
      for output in results[results.count - 1] {
        _ = try Self.count(
          output.shape.dimensions.map { $0 ?? 1 }, layer.name, most: KerasOptions.maximumProduct)
      }
    }
    var graph = try builder.model(outputs: outputs.map { try value($0) })
    try graph.freeze(layers.filter { $0.isFrozen && graph[layer: $0.name] != nil }.map(\.name))
    return graph
  }

  private static func count(_ lengths: [Int], _ layer: String, most: Int) throws -> Int {
    var product = 1
    for length in lengths {
      let (next, overflows) = product.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflows, next <= most else { throw tooLarge(layer, "\(lengths)", most: most) }
      product = next
    }
    return product
  }

  private static func tooLarge(_ layer: String, _ received: String, most: Int) -> InterchangeError {
    InterchangeError(
      .weightMismatch, in: layer, expected: "at most \(most) values, as many as the file has weights for",
      received: received, remedy: "The configuration and the weights are not of one model, or damaged.")
  }
}
