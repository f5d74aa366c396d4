import Autodiff
import Layers
import TensorCore

/// An autoregressive forecaster in two parts: what does not depend on previous frames, which runs once (it reads the
/// observed frames), and one step of the decoder, which runs for each lead and hands on its states.
///
/// Together they do the work of one pass over all leads. The parts share the weights of the model and run on frames of
/// any size that it takes.
struct FrameByFrame {
  /// Gives the sequences that the decoder reads besides previous frames, and then its first states.
  private let reader: ModelGraph
  /// Takes the previous frame, one step of each sequence, and the states; gives the frame and the next states.
  private let step: ModelGraph
  private let sequenceCount: Int
  private let leads: Int

  /// Cuts a model in two.
  ///
  /// Every layer behind the previous frames must treat leads one by one, or be a recurrent layer that is given its
  /// first state.
  ///
  /// - Throws: `ShapeError` if the decoder is none that can be run in steps.
  init(_ model: ModelGraph) throws {
    var depending: Set<ModelGraph.Reference> = [.init(node: model.inputs.count - 1, output: 0)]
    let reading = PartBuilder(of: model, name: "reader")
    for (index, input) in model.inputs.dropLast().enumerated() {
      try reading.input(.init(node: index, output: 0), input.shape, name: input.name)
    }
    var decoder: [(index: Int, node: ModelGraph.Node)] = []
    for (index, node) in model.nodes.enumerated() {
      if node.inputs.contains(where: depending.contains) {
        decoder.append((index, node))
        for output in node.outputShapes.indices {
          depending.insert(.init(node: model.inputs.count + index, output: output))
        }
      } else {
        _ = try reading.call(index)
      }
    }

    var sequences: [ModelGraph.Reference] = []
    var states: [ModelGraph.Reference] = []
    for (_, node) in decoder {
      let isRecurrent = model[layer: node.layer] is any RecurrentLayer
      guard let first = node.inputs.first, !isRecurrent || node.inputs.count > 1 else {
        throw Self.refused(model, "the layer \(node.layer), whose first state is not given")
      }
      if isRecurrent { states += node.inputs.dropFirst() }
      for value in isRecurrent ? [first] : node.inputs
      where !depending.contains(value) && !sequences.contains(value) {
        sequences.append(value)
      }
    }
    guard let shape = model.inputs.last?.shape, let leads = shape[1], let output = model.outputs.first,
      depending.contains(output), states.allSatisfy({ !depending.contains($0) })
    else { throw Self.refused(model, "one whose forecast does not follow from them lead by lead") }
    reader = try reading.model(sequences + states)
    sequenceCount = sequences.count
    self.leads = leads

    let stepping = PartBuilder(of: model, name: "step")
    func oneStep(_ shape: SymbolicShape) -> SymbolicShape {
      var one = shape
      one[1] = 1
      return one
    }
    try stepping.input(
      .init(node: model.inputs.count - 1, output: 0), oneStep(shape),
      name: AutoregressiveDecoding.previousInput)
    for (number, value) in sequences.enumerated() {
      try stepping.input(value, oneStep(model.shape(of: value)), name: "known_\(number)")
    }
    // Layers that start from the same state go on from states of their own.
    var slots = try states.enumerated().map { number, state in
      try stepping.builder.input(model.shape(of: state), name: "state_\(number)")
    }[...]
    var next: [SymbolicTensor] = []
    for (index, node) in decoder {
      guard model[layer: node.layer] is any RecurrentLayer else {
        _ = try stepping.call(index)
        continue
      }
      let count = node.inputs.count - 1
      next += try stepping.call(index, states: Array(slots.prefix(count))).suffix(count)
      slots = slots.dropFirst(count)
    }
    step = try stepping.model([output], and: next)
  }

  /// The forecast, and the frames that the decoder read for it, both `[batch, forecastFrames, height, width, 1]`.
  ///
  /// - Parameters:
  ///   - known: The model's inputs without the previous frames; the observed frames first.
  ///   - mixing: True previous frames, and 1 where the own forecast is read instead; `nil` to read that always.
  ///   - context: What layers carry along.
  /// - Throws: `ShapeError` if the inputs do not fit.
  func callAsFunction(
    _ known: [Tensor], mixing: (truth: Tensor, own: Tensor)? = nil, context: inout Context
  ) throws -> (forecast: Tensor, previous: Tensor) {
    let read = try reader.call(known, context: &context)
    var states = Array(read.dropFirst(sequenceCount))
    var frame = AutoregressiveDecoding.lastFrame(known[0])
    var (forecasts, previous): ([Tensor], [Tensor]) = ([], [])
    for lead in 0..<leads {
      previous.append(frame)
      let sequences = read.prefix(sequenceCount).map { $0.slice(axis: 1, lead..<lead + 1) }
      let outputs = try step.call([frame] + sequences + states, context: &context)
      forecasts.append(outputs[0])
      states = Array(outputs.dropFirst())
      frame = outputs[0]
      if let mixing, lead + 1 < leads {
        let next = lead + 1..<lead + 2
        frame = .selected(
          where: mixing.own.slice(axis: 1, next), frame, otherwise: mixing.truth.slice(axis: 1, next))
      }
    }
    return (.concatenated(forecasts, axis: 1), .concatenated(previous, axis: 1))
  }

  private static func refused(_ model: ModelGraph, _ received: String) -> ShapeError {
    ShapeError(
      .invalidOption, in: model.name, expected: "a decoder that reads previous frames one by one",
      received: received, remedy: "Build the model with ForecastSignature.")
  }
}

/// Builds a part of a model out of its layers, with their weights.
private final class PartBuilder {
  let builder: GraphBuilder
  private let whole: ModelGraph
  private var values: [ModelGraph.Reference: SymbolicTensor] = [:]
  private var handles: [String: LayerHandle] = [:]

  init(of whole: ModelGraph, name: String) {
    self.whole = whole
    builder = GraphBuilder(name: "\(whole.name)_\(name)", initialization: .none)
  }

  /// Makes a value of the whole model an input of the part.
  func input(_ value: ModelGraph.Reference, _ shape: SymbolicShape, name: String) throws {
    values[value] = try builder.input(shape, name: name)
  }

  /// Puts a node of the whole model into the part. A recurrent one that gets other states hands on its last ones, behind
  /// its outputs.
  func call(_ index: Int, states: [SymbolicTensor]? = nil) throws -> [SymbolicTensor] {
    let node = whole.nodes[index]
    guard var layer = whole[layer: node.layer] else { return [] }
    if states != nil, var recurrent = layer as? any RecurrentLayer {
      recurrent.options.returnState = true
      layer = recurrent
    }
    let handle = try handles[node.layer] ?? builder.add(layer, name: node.layer)
    handles[node.layer] = handle
    let own = states == nil ? node.inputs[...] : node.inputs.prefix(1)
    let outputs = try handle(own.compactMap { values[$0] } + (states ?? []))
    for output in node.outputShapes.indices {
      values[.init(node: whole.inputs.count + index, output: output)] = outputs[output]
    }
    return outputs
  }

  func model(_ outputs: [ModelGraph.Reference], and more: [SymbolicTensor] = []) throws -> ModelGraph {
    try builder.model(outputs: outputs.compactMap { values[$0] } + more)
  }
}
