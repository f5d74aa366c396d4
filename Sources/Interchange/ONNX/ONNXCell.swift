import Autodiff
import Layers
import TensorCore

/// A recurrent cell in terms of ONNX operations. Within it maps are laid out channels first, as convolutions want
/// them: `[batch, channels, space…]`.
///
/// What the input adds to the gates is computed for all steps at once; what remains of a step is the state's part.
struct ONNXCell {
  /// How many axes of space there are; 0 for vectors.
  var mapRank: Int
  /// The channels of each state.
  var stateChannels: [Int]
  /// Which state is the output.
  var outputIndex = 0
  /// The input's part of the gates, for a step, or for steps folded into the batch (vectors: with or without time).
  var gates: (inout ONNXGraph, String) -> String
  /// The next states from the input's part and the states.
  var step: (inout ONNXGraph, String, [String]) throws -> [String]

  /// - Parameter frame: the shape of one input, `[batch, space…, channels]`.
  init(
    _ cell: any RecurrentCell, frame: SymbolicShape, prefix: String = "", _ place: inout ONNXPlace
  ) throws {
    switch cell {
    case let cell as AnyRecurrentCell:
      try self.init(cell.base, frame: frame, prefix: prefix, &place)
    case let cell as any MapCell where cell.dataFormat != .channelsLast:
      throw ONNXRefusal("keeps its maps channels first, for which there is no ONNX form")
    case let cell as StackedRNNCells: try self.init(stack: cell, frame: frame, prefix: prefix, &place)
    case let cell as LSTMCell:
      self = Self.lstm(
        try Parts(vectors: cell, prefix, &place), cell.units, cell.activation, cell.recurrentActivation)
    case let cell as ConvLSTMCell:
      self = Self.lstm(
        try Parts(maps: cell, frame, prefix, &place), cell.filters, cell.activation, cell.recurrentActivation)
    case let cell as GRUCell:
      self = Self.gru(
        try Parts(vectors: cell, prefix, &place, resets: cell.resetAfter), cell.units, cell.activation,
        cell.recurrentActivation, resetAfter: cell.resetAfter)
    case let cell as ConvGRUCell:
      self = Self.gru(
        try Parts(maps: cell, frame, prefix, &place, resets: cell.resetAfter), cell.filters, cell.activation,
        cell.recurrentActivation, resetAfter: cell.resetAfter)
    case let cell as SimpleRNNCell:
      let parts = try Parts(vectors: cell, prefix, &place)
      self.init(mapRank: 0, stateChannels: [cell.units], gates: parts.gates) { graph, gates, states in
        let sum = graph.add("Add", [gates, parts.recurrent[0](&graph, states[0])])
        return [try Self.activated(&graph, sum, cell.activation)]
      }
    default: throw ONNXRefusal("has a cell (\(type(of: cell).typeName)) without an ONNX form")
    }
  }

  private init(
    mapRank: Int, stateChannels: [Int], outputIndex: Int = 0,
    gates: @escaping (inout ONNXGraph, String) -> String,
    step: @escaping (inout ONNXGraph, String, [String]) throws -> [String]
  ) {
    self.mapRank = mapRank
    self.stateChannels = stateChannels
    self.outputIndex = outputIndex
    self.gates = gates
    self.step = step
  }

  /// Cells on top of each other: the upper ones see the output of the one below within every step.
  private init(
    stack: StackedRNNCells, frame: SymbolicShape, prefix: String, _ place: inout ONNXPlace
  ) throws {
    var frame = frame
    var cells: [ONNXCell] = []
    for (index, cell) in stack.cells.enumerated() {
      cells.append(try ONNXCell(cell, frame: frame, prefix: "\(prefix)cells/\(index)/", &place))
      let next = try cell.outputShape(for: frame)
      if index > 0, next.dimensions.dropLast() != frame.dimensions.dropLast() {
        throw ONNXRefusal("stacks cells whose maps are of different sizes")
      }
      frame = next
    }
    guard let first = cells.first, let last = cells.last else { throw ONNXRefusal("has no cell") }
    let counts = cells.map(\.stateChannels.count)
    self.init(
      mapRank: first.mapRank, stateChannels: cells.flatMap(\.stateChannels),
      outputIndex: counts.dropLast().reduce(0, +) + last.outputIndex, gates: first.gates
    ) { [cells] graph, gates, states in
      var next: [String] = []
      var value = gates
      for (index, cell) in cells.enumerated() {
        let own = Array(states.dropFirst(next.count).prefix(counts[index]))
        if index > 0 { value = cell.gates(&graph, value) }
        let results = try cell.step(&graph, value, own)
        next += results
        value = results[cell.outputIndex]
      }
      return next
    }
  }

  // MARK: Gates

  private static func lstm(
    _ parts: Parts, _ units: Int, _ activation: Activation, _ recurrentActivation: Activation
  ) -> ONNXCell {
    ONNXCell(mapRank: parts.mapRank, stateChannels: [units, units], gates: parts.gates) {
      graph, gates, states in
      let recurrent = parts.normalized(&graph, parts.recurrent[0](&graph, states[0]), "recurrent_gamma")
      let sum = graph.add("Add", [gates, recurrent])
      let values = graph.add("Split", [sum], ["axis": .integer(1)], outputs: 4)
      func gate(_ part: Int, _ peephole: Int, _ memory: String) throws -> String {
        var value = values[part]
        if !parts.peepholes.isEmpty {
          value = graph.add("Add", [value, graph.add("Mul", [parts.peepholes[peephole], memory])])
        }
        return try activated(&graph, value, recurrentActivation)
      }
      let kept = graph.add("Mul", [try gate(1, 1, states[1]), states[1]])
      let candidate = try activated(&graph, values[2], activation)
      let new = graph.add("Mul", [try gate(0, 0, states[1]), candidate])
      let memory = graph.add("Add", [kept, new])
      let shown = try activated(
        &graph, parts.normalized(&graph, memory, "state_gamma", "state_beta"), activation)
      return [graph.add("Mul", [try gate(3, 2, memory), shown]), memory]
    }
  }

  private static func gru(
    _ parts: Parts, _ units: Int, _ activation: Activation, _ recurrentActivation: Activation,
    resetAfter: Bool
  ) -> ONNXCell {
    ONNXCell(mapRank: parts.mapRank, stateChannels: [units], gates: parts.gates) { graph, gates, states in
      let hidden = states[0]
      let values = graph.add("Split", [gates], ["axis": .integer(1)], outputs: 3)
      let inner = graph.add(
        "Split", [parts.recurrent[0](&graph, hidden)], ["axis": .integer(1)], outputs: resetAfter ? 3 : 2)
      func gate(_ part: Int) throws -> String {
        try activated(&graph, graph.add("Add", [values[part], inner[part]]), recurrentActivation)
      }
      let (update, reset) = (try gate(0), try gate(1))
      let candidate =
        resetAfter
        ? graph.add("Mul", [reset, inner[2]])
        : parts.recurrent[1](&graph, graph.add("Mul", [reset, hidden]))
      let new = try activated(&graph, graph.add("Add", [values[2], candidate]), activation)
      let difference = graph.add("Sub", [hidden, new])
      return [graph.add("Add", [graph.add("Mul", [update, difference]), new])]
    }
  }

  private static func activated(
    _ graph: inout ONNXGraph, _ value: String, _ activation: Activation
  ) throws -> String {
    guard let result = graph.activated(value, by: activation, axis: 1) else {
      throw ONNXRefusal("ONNX has no operations for the activation \(activation.rawValue)")
    }
    return result
  }
}

extension ONNXCell {
  /// The linear parts of a cell, as weights in the graph and functions that apply them.
  struct Parts {
    var mapRank: Int
    var gates: (inout ONNXGraph, String) -> String
    /// The products with the state: with all gates, or with the gates and the candidate apart.
    var recurrent: [(inout ONNXGraph, String) -> String]
    /// Weights of i, f and o.
    var peepholes: [String] = []
    private var normalization: [String: String] = [:]

    init(
      vectors cell: some VectorCell, _ prefix: String, _ place: inout ONNXPlace, resets: Bool = true
    ) throws {
      mapRank = 0
      let values = Self.values(of: cell)
      let kernel = place.weight(prefix + "kernel", cell.kernel.value)
      let bias = Self.bias(values, prefix, rank: 0, &place)
      normalization = Self.normalization(values, prefix, rank: 0, &place)
      let own = normalization
      gates = { graph, input in
        var value = graph.add("MatMul", [input, kernel])
        value = Self.normalized(&graph, value, own["kernel_gamma"], nil, axis: -1)
        return bias.input.map { graph.add("Add", [value, $0]) } ?? value
      }
      recurrent = Self.recurrentKernels(cell.recurrentKernel.value, units: cell.units, resets).map { part in
        let weight = place.weight(prefix + part.name, part.kernel)
        let added = bias.recurrent
        return { graph, state in
          let value = graph.add("MatMul", [state, weight])
          return added.map { graph.add("Add", [value, $0]) } ?? value
        }
      }
    }

    init(
      maps cell: some MapCell, _ frame: SymbolicShape, _ prefix: String, _ place: inout ONNXPlace,
      resets: Bool = true
    ) throws {
      let rank = cell.rank
      mapRank = rank
      let values = Self.values(of: cell)
      let kernel = place.weight(prefix + "kernel", Self.outputsFirst(cell.kernel.value))
      let bias = Self.bias(values, prefix, rank: rank, &place)
      normalization = Self.normalization(values, prefix, rank: rank, &place)
      let own = normalization
      let window = ONNXConvolution.window(
        frame, kernel: cell.kernelSize, strides: cell.strides, dilations: cell.dilationRate, cell.padding,
        rank: rank)
      gates = { graph, input in
        var value = graph.add("Conv", [input, kernel], window)
        value = Self.normalized(&graph, value, own["kernel_gamma"], nil, axis: 1)
        return bias.input.map { graph.add("Add", [value, $0]) } ?? value
      }
      let state = SymbolicShape([Int?](repeating: nil, count: rank + 1) + [cell.filters])
      let same = ONNXConvolution.window(
        state, kernel: cell.kernelSize, strides: 1, dilations: 1, .same, rank: rank)
      recurrent = Self.recurrentKernels(cell.recurrentKernel.value, units: cell.filters, resets).map { part in
        let weight = place.weight(prefix + part.name, Self.outputsFirst(part.kernel))
        let added = bias.recurrent
        return { graph, state in
          let value = graph.add("Conv", [state, weight], same)
          return added.map { graph.add("Add", [value, $0]) } ?? value
        }
      }
      if let peephole = values["peephole"] {
        // [3 · filters] or [space…, 3 · filters], to [filters, space…].
        let first =
          peephole.rank == 1
          ? peephole.viewed(as: Shape([peephole.count] + [Int](repeating: 1, count: rank)))
          : Movement.transposed(peephole, [rank] + Array(0..<rank))
        peepholes = (0..<3).map { part in
          place.weight(
            prefix + "peephole_\(part)",
            Movement.slice(first, axis: 0, part * cell.filters..<(part + 1) * cell.filters))
        }
      }
    }

    func normalized(
      _ graph: inout ONNXGraph, _ value: String, _ gamma: String, _ beta: String? = nil
    ) -> String {
      Self.normalized(
        &graph, value, normalization[gamma], beta.flatMap { normalization[$0] }, axis: mapRank == 0 ? -1 : 1)
    }

    private static func values(of cell: some RecurrentCell) -> [String: Tensor] {
      Dictionary(cell.parameters.map { ($0.name, $0.parameter.value) }) { first, _ in first }
    }

    private static func column(_ values: Tensor, _ rank: Int) -> Tensor {
      values.viewed(as: Shape([values.count] + [Int](repeating: 1, count: rank)))
    }

    /// GRU keeps two biases in two rows.
    private static func bias(
      _ values: [String: Tensor], _ prefix: String, rank: Int, _ place: inout ONNXPlace
    ) -> (input: String?, recurrent: String?) {
      guard let bias = values["bias"] else { return (nil, nil) }
      guard bias.rank == 2 else { return (place.weight(prefix + "bias", column(bias, rank)), nil) }
      func row(_ index: Int) -> Tensor {
        column(Movement.slice(bias, axis: 0, index..<index + 1).viewed(as: [bias.shape[1]]), rank)
      }
      return (place.weight(prefix + "bias", row(0)), place.weight(prefix + "recurrent_bias", row(1)))
    }

    private static func normalization(
      _ values: [String: Tensor], _ prefix: String, rank: Int, _ place: inout ONNXPlace
    ) -> [String: String] {
      var found: [String: String] = [:]
      for name in ["kernel_gamma", "recurrent_gamma", "state_gamma", "state_beta"] {
        if let value = values[name] { found[name] = place.weight(prefix + name, column(value, rank)) }
      }
      return found
    }

    private static func normalized(
      _ graph: inout ONNXGraph, _ value: String, _ gamma: String?, _ beta: String?, axis: Int
    ) -> String {
      guard let gamma else { return value }
      func mean(_ value: String) -> String {
        graph.add("ReduceMean", [value], ["axes": .integers([axis]), "keepdims": .integer(1)])
      }
      let centred = graph.add("Sub", [value, mean(value)])
      let variance = mean(graph.add("Mul", [centred, centred]))
      let deviation = graph.add("Sqrt", [graph.add("Add", [variance, graph.number(1e-3)])])
      let scaled = graph.add("Mul", [graph.add("Div", [centred, deviation]), gamma])
      return beta.map { graph.add("Add", [scaled, $0]) } ?? scaled
    }

    /// A reset gate before the product needs the candidate's kernel by itself.
    private static func recurrentKernels(
      _ kernel: Tensor, units: Int, _ together: Bool
    ) -> [(name: String, kernel: Tensor)] {
      if together { return [("recurrent_kernel", kernel)] }
      let axis = kernel.rank - 1
      return [
        ("recurrent_kernel_gates", Movement.slice(kernel, axis: axis, 0..<2 * units)),
        ("recurrent_kernel_candidate", Movement.slice(kernel, axis: axis, 2 * units..<3 * units)),
      ]
    }

    /// `[kernel…, inputs, outputs]` as ONNX has it: `[outputs, inputs, kernel…]`.
    private static func outputsFirst(_ kernel: Tensor) -> Tensor {
      let rank = kernel.rank - 2
      return Movement.transposed(kernel, [rank + 1, rank] + Array(0..<rank))
    }
  }
}
