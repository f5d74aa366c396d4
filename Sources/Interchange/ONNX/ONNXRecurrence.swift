import Autodiff
import Layers
import TensorCore

/// Recurrent layers of every cell: the whole sequence by `Scan`, written out, or one step.
struct ONNXRecurrence {
  private let cell: ONNXCell
  private let options: RecurrentOptions
  /// The outputs come in the order of time although the steps go backwards.
  private let inOrderOfTime: Bool
  /// The input's part of the gates of all steps: `[batch, time, channels, space…]`.
  private let gates: String
  /// Which steps count: `[batch, time, 1, …]`.
  private let mask: String?
  private let time: Int?

  /// Adds a layer's operations: the output, and the last states if the layer returns them.
  static func emit(
    _ layer: some RecurrentLayer, inOrderOfTime: Bool = false, _ place: inout ONNXPlace
  ) throws -> [String] {
    let frame = SymbolicShape([nil] + place.shape.dimensions.dropFirst(2))
    let cell = try ONNXCell(layer.cell, frame: frame, &place)
    let gates = Self.gates(cell, &place)
    let mask = try place.masks.first.flatMap { $0 }.map {
      try Self.aligned($0, layer.cell.outputShape(for: frame), frame, &place)
    }
    let recurrence = ONNXRecurrence(
      cell: cell, options: layer.options, inOrderOfTime: inOrderOfTime && layer.returnSequences,
      gates: gates, mask: mask, time: place.shape[1])
    return try recurrence.run(stateShapes: layer.cell.stateShapes(for: frame), &place)
  }

  static func emit(_ layer: Bidirectional, _ place: inout ONNXPlace) throws -> [String] {
    guard place.form != .step else {
      throw ONNXRefusal("runs backwards in time, so its first step needs the last")
    }
    let count = (place.inputs.count - 1) / 2
    var results: [[String]] = []
    for (index, part) in ["forward_layer", "backward_layer"].enumerated() {
      let states = place.inputs.dropFirst(1 + index * count).prefix(count)
      var inner = place
      inner.name = "\(place.name)/\(part)"
      inner.inputs = [place.input] + states
      inner.weights = place.weights.filter { $0.key.hasPrefix(part) }
      inner.weightPrefix = "\(part)/"
      let layer = index == 0 ? layer.forwardLayer : layer.backwardLayer
      results.append(try opened(layer, index == 1, &inner))
      place.graph = inner.graph
      place.weights.merge(inner.weights) { _, new in new }
      place.states = inner.states
    }
    let (x, y) = (results[0][0], results[1][0])
    let merged: [String] =
      switch layer.mergeMode {
      case .concatenate: [place.graph.add("Concat", [x, y], ["axis": .integer(-1)])]
      case .sum: [place.graph.add("Add", [x, y])]
      case .multiply: [place.graph.add("Mul", [x, y])]
      case .average:
        [place.graph.add("Mul", [place.graph.add("Add", [x, y]), place.graph.number(0.5)])]
      case .none: [x, y]
      }
    return merged + results[0].dropFirst() + results[1].dropFirst()
  }

  private static func opened(
    _ layer: some RecurrentLayer, _ inOrderOfTime: Bool, _ place: inout ONNXPlace
  ) throws -> [String] {
    try emit(layer, inOrderOfTime: inOrderOfTime, &place)
  }

  // MARK: Before the loop

  private static func gates(_ cell: ONNXCell, _ place: inout ONNXPlace) -> String {
    guard cell.mapRank > 0 else { return cell.gates(&place.graph, place.input) }
    let rank = cell.mapRank + 2
    let folded = place.graph.folded(place.input, place.shape, leading: 2)
    let maps = place.graph.channelsFirst(folded, rank: rank)
    let gates = cell.gates(&place.graph, maps)
    return place.graph.unfolded(gates, like: place.input, leading: 2, rank: rank)
  }

  /// A mask `[batch, time]` or `[batch, time, space…]` with axes of length 1 for channels and space.
  private static func aligned(
    _ mask: ONNXMask, _ output: SymbolicShape, _ frame: SymbolicShape, _ place: inout ONNXPlace
  ) -> String {
    let space = output.rank - 2
    guard mask.rank > 2 else {
      return place.graph.add(
        "Unsqueeze", [mask.name, place.graph.integers(Array(2..<3 + space))])
    }
    if output.dimensions.dropFirst().dropLast() == frame.dimensions.dropFirst().dropLast() {
      return place.graph.add("Unsqueeze", [mask.name, place.graph.integers([2])])
    }
    // Maps of another size: a step counts if it does so anywhere.
    let steps = place.graph.add(
      "ReduceMax", [mask.name], ["axes": .integers(Array(2..<2 + space)), "keepdims": .integer(1)])
    return place.graph.add("Unsqueeze", [steps, place.graph.integers([2])])
  }

  private func zeros(_ channels: Int, _ graph: inout ONNXGraph) -> String {
    var pieces = [graph.lengths(gates, 0..<1), graph.integers([channels])]
    if cell.mapRank > 0 { pieces.append(graph.lengths(gates, 3..<3 + cell.mapRank)) }
    return graph.add("ConstantOfShape", [graph.add("Concat", pieces, ["axis": .integer(0)])])
  }

  // MARK: Through time

  /// Whether the output before has to be remembered for masked steps.
  private var remembersOutput: Bool { mask != nil && !options.zeroOutputForMask }

  private func run(stateShapes: [SymbolicShape], _ place: inout ONNXPlace) throws -> [String] {
    let count = cell.stateChannels.count
    // Open to the outside: in the single step, and where the layer keeps its state from call to call.
    let isOpen = place.inputs.count == 1 && (place.form == .step || options.stateful)
    var shapes = stateShapes
    if remembersOutput { shapes.append(stateShapes[cell.outputIndex]) }
    var variables: [String] = []
    for index in 0..<count + (remembersOutput ? 1 : 0) {
      if isOpen || index == count && place.form == .step {
        variables.append(toGates("\(place.name).state_\(index)", &place.graph))
      } else if index < count, place.inputs.count > 1 {
        variables.append(toGates(place.inputs[1 + index], &place.graph))
      } else {
        let channels = cell.stateChannels[index < count ? index : cell.outputIndex]
        variables.append(zeros(channels, &place.graph))
      }
    }
    var outputs: String
    (outputs, variables) =
      switch place.form {
      case .scan: try scanned(variables, &place)
      case .unrolled: try unrolled(variables, &place)
      case .step: try single(variables, &place)
      }
    let states = variables.map { fromGates($0, &place.graph) }
    if isOpen || place.form == .step {
      for (index, state) in states.enumerated() {
        let next = "\(place.name).next_state_\(index)"
        place.graph.add("Identity", [state], into: [next])
        place.states.append(
          ONNXState(
            input: "\(place.name).state_\(index)", output: next,
            shape: Self.dimensions(shapes[index], place.name)))
      }
    }
    var result: String
    if options.returnSequences {
      // [batch, time, channels, space…] to channels last.
      result = outputs
      if cell.mapRank > 0 {
        result = place.graph.transpose(result, [0, 1] + Array(3..<3 + cell.mapRank) + [2])
      }
    } else if mask != nil {
      let last = place.graph.slice(outputs, axis: 1, -1..<Int(Int32.max))
      result = fromGates(
        place.graph.add("Squeeze", [last, place.graph.integers([1])]), &place.graph)
    } else {
      result = states[cell.outputIndex]
    }
    return [result] + (options.returnState ? states.prefix(count) : [])
  }

  private static func dimensions(_ shape: SymbolicShape, _ name: String) -> [ONNXGraph.Dimension] {
    [.open("batch")]
      + shape.dimensions.dropFirst().enumerated().map { index, length in
        length.map { .fixed($0) } ?? .open("\(name)_axis_\(index + 1)")
      }
  }

  /// One step: from the variables of the loop to the next ones, and the output.
  private func step(
    _ graph: inout ONNXGraph, gates: String, mask: String?, _ variables: [String]
  ) throws -> (output: String, variables: [String]) {
    let count = cell.stateChannels.count
    let states = Array(variables.prefix(count))
    let next = try cell.step(&graph, gates, states)
    let output = next[cell.outputIndex]
    guard let mask else { return (output, next) }
    let counts = graph.add("Greater", [mask, graph.number(0.5)])
    func chosen(_ new: String, _ old: String) -> String { graph.add("Where", [counts, new, old]) }
    let before = remembersOutput ? variables[count] : graph.add("Mul", [output, graph.number(0)])
    let shown = chosen(output, before)
    return (shown, zip(next, states).map(chosen) + (remembersOutput ? [shown] : []))
  }

  private func scanned(
    _ variables: [String], _ place: inout ONNXPlace
  ) throws -> (outputs: String, variables: [String]) {
    let prefix = place.graph.freshName(place.name) + "."
    var body = ONNXGraph(name: "\(place.name)_step", prefix: prefix)
    let names = variables.indices.map { "\(prefix)variable_\($0)" }
    // Scan's own rule: states first, then what is scanned. Some runtimes want to know the ranks.
    let rank = [ONNXGraph.Dimension](repeating: .unknown, count: cell.mapRank + 2)
    let scanned = ["\(prefix)gates"] + (mask == nil ? [] : ["\(prefix)mask"])
    for name in names + scanned { body.addInput(name, rank) }
    let next = try step(&body, gates: scanned[0], mask: mask == nil ? nil : scanned[1], names)
    for (index, value) in (next.variables + [next.output]).enumerated() {
      let name = "\(prefix)next_\(index)"
      body.add("Identity", [value], into: [name])
      body.addOutput(name, rank)
    }
    let direction = options.goBackwards ? 1 : 0
    let results = place.graph.add(
      "Scan", variables + [gates] + (mask.map { [$0] } ?? []),
      [
        "body": .graph(body), "num_scan_inputs": .integer(scanned.count),
        "scan_input_axes": .integers(scanned.map { _ in 1 }),
        "scan_input_directions": .integers(scanned.map { _ in direction }),
        "scan_output_axes": .integers([1]),
        "scan_output_directions": .integers([inOrderOfTime ? direction : 0]),
      ], outputs: variables.count + 1)
    return (results[variables.count], Array(results.prefix(variables.count)))
  }

  private func unrolled(
    _ variables: [String], _ place: inout ONNXPlace
  ) throws -> (outputs: String, variables: [String]) {
    guard let time else {
      throw ONNXRefusal("needs a fixed number of steps to be written out; use the form with Scan")
    }
    var variables = variables
    var outputs: [String] = []
    for t in options.goBackwards ? Array((0..<time).reversed()) : Array(0..<time) {
      let next = try step(
        &place.graph, gates: entry(gates, t, &place.graph),
        mask: mask.map { entry($0, t, &place.graph) }, variables)
      variables = next.variables
      outputs.append(place.graph.add("Unsqueeze", [next.output, place.graph.integers([1])]))
    }
    if inOrderOfTime, options.goBackwards { outputs.reverse() }
    return (place.graph.add("Concat", outputs, ["axis": .integer(1)]), variables)
  }

  private func single(
    _ variables: [String], _ place: inout ONNXPlace
  ) throws -> (outputs: String, variables: [String]) {
    func now(_ value: String) -> String {
      place.graph.add("Squeeze", [value, place.graph.integers([1])])
    }
    let next = try step(&place.graph, gates: now(gates), mask: mask.map(now), variables)
    return (place.graph.add("Unsqueeze", [next.output, place.graph.integers([1])]), next.variables)
  }

  private func entry(_ value: String, _ t: Int, _ graph: inout ONNXGraph) -> String {
    graph.add("Squeeze", [graph.slice(value, axis: 1, t..<t + 1), graph.integers([1])])
  }

  // MARK: Layout

  private func toGates(_ value: String, _ graph: inout ONNXGraph) -> String {
    cell.mapRank > 0 ? graph.channelsFirst(value, rank: cell.mapRank + 2) : value
  }

  private func fromGates(_ value: String, _ graph: inout ONNXGraph) -> String {
    cell.mapRank > 0 ? graph.channelsLast(value, rank: cell.mapRank + 2) : value
  }
}

/// Which steps of a value count, as a value of its own: `[batch, time]` or `[batch, time, space…]`.
struct ONNXMask {
  var name: String
  var rank: Int
}
