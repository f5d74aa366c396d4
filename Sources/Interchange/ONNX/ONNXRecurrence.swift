import Autodiff
import Layers
import TensorCore

/// LSTM and ConvLSTM: what the input adds to the gates is computed for all steps at once; what remains of a step
/// is one product or convolution of the state and the gates.
enum ONNXRecurrence {
  /// The part of a cell that depends on its kind. Within it values are laid out as the runtime likes them: gates
  /// along `axis` of `[batch, time, …]` and of a single step without time.
  struct Kind {
    /// Axes of one step's gates and states.
    var rank: Int
    /// The axis of the channels in a step.
    var axis: Int
    var units: Int
    var activation: Activation
    var recurrentActivation: Activation
    var fromState: (inout ONNXGraph, String) -> String
  }

  static func emit(_ layer: LSTM, _ place: inout ONNXPlace) throws -> [String] {
    let cell = layer.cell
    try requirePlain(layer, layerNormalization: cell.layerNormalization)
    var gates = place.graph.add("MatMul", [place.input, place.weight("kernel", cell.kernel.value)])
    if cell.useBias { gates = place.graph.add("Add", [gates, place.weight("bias", cell.bias.value)]) }
    let recurrent = place.weight("recurrent_kernel", cell.recurrentKernel.value)
    let kind = Kind(
      rank: 2, axis: 1, units: cell.units, activation: cell.activation,
      recurrentActivation: cell.recurrentActivation
    ) { graph, state in graph.add("MatMul", [state, recurrent]) }
    return try run(kind, layer, gates: gates, stateShape: [.open("batch"), .fixed(cell.units)], &place)
  }

  static func emit(_ layer: ConvLSTM2D, _ place: inout ONNXPlace) throws -> [String] {
    let cell = layer.cell
    try requirePlain(layer, layerNormalization: cell.layerNormalization, peepholes: cell.peepholes)
    guard cell.dataFormat == .channelsLast else { throw ONNXRefusal("is written for channels last only") }
    let frames = SymbolicShape([nil] + place.shape.dimensions.dropFirst(2))
    let folded = place.graph.folded(place.input, place.shape, leading: 2)
    let value = place.graph.channelsFirst(folded, rank: 4)
    let convolved = ONNXConvolution.convolution(
      value, kernel: place.weight("kernel", ONNXConvolution.outputsFirst(cell.kernel.value)),
      bias: cell.useBias ? place.weight("bias", cell.bias.value) : nil,
      ONNXConvolution.window(
        frames, kernel: cell.kernelSize, strides: cell.strides, dilations: cell.dilationRate, cell.padding),
      &place.graph)
    let gates = place.graph.unfolded(convolved, like: place.input, leading: 2, rank: 4)
    let recurrent = place.weight(
      "recurrent_kernel", ONNXConvolution.outputsFirst(cell.recurrentKernel.value))
    let window = ONNXConvolution.window(
      [nil, nil, nil, cell.filters], kernel: cell.kernelSize, strides: 1, dilations: 1, .same)
    let output = try layer.cell.outputShape(for: frames)
    let kind = Kind(
      rank: 4, axis: 1, units: cell.filters, activation: cell.activation,
      recurrentActivation: cell.recurrentActivation
    ) { graph, state in
      ONNXConvolution.convolution(state, kernel: recurrent, bias: nil, window, &graph)
    }
    let size = [1, 2].map { axis -> ONNXGraph.Dimension in
      output[axis].map { .fixed($0) } ?? .open("\(place.name)_axis_\(axis)")
    }
    return try run(
      kind, layer, gates: gates, stateShape: [.open("batch")] + size + [.fixed(cell.filters)], &place)
  }

  /// Refuses what the graph of a plain cell would leave out.
  private static func requirePlain(
    _ layer: some RecurrentLayer, layerNormalization: Bool, peepholes: Peepholes = .none
  ) throws {
    guard !layer.stateful, !layerNormalization, peepholes == .none else {
      throw ONNXRefusal("is written without stateful, layer normalisation and peepholes only")
    }
  }

  // MARK: Through time

  private static func run(
    _ kind: Kind, _ layer: some RecurrentLayer, gates: String, stateShape: [ONNXGraph.Dimension],
    _ place: inout ONNXPlace
  ) throws -> [String] {
    var hidden: String
    var memory: String
    if place.form == .step {
      let names = (0..<2).map { "\(place.name).state_\($0)" }
      (hidden, memory) = (toGates(names[0], kind, &place.graph), toGates(names[1], kind, &place.graph))
    } else if place.inputs.count > 1 {
      (hidden, memory) = (
        toGates(place.inputs[1], kind, &place.graph), toGates(place.inputs[2], kind, &place.graph)
      )
    } else {
      hidden = zeros(kind, like: gates, &place.graph)
      memory = hidden
    }
    let outputs: String?
    (outputs, hidden, memory) =
      switch place.form {
      case .scan: try scanned(kind, layer, gates, hidden, memory, &place)
      case .unrolled: try unrolled(kind, layer, gates, hidden, memory, &place)
      case .step: try single(kind, gates, hidden, memory, &place)
      }
    let states = [fromGates(hidden, kind, &place.graph), fromGates(memory, kind, &place.graph)]
    if place.form == .step {
      for (index, state) in states.enumerated() {
        let next = "\(place.name).next_state_\(index)"
        place.graph.add("Identity", [state], into: [next])
        place.states.append(
          ONNXState(input: "\(place.name).state_\(index)", output: next, shape: stateShape))
      }
    }
    var result = states[0]
    if layer.returnSequences {
      if let outputs {
        // [batch, time, units, …] to channels last.
        result =
          kind.rank == 4 ? place.graph.transpose(outputs, [0, 1, 3, 4, 2]) : outputs
      } else {
        result = place.graph.add("Unsqueeze", [states[0], place.graph.integers([1])])
      }
    }
    return [result] + (layer.returnState ? states : [])
  }

  /// One step; the outputs are the next hidden state and the next memory.
  private static func step(
    _ kind: Kind, _ graph: inout ONNXGraph, gates: String, hidden: String, memory: String
  ) throws -> (hidden: String, memory: String) {
    let sum = graph.add("Add", [gates, kind.fromState(&graph, hidden)])
    let parts = graph.add("Split", [sum], ["axis": .integer(kind.axis)], outputs: 4)
    func activated(_ value: String, _ activation: Activation) throws -> String {
      guard let result = graph.activated(value, by: activation, axis: kind.axis) else {
        throw ONNXRefusal("ONNX has no operations for the activation \(activation.rawValue)")
      }
      return result
    }
    let input = try activated(parts[0], kind.recurrentActivation)
    let forget = try activated(parts[1], kind.recurrentActivation)
    let candidate = try activated(parts[2], kind.activation)
    let output = try activated(parts[3], kind.recurrentActivation)
    let kept = graph.add("Mul", [forget, memory])
    let next = graph.add("Add", [kept, graph.add("Mul", [input, candidate])])
    return (graph.add("Mul", [output, try activated(next, kind.activation)]), next)
  }

  private static func scanned(
    _ kind: Kind, _ layer: some RecurrentLayer, _ gates: String, _ hidden: String, _ memory: String,
    _ place: inout ONNXPlace
  ) throws -> (String?, String, String) {
    let prefix = place.graph.freshName(place.name) + "."
    var body = ONNXGraph(name: "\(place.name)_step", prefix: prefix)
    let names = ["hidden", "memory", "gates"].map { prefix + $0 }
    // Scan's own rule: states first, then what is scanned. Some runtimes want to know the ranks.
    let rank = [ONNXGraph.Dimension](repeating: .unknown, count: kind.rank)
    for name in names { body.addInput(name, rank) }
    let next = try step(kind, &body, gates: names[2], hidden: names[0], memory: names[1])
    for (value, name) in [
      (next.hidden, "next_hidden"), (next.memory, "next_memory"), (next.hidden, "output"),
    ] {
      body.add("Identity", [value], into: [prefix + name])
      body.addOutput(prefix + name, rank)
    }
    let results = place.graph.add(
      "Scan", [hidden, memory, gates],
      [
        "body": .graph(body), "num_scan_inputs": .integer(1), "scan_input_axes": .integers([1]),
        "scan_input_directions": .integers([layer.goBackwards ? 1 : 0]), "scan_output_axes": .integers([1]),
      ], outputs: 3)
    return (results[2], results[0], results[1])
  }

  private static func unrolled(
    _ kind: Kind, _ layer: some RecurrentLayer, _ gates: String, _ hidden: String, _ memory: String,
    _ place: inout ONNXPlace
  ) throws -> (String?, String, String) {
    guard let time = place.shape[1] else {
      throw ONNXRefusal("needs a fixed number of steps to be written out; use the form with Scan")
    }
    var state = (hidden: hidden, memory: memory)
    var outputs: [String] = []
    for t in layer.goBackwards ? Array((0..<time).reversed()) : Array(0..<time) {
      let one = place.graph.slice(gates, axis: 1, t..<t + 1)
      let now = place.graph.add("Squeeze", [one, place.graph.integers([1])])
      state = try step(kind, &place.graph, gates: now, hidden: state.hidden, memory: state.memory)
      outputs.append(place.graph.add("Unsqueeze", [state.hidden, place.graph.integers([1])]))
    }
    let all = place.graph.add("Concat", outputs, ["axis": .integer(1)])
    return (all, state.hidden, state.memory)
  }

  private static func single(
    _ kind: Kind, _ gates: String, _ hidden: String, _ memory: String, _ place: inout ONNXPlace
  ) throws -> (String?, String, String) {
    let now = place.graph.add("Squeeze", [gates, place.graph.integers([1])])
    let next = try step(kind, &place.graph, gates: now, hidden: hidden, memory: memory)
    return (nil, next.hidden, next.memory)
  }

  // MARK: Layout

  private static func toGates(_ value: String, _ kind: Kind, _ graph: inout ONNXGraph) -> String {
    kind.rank == 4 ? graph.channelsFirst(value, rank: 4) : value
  }

  private static func fromGates(_ value: String, _ kind: Kind, _ graph: inout ONNXGraph) -> String {
    kind.rank == 4 ? graph.channelsLast(value, rank: 4) : value
  }

  /// Zeros of a state's shape: the gates' without time and with `units` channels.
  private static func zeros(_ kind: Kind, like gates: String, _ graph: inout ONNXGraph) -> String {
    var pieces = [graph.lengths(gates, 0..<1), graph.integers([kind.units])]
    if kind.rank == 4 { pieces.append(graph.lengths(gates, 3..<5)) }
    return graph.add("ConstantOfShape", [graph.add("Concat", pieces, ["axis": .integer(0)])])
  }
}
