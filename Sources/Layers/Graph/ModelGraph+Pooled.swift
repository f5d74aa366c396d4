import Autodiff
import TensorCore

extension ModelGraph {
  /// By the number of each convolution's node: that of the pooling that alone uses its output, so that both
  /// can be computed in one pass.
  static func pooledConvolutions(
    _ nodes: [Node], inputs: Int, outputs: [Reference], layer: (String) -> (any Layer)?
  ) -> [Int: Int] {
    var uses: [Reference: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { uses[input, default: []].append(index) }
    }
    var pairs: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() {
      let reference = Reference(node: inputs + index, output: 0)
      guard !outputs.contains(reference), let users = uses[reference], users.count == 1,
        let pooling = users.first, let convolution = layer(node.layer),
        let pool = layer(nodes[pooling].layer),
        PooledPair(convolution, pool) != nil
      else { continue }
      pairs[index] = pooling
    }
    return pairs
  }

  /// The output of the pooling at `pooling` that follows the convolution at `node`, computed in one pass;
  /// `nil` where one after the other is to do the work.
  func convolvedAndPooled(_ node: Node, _ pooling: Node, _ input: Tensor) throws -> Tensor? {
    guard let convolution = self[layer: node.layer], let pool = self[layer: pooling.layer],
      let pair = PooledPair(convolution, pool)
    else { return nil }
    _ = try convolution.outputShapes(for: [SymbolicShape(input.shape)])
    return try pair.forward(input)
  }
}

/// A convolution of maps and the pooling after it, both frame by frame where the values are sequences.
private struct PooledPair {
  let convolution: Conv2D
  let pooling: MaxPooling2D
  let isTimeDistributed: Bool

  /// `nil` unless the rectifier, or nothing, stands between the two and windows do not overlap.
  init?(_ first: any Layer, _ second: any Layer) {
    switch (first, second) {
    case (let convolution as Conv2D, let pooling as MaxPooling2D):
      (self.convolution, self.pooling, isTimeDistributed) = (convolution, pooling, false)
    case (let first as TimeDistributed, let second as TimeDistributed):
      guard let convolution = first.layer as? Conv2D, let pooling = second.layer as? MaxPooling2D
      else { return nil }
      (self.convolution, self.pooling, isTimeDistributed) = (convolution, pooling, true)
    default: return nil
    }
    guard convolution.groups == 1, [.relu, .linear].contains(convolution.activation),
      convolution.dataFormat == .channelsLast, pooling.dataFormat == .channelsLast,
      pooling.poolSize.values(rank: 2) == pooling.strides.values(rank: 2)
    else { return nil }
  }

  func forward(_ input: Tensor) throws -> Tensor? {
    guard convolution.kernel.isBuilt else { return nil }
    let steps = isTimeDistributed ? Array(input.shape.dimensions.prefix(2)) : [input.shape[0]]
    let frames = input.shape.dimensions.dropFirst(steps.count)
    let maps = Shape([steps.reduce(1, *)] + frames)
    let window = convolution.window
    let geometry = try ConvolutionGeometry(
      input: maps, kernel: convolution.kernel.value.shape, strides: window.strides,
      dilations: window.dilations,
      padding: convolution.padding, in: Conv2D.typeName)
    guard
      let pooled = PooledConvolution(
        geometry, pooling: try pooling.geometry(geometry.outputShape),
        isRectified: convolution.activation == .relu)
    else { return nil }
    let output = input.reshaped(to: maps).convolvedAndPooled(
      with: convolution.kernel.value, bias: convolution.useBias ? convolution.bias.value : nil, pooled)
    return output.reshaped(to: Shape(steps + output.shape.dimensions.dropFirst()))
  }
}
