import Autodiff
import Layers
import TensorCore

/// The layers in terms of ONNX operations. Values keep Squall's layout, channels last; convolutions turn around.
enum ONNXLayers {
  static func emit(_ layer: any Layer, _ place: inout ONNXPlace) throws -> [String] {
    if let layer = layer as? any SpatialLayer, layer.dataFormat == .channelsFirst {
      return [try channelsFirst(layer, &place)]
    }
    if let outputs = try ONNXConvolution.emit(layer, &place) ?? ONNXSpatial.emit(layer, &place)
      ?? ONNXValues.emit(layer, &place) ?? ONNXMasks.emit(layer, &place)
    {
      return outputs
    }
    switch layer {
    case let layer as any ONNXConvertible: return try layer.addToONNX(&place)
    case let layer as Dense: return [try dense(layer, &place)]
    case let layer as BatchNormalization: return [batchNormalization(layer, &place)]
    case let layer as LayerNormalization: return [layerNormalization(layer, &place)]
    case let layer as ActivationLayer: return [try place.activated(place.input, by: layer.activation)]
    case is Dropout: return [place.input]
    case let layer as Flatten:
      let isLast = layer.dataFormat == .channelsLast || place.shape.rank < 3
      let value = isLast ? place.input : place.graph.channelsLast(place.input, rank: place.shape.rank)
      return [place.graph.reshape(value, to: [0, -1])]
    case let layer as Reshape: return [place.graph.reshape(place.input, to: [0] + layer.targetShape)]
    case let layer as Concatenate:
      return [place.graph.add("Concat", place.inputs, ["axis": .integer(layer.axis)])]
    case let layer as RepeatVector:
      return [repeated(place.input, rank: 3, layer.count, unsqueeze: true, &place)]
    case let layer as RepeatLast: return [repeatLast(layer, &place)]
    case let layer as SpaceToDepth: return [patches("SpaceToDepth", layer.size, &place)]
    case let layer as DepthToSpace: return [patches("DepthToSpace", layer.size, &place)]
    case let layer as TimeDistributed: return [try timeDistributed(layer, &place)]
    case let layer as Bidirectional: return try ONNXRecurrence.emit(layer, &place)
    case let layer as any RecurrentLayer: return try ONNXRecurrence.emit(layer, &place)
    default: throw ONNXRefusal("has no ONNX form yet")
    }
  }

  private static func dense(_ layer: Dense, _ place: inout ONNXPlace) throws -> String {
    var value = place.graph.add("MatMul", [place.input, place.weight("kernel", layer.kernel.value)])
    if layer.useBias { value = place.graph.add("Add", [value, place.weight("bias", layer.bias.value)]) }
    return try place.activated(value, by: layer.activation)
  }

  /// Computed channels last, between two changes of the order.
  private static func channelsFirst(_ layer: some SpatialLayer, _ place: inout ONNXPlace) throws -> String {
    var layer = layer
    layer.dataFormat = .channelsLast
    let rank = place.shape.rank
    let value = place.graph.channelsLast(place.input, rank: rank)
    let lengths = place.shape.dimensions
    let shape = SymbolicShape([lengths[0]] + lengths.dropFirst(2) + [lengths[1]])
    var inner = ONNXPlace(
      graph: place.graph, name: place.name, inputs: [value], shapes: [shape], form: place.form,
      weights: place.weights)
    let result = try emit(layer, &inner)[0]
    place.graph = inner.graph
    place.weights = inner.weights
    let outputRank = try layer.outputShape(for: shape).rank
    return outputRank == rank ? place.graph.channelsFirst(result, rank: rank) : result
  }

  // MARK: Normalisation

  private static func batchNormalization(_ layer: BatchNormalization, _ place: inout ONNXPlace) -> String {
    let rank = place.shape.rank
    let axis = (layer.axis + rank) % rank
    var shape = Shape([Int](repeating: 1, count: rank))
    shape[axis] = layer.movingMean.value.count
    // The same factor and offset that Squall computes with.
    let gamma = layer.scale ? layer.gamma.value : .ones(layer.movingMean.value.shape)
    let factor = gamma / (layer.movingVariance.value + layer.epsilon).squareRoot()
    let beta = layer.center ? layer.beta.value : .zeros(factor.shape)
    let offset = beta - layer.movingMean.value * factor
    let scaled = place.graph.add("Mul", [place.input, place.weight("factor", factor.viewed(as: shape))])
    return place.graph.add("Add", [scaled, place.weight("offset", offset.viewed(as: shape))])
  }

  private static func layerNormalization(_ layer: LayerNormalization, _ place: inout ONNXPlace) -> String {
    let rank = place.shape.rank
    let axes = Set(layer.axes.map { ($0 + rank) % rank }).sorted()
    func mean(_ value: String) -> String {
      place.graph.add("ReduceMean", [value], ["axes": .integers(axes), "keepdims": .integer(1)])
    }
    let centred = place.graph.add("Sub", [place.input, mean(place.input)])
    let variance = mean(place.graph.add("Mul", [centred, centred]))
    let shifted = place.graph.add("Add", [variance, place.graph.number(layer.epsilon)])
    var value = place.graph.add("Div", [centred, place.graph.add("Sqrt", [shifted])])
    func aligned(_ tensor: Tensor) -> Tensor {
      var shape = Shape([Int](repeating: 1, count: rank))
      for (position, axis) in axes.enumerated() { shape[axis] = tensor.shape[position] }
      return tensor.viewed(as: shape)
    }
    if layer.scale {
      value = place.graph.add("Mul", [value, place.weight("gamma", aligned(layer.gamma.value))])
    }
    if layer.center {
      value = place.graph.add("Add", [value, place.weight("beta", aligned(layer.beta.value))])
    }
    return value
  }

  // MARK: Shapes

  /// A value `count` times along axis 1.
  private static func repeated(
    _ value: String, rank: Int, _ count: Int, unsqueeze: Bool, _ place: inout ONNXPlace
  ) -> String {
    let single = unsqueeze ? place.graph.add("Unsqueeze", [value, place.graph.integers([1])]) : value
    let times = [1, count] + [Int](repeating: 1, count: rank - 2)
    return place.graph.add("Tile", [single, place.graph.integers(times)])
  }

  private static func repeatLast(_ layer: RepeatLast, _ place: inout ONNXPlace) -> String {
    let last = place.graph.slice(place.input, axis: 1, -1..<Int(Int32.max))
    return repeated(last, rank: place.shape.rank, layer.count, unsqueeze: false, &place)
  }

  private static func patches(_ type: String, _ size: Int, _ place: inout ONNXPlace) -> String {
    let rank = place.shape.rank
    let folds = rank > 4
    var value = folds ? place.graph.folded(place.input, place.shape, leading: rank - 3) : place.input
    value = place.graph.channelsFirst(value, rank: 4)
    value = place.graph.add(type, [value], ["blocksize": .integer(size)])
    value = place.graph.channelsLast(value, rank: 4)
    return folds
      ? place.graph.unfolded(value, like: place.input, leading: rank - 3, rank: 4) : value
  }

  private static func timeDistributed(_ layer: TimeDistributed, _ place: inout ONNXPlace) throws -> String {
    let folded = SymbolicShape([nil] + place.shape.dimensions.dropFirst(2))
    let output = try layer.layer.outputShapes(for: [folded])[0]
    // What works on the last axis alone needs no folding.
    let needsFolding = !(layer.layer is Dense || layer.layer is ActivationLayer || layer.layer is Dropout)
    guard needsFolding else { return try emit(layer.layer, &place)[0] }
    var inner = ONNXPlace(
      graph: place.graph, name: place.name, inputs: [], shapes: [folded], form: place.form,
      weights: place.weights)
    let value = inner.graph.folded(place.input, place.shape, leading: 2)
    inner = ONNXPlace(
      graph: inner.graph, name: place.name, inputs: [value], shapes: [folded], form: place.form,
      weights: place.weights)
    let result = try emit(layer.layer, &inner)[0]
    place.graph = inner.graph
    place.weights = inner.weights
    return place.graph.unfolded(result, like: place.input, leading: 2, rank: output.rank)
  }
}
