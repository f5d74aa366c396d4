import Autodiff
import Layers
import TensorCore

/// Where a layer's operations go: its inputs by name and shape, and the graph to add them to.
public struct ONNXPlace {
  var graph: ONNXGraph
  /// The layer's name, unique in the model.
  public internal(set) var name: String
  /// The names of the inputs in the ONNX graph.
  public internal(set) var inputs: [String]
  public let shapes: [SymbolicShape]
  let form: ONNXExporter.Form
  /// Weights of a shared layer, written once.
  var weights: [String: String]
  /// What stands before the names in `weights`: the part of a layer of several layers.
  var weightPrefix = ""
  var states: [ONNXState] = []
  /// Which steps of the inputs count, where not all do.
  var masks: [ONNXMask?] = []
  /// The same of the first output, where the layer says so.
  var outputMask: ONNXMask?

  var input: String { inputs[0] }
  var shape: SymbolicShape { shapes[0] }

  /// Adds an operation with one output.
  public mutating func add(_ type: String, _ inputs: [String]) -> String { graph.add(type, inputs) }

  /// A parameter of the layer, perhaps rearranged; written once though the layer be called often.
  public mutating func weight(_ name: String, _ value: @autoclosure () -> Tensor) -> String {
    let key = weightPrefix + name
    if let known = weights[key] { return known }
    let weight = graph.weight("\(self.name)/\(name)", value())
    weights[key] = weight
    return weight
  }

  /// An activation, or the error that ONNX has none such.
  mutating func activated(_ value: String, by activation: Activation, axis: Int = -1) throws -> String {
    guard let result = graph.activated(value, by: activation, axis: axis) else {
      throw ONNXRefusal("ONNX has no operations for the activation \(activation.rawValue)")
    }
    return result
  }
}

/// A state that enters and leaves the single-step form.
struct ONNXState {
  var input: String
  var output: String
  var shape: [ONNXGraph.Dimension]
}

/// Why a layer cannot be written.
struct ONNXRefusal: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Walks through a model and writes every call of a layer as ONNX operations.
struct ONNXEmitter {
  private let model: ModelGraph
  private let form: ONNXExporter.Form
  private let inputShapes: [SymbolicShape]
  private let shapes: [ModelGraph.Reference: SymbolicShape]
  private var graph: ONNXGraph
  private var values: [ModelGraph.Reference: String] = [:]
  private var weights: [String: [String: String]] = [:]
  private var states: [ONNXState] = []
  private var masks: [ModelGraph.Reference: ONNXMask] = [:]
  private var called: Set<String> = []
  private var problems: [UnsupportedModelError.Problem] = []

  init(_ model: ModelGraph, form: ONNXExporter.Form, inputs: [SymbolicShape]) throws {
    self.model = model
    self.form = form
    inputShapes = inputs
    shapes = try model.shapes(inputs: inputs)
    graph = ONNXGraph(name: model.name)
  }

  mutating func emit() throws -> ONNXGraph {
    for (index, input) in model.inputs.enumerated() {
      graph.addInput(input.name, dimensions(inputShapes[index], input.name))
      values[model.reference(index, 0)] = input.name
    }
    for (index, node) in model.nodes.enumerated() {
      guard let layer = model[layer: node.layer] else { continue }
      do { try emit(layer, node, index) } catch let refusal as ONNXRefusal {
        problems.append(
          .init(layer: node.layer, className: type(of: layer).typeName, reason: refusal.description))
        for output in node.outputShapes.indices {
          values[model.reference(model.inputs.count + index, output)] = ""
        }
      }
    }
    guard problems.isEmpty else {
      throw UnsupportedModelError(place: "\(model.name) as ONNX (\(form.rawValue))", problems: problems)
    }
    for (index, output) in model.outputs.enumerated() {
      let name = index == 0 ? "output" : "output_\(index)"
      graph.add("Identity", [values[output] ?? ""], into: [name])
      graph.addOutput(name, dimensions(shapes[output] ?? [], name))
    }
    for state in states {
      graph.addInput(state.input, state.shape)
      graph.addOutput(state.output, state.shape)
    }
    return graph
  }

  private mutating func emit(_ layer: any Layer, _ node: ModelGraph.Node, _ index: Int) throws {
    var place = ONNXPlace(
      graph: graph, name: node.layer, inputs: node.inputs.map { values[$0] ?? "" },
      shapes: node.inputs.map { shapes[$0] ?? [] }, form: form, weights: weights[node.layer] ?? [:])
    if form == .step {
      try ONNXStreaming.check(layer, node, model, isFirstCall: called.insert(node.layer).inserted)
    }
    place.masks = node.inputs.map { masks[$0] }
    let outputs = try ONNXLayers.emit(layer, &place)
    let outputMask = try place.outputMask ?? ONNXMasks.passed(layer, &place)
    graph = place.graph
    if let outputMask {
      let count = (layer as? Bidirectional)?.mergeMode == Bidirectional.MergeMode.none ? 2 : 1
      for output in 0..<count { masks[model.reference(model.inputs.count + index, output)] = outputMask }
    }
    weights[node.layer] = place.weights
    states += place.states
    for (output, name) in outputs.enumerated() {
      values[model.reference(model.inputs.count + index, output)] = name
    }
  }

  private func dimensions(_ shape: SymbolicShape, _ name: String) -> [ONNXGraph.Dimension] {
    shape.dimensions.enumerated().map { axis, length in
      if axis == 0 { return .open("batch") }
      return length.map { .fixed($0) } ?? .open("\(name)_axis_\(axis)")
    }
  }
}

/// Which layers can run one step at a time.
enum ONNXStreaming {
  static func check(_ layer: any Layer, _ node: ModelGraph.Node, _ model: ModelGraph, isFirstCall: Bool)
    throws
  {
    if let layer = layer as? any RecurrentLayer {
      guard !layer.goBackwards else {
        throw ONNXRefusal("runs backwards in time, so its first step needs the last")
      }
      guard node.inputs.count == 1 else {
        throw ONNXRefusal("starts from a state that another layer computes of a whole sequence")
      }
      guard isFirstCall else { throw ONNXRefusal("is called twice, but has one state in the single step") }
      return
    }
    guard !(layer is Bidirectional) else {
      throw ONNXRefusal("runs backwards in time, so its first step needs the last")
    }
    if layer is RepeatLast || layer is RepeatVector {
      throw ONNXRefusal("makes a sequence of a whole sequence's end, which a single step does not know")
    }
    let input = model.shape(of: node.inputs[0])
    guard hasTime(node.inputs[0], model) else { return }
    if let axes = mixedAxes(layer, rank: input.rank), axes.contains(1) {
      throw ONNXRefusal("mixes the steps of a sequence, of which there is one at a time")
    }
  }

  /// The axes over which a layer mixes values, where that is known; others keep the time axis apart.
  private static func mixedAxes(_ layer: any Layer, rank: Int) -> Set<Int>? {
    switch layer {
    case is TimeDistributed, is Dense, is ActivationLayer, is Dropout, is SpaceToDepth, is DepthToSpace,
      is Masking, is ApplyMask, is Rescaling, is ReLU, is LeakyReLU, is ELU, is GaussianDropout,
      is GaussianNoise, is AlphaDropout,
      is SpatialDropout1D, is SpatialDropout2D, is SpatialDropout3D, is Add, is Subtract, is Multiply,
      is Average, is Maximum, is Minimum:
      return nil
    case let layer as Softmax: return Set(layer.axes.map { ($0 + rank) % rank })
    case let layer as UnitNormalization: return Set(layer.axes.map { ($0 + rank) % rank })
    case let layer as PReLU: return layer.sharedAxes?.contains(1) == true ? nil : [1]
    case let layer as BatchNormalization: return [(layer.axis + rank) % rank]
    case let layer as LayerNormalization: return Set(layer.axes.map { ($0 + rank) % rank })
    case let layer as Concatenate: return [(layer.axis + rank) % rank]
    default: return [1]
    }
  }

  /// Whether axis 1 of an input is time. Rank 4 may be an image as well: who takes it decides.
  static func isSequence(_ model: ModelGraph, _ input: Int) -> Bool {
    let rank = model.inputs[input].shape.rank
    guard rank == 4 else { return rank == 3 || rank == 5 }
    return model.nodes.contains { node in
      guard let layer = model[layer: node.layer], node.inputs.first?.node == input else { return false }
      return layer is TimeDistributed || layer is any RecurrentLayer
    }
  }

  /// Whether axis 1 of a value is time: it comes from the input through layers that keep it.
  private static func hasTime(_ value: ModelGraph.Reference, _ model: ModelGraph) -> Bool {
    if value.node < model.inputs.count { return isSequence(model, value.node) }
    let node = model.nodes[value.node - model.inputs.count]
    guard let layer = model[layer: node.layer], hasTime(node.inputs[0], model) else { return false }
    if let layer = layer as? any RecurrentLayer { return layer.returnSequences && value.output == 0 }
    return true
  }
}
