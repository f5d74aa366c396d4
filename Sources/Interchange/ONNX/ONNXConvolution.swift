import Autodiff
import Layers
import TensorCore

/// Convolutions in one to three space axes: ONNX has them channels first.
enum ONNXConvolution {
  /// `nil` for other layers.
  static func emit(_ layer: any Layer, _ place: inout ONNXPlace) throws -> [String]? {
    switch layer {
    case let layer as Conv1D: [try convolution(layer, &place)]
    case let layer as Conv2D: [try convolution(layer, &place)]
    case let layer as Conv3D: [try convolution(layer, &place)]
    case let layer as Conv1DTranspose: [try transposed(layer, &place)]
    case let layer as Conv2DTranspose: [try transposed(layer, &place)]
    case let layer as Conv3DTranspose: [try transposed(layer, &place)]
    case let layer as DepthwiseConv1D: [try depthwise(layer, &place)]
    case let layer as DepthwiseConv2D: [try depthwise(layer, &place)]
    case let layer as SeparableConv1D: [try separable(layer, &place)]
    case let layer as SeparableConv2D: [try separable(layer, &place)]
    default: nil
    }
  }

  private static func convolution<Space: SpatialRank>(
    _ layer: Conv<Space>, _ place: inout ONNXPlace
  ) throws -> String {
    let rank = Space.rank + 2
    let value = place.graph.channelsFirst(place.input, rank: rank)
    var attributes = window(
      place.shape, kernel: layer.kernelSize, strides: layer.strides, dilations: layer.dilationRate,
      layer.padding, rank: Space.rank)
    attributes["group"] = .integer(layer.groups)
    let result = convolution(
      value, kernel: place.weight("kernel", outputsFirst(layer.kernel.value)),
      bias: layer.useBias ? place.weight("bias", layer.bias.value) : nil, attributes, &place.graph)
    return try place.activated(place.graph.channelsLast(result, rank: rank), by: layer.activation)
  }

  private static func transposed<Space: SpatialRank>(
    _ layer: ConvTranspose<Space>, _ place: inout ONNXPlace
  ) throws -> String {
    let rank = Space.rank
    let kernels = layer.kernelSize.values(rank: rank)
    let strides = layer.strides.values(rank: rank)
    let zeros = [Int](repeating: 0, count: rank)
    var (before, after, extra) = (zeros, zeros, zeros)
    for axis in 0..<rank {
      // The difference from the longest output does not depend on the input's length.
      let output = layer.padding.transposedLength(
        64, kernel: kernels[axis], stride: strides[axis],
        outputPadding: layer.outputPadding?.values(rank: rank)[axis])
      let surplus = 63 * strides[axis] + kernels[axis] - output
      // What Squall cuts off in front follows from the convolution that goes the other way.
      before[axis] = layer.padding == .same ? max(surplus, 0) / 2 : 0
      after[axis] = max(surplus - before[axis], 0)
      extra[axis] = max(-surplus, 0)
    }
    let kernel = outputsFirst(layer.kernel.value)
    let value = place.graph.channelsFirst(place.input, rank: rank + 2)
    var result = place.graph.add(
      "ConvTranspose",
      [value, place.weight("kernel", kernel)]
        + (layer.useBias ? [place.weight("bias", layer.bias.value)] : []),
      [
        "kernel_shape": .integers(kernels), "strides": .integers(strides), "pads": .integers(before + after),
        "output_padding": .integers(extra),
      ])
    result = place.graph.channelsLast(result, rank: rank + 2)
    return try place.activated(result, by: layer.activation)
  }

  private static func depthwise<Space: SpatialRank>(
    _ layer: DepthwiseConv<Space>, _ place: inout ONNXPlace
  ) throws -> String {
    let rank = Space.rank + 2
    let value = place.graph.channelsFirst(place.input, rank: rank)
    var attributes = window(
      place.shape, kernel: layer.kernelSize, strides: layer.strides, dilations: layer.dilationRate,
      layer.padding, rank: Space.rank)
    attributes["group"] = .integer(layer.kernel.value.shape[-2])
    let result = convolution(
      value, kernel: place.weight("kernel", oneByOne(layer.kernel.value)),
      bias: layer.useBias ? place.weight("bias", layer.bias.value) : nil, attributes, &place.graph)
    return try place.activated(place.graph.channelsLast(result, rank: rank), by: layer.activation)
  }

  private static func separable<Space: SpatialRank>(
    _ layer: SeparableConv<Space>, _ place: inout ONNXPlace
  ) throws -> String {
    let rank = Space.rank + 2
    let value = place.graph.channelsFirst(place.input, rank: rank)
    var attributes = window(
      place.shape, kernel: layer.kernelSize, strides: layer.strides, dilations: layer.dilationRate,
      layer.padding, rank: Space.rank)
    attributes["group"] = .integer(layer.depthwiseKernel.value.shape[-2])
    let each = convolution(
      value, kernel: place.weight("depthwise_kernel", oneByOne(layer.depthwiseKernel.value)), bias: nil,
      attributes, &place.graph)
    let result = convolution(
      each, kernel: place.weight("pointwise_kernel", outputsFirst(layer.pointwiseKernel.value)),
      bias: layer.useBias ? place.weight("bias", layer.bias.value) : nil, [:], &place.graph)
    return try place.activated(place.graph.channelsLast(result, rank: rank), by: layer.activation)
  }

  /// `[kernel…, channels, multiplier]` as kernels of as many groups as there are channels.
  private static func oneByOne(_ kernel: Tensor) -> Tensor {
    let rank = kernel.rank - 2
    let moved = Movement.transposed(kernel, [rank, rank + 1] + Array(0..<rank))
    return moved.viewed(
      as: Shape([moved.shape[0] * moved.shape[1], 1] + moved.shape.dimensions.dropFirst(2)))
  }

  /// `[kernel…, inputs, outputs]` as ONNX has it: `[outputs, inputs, kernel…]`.
  static func outputsFirst(_ kernel: Tensor) -> Tensor {
    let rank = kernel.rank - 2
    return Movement.transposed(kernel, [rank + 1, rank] + Array(0..<rank))
  }

  static func convolution(
    _ value: String, kernel: String, bias: String?, _ attributes: [String: ONNXGraph.Attribute],
    _ graph: inout ONNXGraph
  ) -> String {
    graph.add("Conv", [value, kernel] + (bias.map { [$0] } ?? []), attributes)
  }

  /// The attributes of a window over maps `[batch, space…, channels]`.
  static func window(
    _ shape: SymbolicShape, kernel: Extent, strides: Extent, dilations: Extent, _ padding: Padding,
    rank: Int = 2
  ) -> [String: ONNXGraph.Attribute] {
    let (kernels, steps, gaps) = (
      kernel.values(rank: rank), strides.values(rank: rank), dilations.values(rank: rank)
    )
    var attributes: [String: ONNXGraph.Attribute] = [
      "kernel_shape": .integers(kernels), "strides": .integers(steps), "dilations": .integers(gaps),
    ]
    guard padding != .valid else { return attributes }
    var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    for axis in 0..<rank {
      // With stride 1 the padding does not depend on the length; else the runtime works it out by the same rule.
      guard
        let length = shape[axis - 1 - rank]
          ?? (steps[axis] == 1 || padding == .causal ? 1 << 20 : nil)
      else {
        attributes["auto_pad"] = .text("SAME_UPPER")
        return attributes
      }
      (before[axis], after[axis]) = padding.amounts(
        length, kernel: kernels[axis], stride: steps[axis], dilation: gaps[axis])
    }
    attributes["pads"] = .integers(before + after)
    return attributes
  }
}
