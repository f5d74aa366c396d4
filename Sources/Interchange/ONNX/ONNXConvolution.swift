import Autodiff
import Layers
import TensorCore

/// Convolutions and pooling: ONNX has them channels first.
enum ONNXConvolution {
  static func emit(_ layer: Conv2D, _ place: inout ONNXPlace) throws -> String {
    guard layer.groups == 1 else { throw ONNXRefusal("groups have no ONNX form yet") }
    let value = place.graph.channelsFirst(place.input, rank: 4)
    let result = convolution(
      value, kernel: place.weight("kernel", outputsFirst(layer.kernel.value)),
      bias: layer.useBias ? place.weight("bias", layer.bias.value) : nil,
      window(
        place.shape, kernel: layer.kernelSize, strides: layer.strides, dilations: layer.dilationRate,
        layer.padding), &place.graph)
    return try place.activated(place.graph.channelsLast(result, rank: 4), by: layer.activation)
  }

  static func emit(_ layer: Conv2DTranspose, _ place: inout ONNXPlace) throws -> String {
    let kernels = layer.kernelSize.values(rank: 2)
    let strides = layer.strides.values(rank: 2)
    var (before, after, extra) = ([0, 0], [0, 0], [0, 0])
    for axis in 0..<2 {
      // The difference from the longest output does not depend on the input's length.
      let output = layer.padding.transposedLength(
        64, kernel: kernels[axis], stride: strides[axis],
        outputPadding: layer.outputPadding?.values(rank: 2)[axis])
      let surplus = 63 * strides[axis] + kernels[axis] - output
      // What Squall cuts off in front follows from the convolution that goes the other way.
      before[axis] = layer.padding == .same ? max(surplus, 0) / 2 : 0
      after[axis] = max(surplus - before[axis], 0)
      extra[axis] = max(-surplus, 0)
    }
    let kernel = Movement.transposed(layer.kernel.value, [3, 2, 0, 1])
    let value = place.graph.channelsFirst(place.input, rank: 4)
    var result = place.graph.add(
      "ConvTranspose",
      [value, place.weight("kernel", kernel)]
        + (layer.useBias ? [place.weight("bias", layer.bias.value)] : []),
      [
        "kernel_shape": .integers(kernels), "strides": .integers(strides), "pads": .integers(before + after),
        "output_padding": .integers(extra),
      ])
    result = place.graph.channelsLast(result, rank: 4)
    return try place.activated(result, by: layer.activation)
  }

  static func pool(
    _ type: String, _ size: Extent, _ strides: Extent, _ padding: Padding, _ place: inout ONNXPlace
  ) -> String {
    let value = place.graph.channelsFirst(place.input, rank: 4)
    var attributes = window(place.shape, kernel: size, strides: strides, dilations: 1, padding)
    attributes["dilations"] = nil
    let result = place.graph.add(type, [value], attributes)
    return place.graph.channelsLast(result, rank: 4)
  }

  /// `[kernel…, inputs, outputs]` as ONNX has it: `[outputs, inputs, kernel…]`.
  static func outputsFirst(_ kernel: Tensor) -> Tensor { Movement.transposed(kernel, [3, 2, 0, 1]) }

  static func convolution(
    _ value: String, kernel: String, bias: String?, _ attributes: [String: ONNXGraph.Attribute],
    _ graph: inout ONNXGraph
  ) -> String {
    graph.add("Conv", [value, kernel] + (bias.map { [$0] } ?? []), attributes)
  }

  /// The attributes of a window over maps `[batch, height, width, channels]`.
  static func window(
    _ shape: SymbolicShape, kernel: Extent, strides: Extent, dilations: Extent, _ padding: Padding
  ) -> [String: ONNXGraph.Attribute] {
    let (kernels, steps, gaps) = (kernel.values(rank: 2), strides.values(rank: 2), dilations.values(rank: 2))
    var attributes: [String: ONNXGraph.Attribute] = [
      "kernel_shape": .integers(kernels), "strides": .integers(steps), "dilations": .integers(gaps),
    ]
    guard padding == .same else { return attributes }
    var (before, after) = ([0, 0], [0, 0])
    for axis in 0..<2 {
      // With stride 1 the padding does not depend on the length; else the runtime works it out by the same rule.
      guard let length = shape[axis - 3] ?? (steps[axis] == 1 ? 1 << 20 : nil) else {
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
