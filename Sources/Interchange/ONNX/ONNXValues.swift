import Autodiff
import Layers
import TensorCore

/// Layers that work value by value, along single axes, or on several inputs.
enum ONNXValues {
  /// `nil` for other layers.
  static func emit(_ layer: any Layer, _ place: inout ONNXPlace) throws -> [String]? {
    switch layer {
    case is SpatialDropout1D, is SpatialDropout2D, is SpatialDropout3D, is GaussianDropout,
      is GaussianNoise, is AlphaDropout:
      return [place.input]
    case let layer as Rescaling: return [rescaled(layer, &place)]
    case let layer as ReLU: return [rectified(layer, &place)]
    case let layer as LeakyReLU:
      return [place.graph.add("LeakyRelu", [place.input], ["alpha": .number(layer.negativeSlope)])]
    case let layer as ELU: return [place.graph.add("Elu", [place.input], ["alpha": .number(layer.alpha)])]
    case let layer as PReLU:
      return [place.graph.add("PRelu", [place.input, place.weight("alpha", layer.alpha.value)])]
    case let layer as Softmax: return [softmax(layer, &place)]
    case let layer as Permute: return [place.graph.transpose(place.input, [0] + layer.dims)]
    case let layer as UnitNormalization:
      return [unitLength(place.input, positive(layer.axes, place.shape.rank), &place.graph)]
    case let layer as GroupNormalization: return [try groupNormalised(layer, &place)]
    case is Add: return [merged("Add", &place)]
    case is Subtract: return [merged("Sub", &place)]
    case is Multiply: return [merged("Mul", &place)]
    case is Maximum: return [merged("Max", &place)]
    case is Minimum: return [merged("Min", &place)]
    case is Average:
      let sum = merged("Add", &place)
      return [place.graph.add("Div", [sum, place.graph.number(Float(place.inputs.count))])]
    case let layer as Dot: return [try product(layer, &place)]
    default: return nil
    }
  }

  static func positive(_ axes: [Int], _ rank: Int) -> [Int] {
    Set(axes.map { $0 < 0 ? $0 + rank : $0 }).sorted()
  }

  // MARK: Value by value

  private static func rescaled(_ layer: Rescaling, _ place: inout ONNXPlace) -> String {
    func values(_ name: String, _ values: [Float]) -> String {
      values.count == 1
        ? place.graph.number(values[0]) : place.weight(name, Tensor(values, shape: [values.count]))
    }
    let scaled = place.graph.add("Mul", [place.input, values("scale", layer.scale)])
    return place.graph.add("Add", [scaled, values("offset", layer.offset)])
  }

  private static func rectified(_ layer: ReLU, _ place: inout ONNXPlace) -> String {
    if layer.negativeSlope == 0, layer.threshold == 0 {
      guard let top = layer.maxValue else { return place.graph.add("Relu", [place.input]) }
      return place.graph.add("Clip", [place.input, place.graph.number(0), place.graph.number(top)])
    }
    let threshold = place.graph.number(layer.threshold)
    let isAbove = place.graph.add("Greater", [place.input, threshold])
    let above =
      layer.maxValue.map { place.graph.add("Min", [place.input, place.graph.number($0)]) } ?? place.input
    let distance = place.graph.add("Sub", [place.input, threshold])
    let below = place.graph.add("Mul", [distance, place.graph.number(layer.negativeSlope)])
    return place.graph.add("Where", [isAbove, above, below])
  }

  // MARK: Along axes

  private static func softmax(_ layer: Softmax, _ place: inout ONNXPlace) -> String {
    let axes = positive(layer.axes, place.shape.rank)
    if axes.count == 1 { return place.graph.add("Softmax", [place.input], ["axis": .integer(axes[0])]) }
    let largest = place.graph.add(
      "ReduceMax", [place.input], ["axes": .integers(axes), "keepdims": .integer(1)])
    let exponents = place.graph.add("Exp", [place.graph.add("Sub", [place.input, largest])])
    return place.graph.add("Div", [exponents, sum(exponents, axes, &place.graph)])
  }

  private static func sum(_ value: String, _ axes: [Int], _ graph: inout ONNXGraph) -> String {
    graph.add("ReduceSum", [value, graph.integers(axes)], ["keepdims": .integer(1)])
  }

  private static func unitLength(_ value: String, _ axes: [Int], _ graph: inout ONNXGraph) -> String {
    let squares = graph.add("Mul", [value, value])
    let length = graph.add("Sqrt", [sum(squares, axes, &graph)])
    return graph.add("Div", [value, graph.add("Max", [length, graph.number(1e-12)])])
  }

  private static func groupNormalised(_ layer: GroupNormalization, _ place: inout ONNXPlace) throws -> String
  {
    let rank = place.shape.rank
    let axis = positive([layer.axis], rank)[0]
    guard let channels = place.shape[axis] else { throw ONNXRefusal("needs a known number of channels") }
    let order = [0, axis] + (1..<rank).filter { $0 != axis }
    var inverse = order
    for (position, axis) in order.enumerated() { inverse[axis] = position }
    let moved = place.graph.transpose(place.input, order)
    let groups = layer.groups == -1 ? channels : layer.groups
    let rows = place.graph.reshape(moved, to: [0, groups, -1])
    func mean(_ value: String) -> String {
      place.graph.add("ReduceMean", [value], ["axes": .integers([2]), "keepdims": .integer(1)])
    }
    let centred = place.graph.add("Sub", [rows, mean(rows)])
    let variance = mean(place.graph.add("Mul", [centred, centred]))
    let shifted = place.graph.add("Add", [variance, place.graph.number(layer.epsilon)])
    var value = place.graph.add("Div", [centred, place.graph.add("Sqrt", [shifted])])
    value = place.graph.reshape(value, toPieces: [place.graph.lengths(moved, 0..<rank)])
    let shape = Shape([channels] + [Int](repeating: 1, count: rank - 2))
    if layer.scale {
      value = place.graph.add("Mul", [value, place.weight("gamma", layer.gamma.value.viewed(as: shape))])
    }
    if layer.center {
      value = place.graph.add("Add", [value, place.weight("beta", layer.beta.value.viewed(as: shape))])
    }
    return place.graph.transpose(value, inverse)
  }

  // MARK: Several inputs

  /// Inputs of lower rank get axes of length 1 behind the batch, as Keras aligns them.
  private static func merged(_ type: String, _ place: inout ONNXPlace) -> String {
    let rank = place.shapes.map(\.rank).max() ?? 0
    let aligned = zip(place.inputs, place.shapes).map { name, shape in
      guard shape.rank < rank, shape.rank > 0 else { return name }
      let axes = Array(1..<1 + rank - shape.rank)
      return place.graph.add("Unsqueeze", [name, place.graph.integers(axes)])
    }
    return aligned.dropFirst().reduce(aligned[0]) { place.graph.add(type, [$0, $1]) }
  }

  private static func product(_ layer: Dot, _ place: inout ONNXPlace) throws -> String {
    let output = try layer.outputShapes(for: place.shapes)[0]
    let lengths = output.dimensions.dropFirst().map { $0 }
    guard lengths.filter({ $0 == nil }).count <= 1 else {
      throw ONNXRefusal("needs known lengths of its axes")
    }
    let given = layer.axes.count == 1 ? [layer.axes[0], layer.axes[0]] : layer.axes
    func rows(_ index: Int) throws -> String {
      let shape = place.shapes[index]
      let axis = positive([given[index]], shape.rank)[0]
      guard let length = shape[axis] else { throw ONNXRefusal("needs known lengths of its axes") }
      let moved = place.graph.transpose(
        place.inputs[index], (0..<shape.rank).filter { $0 != axis } + [axis])
      let rows = place.graph.reshape(moved, to: [0, -1, length])
      return layer.normalize ? unitLength(rows, [2], &place.graph) : rows
    }
    let (first, second) = (try rows(0), try rows(1))
    let value = place.graph.add("MatMul", [first, place.graph.transpose(second, [0, 2, 1])])
    return place.graph.reshape(value, to: [0] + lengths.map { $0 ?? -1 })
  }
}
