import Layers
import TensorCore
import TestSupport
import Testing

/// Convolutions in one to three space axes, by groups and channel by channel.
@Suite struct ConvolutionLayerTests {
  @Test func sequencesAndVolumes() throws {
    try checkLayer(
      Conv1D(filters: 4, kernelSize: 3, padding: .causal, dilationRate: 2), inputs: [[2, 7, 3]])
    try checkLayer(Conv1D(filters: 2, kernelSize: 2, strides: 2, padding: .same), inputs: [[3, 7, 3]])
    try checkLayer(
      Conv3D(filters: 3, kernelSize: [2, 3, 1], strides: [1, 2, 1], padding: .same, activation: .tanh),
      inputs: [[2, 3, 5, 4, 2]])
    try checkLayer(
      Conv1DTranspose(filters: 3, kernelSize: 3, strides: 2, padding: .same), inputs: [[2, 4, 5]])
    try checkLayer(
      Conv3DTranspose(filters: 2, kernelSize: [2, 3, 2], strides: [1, 2, 1]), inputs: [[2, 2, 3, 4, 3]])
  }

  @Test func groups() throws {
    try checkLayer(Conv2D(filters: 6, kernelSize: 3, padding: .same, groups: 2), inputs: [[2, 5, 4, 4]])
    try checkLayer(Conv1D(filters: 6, kernelSize: 3, groups: 3, useBias: false), inputs: [[2, 6, 3]])
  }

  @Test func depthwiseAndSeparable() throws {
    try checkLayer(
      DepthwiseConv2D(kernelSize: [3, 2], padding: .same, depthMultiplier: 2), inputs: [[2, 5, 4, 3]])
    try checkLayer(DepthwiseConv1D(kernelSize: 3, strides: 2, activation: .tanh), inputs: [[2, 7, 3]])
    try checkLayer(
      SeparableConv2D(filters: 5, kernelSize: 3, dilationRate: 2, depthMultiplier: 2),
      inputs: [[2, 6, 7, 3]])
    try checkLayer(SeparableConv1D(filters: 4, kernelSize: 3, padding: .same), inputs: [[2, 6, 3]])
  }

  /// As many groups as channels are a depthwise convolution, whatever computes them.
  @Test(arguments: [1, 3]) func depthwiseIsGroupsOfOneChannel(_ multiplier: Int) throws {
    let depthwise = try DepthwiseConv2D(
      kernelSize: [3, 2], strides: 2, padding: .same, depthMultiplier: multiplier
    ).built(for: [nil, nil, nil, 17], seed: 3)
    var grouped = try Conv2D(
      filters: 17 * multiplier, kernelSize: [3, 2], strides: 2, padding: .same, groups: 17
    ).built(for: [nil, nil, nil, 17])
    grouped.kernel.value = depthwise.kernel.value.viewed(as: [3, 2, 1, 17 * multiplier])
    var random = RandomStream(seed: 2)
    let maps = random.normal(shape: [3, 9, 11, 17])
    assertClose(try depthwise(maps), try grouped(maps), tolerance: 1e-6)
  }

  /// No output of a causal convolution changes with what comes after it.
  @Test func causalLooksBackOnly() throws {
    let layer = try Conv1D(filters: 2, kernelSize: 3, padding: .causal).built(for: [nil, nil, 1], seed: 1)
    var random = RandomStream(seed: 5)
    let whole = random.normal(shape: [1, 9, 1])
    let start = Movement.slice(whole, axis: 1, 0..<5)
    assertClose(try layer(start), Movement.slice(try layer(whole), axis: 1, 0..<5), tolerance: 1e-6)
  }

  @Test func channelsFirst() throws {
    func check<Layer: SpatialLayer>(
      _ layer: Layer, _ shape: Shape, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      var symbolic = SymbolicShape(shape)
      symbolic[0] = nil
      let last = try layer.built(for: symbolic, seed: 4)
      var first = last
      first.dataFormat = .channelsFirst
      var random = RandomStream(seed: 6)
      let maps = random.normal(shape: shape)
      func turned(_ x: Tensor) -> Tensor {
        Movement.transposed(x, [0, x.rank - 1] + Array(1..<x.rank - 1))
      }
      #expect(try first(turned(maps)) == turned(last(maps)), sourceLocation: sourceLocation)
      var fresh = layer
      fresh.dataFormat = .channelsFirst
      try checkLayer(fresh, inputs: [turned(maps).shape])
    }
    try check(Conv1D(filters: 4, kernelSize: 3), [2, 6, 3])
    try check(Conv2D(filters: 4, kernelSize: [3, 2], strides: [1, 2], padding: .same), [2, 6, 5, 3])
    try check(Conv2DTranspose(filters: 4, kernelSize: 3, strides: 2), [2, 3, 4, 3])
    try check(Conv3D(filters: 2, kernelSize: 2), [2, 3, 4, 5, 2])
    try check(DepthwiseConv2D(kernelSize: 2, depthMultiplier: 2), [2, 4, 5, 3])
    try check(SeparableConv2D(filters: 4, kernelSize: 2), [2, 4, 5, 3])
  }

  @Test func whatDoesNotFitIsAnError() throws {
    func kind(_ body: () throws -> some Any) -> ShapeError.Kind? {
      do { _ = try body() } catch { return (error as? ShapeError)?.kind }
      return nil
    }
    #expect(
      kind { try Conv2D(filters: 4, kernelSize: 3, groups: 3).built(for: [nil, 5, 5, 4]) } == .invalidOption)
    #expect(
      kind { try Conv2D(filters: 3, kernelSize: 3, groups: 2).built(for: [nil, 5, 5, 4]) } == .invalidOption)
    #expect(
      kind { try Conv2D(filters: 3, kernelSize: 3, padding: .causal).built(for: [nil, 5, 5, 4]) }
        == .invalidOption)
    #expect(
      kind { try Conv2DTranspose(filters: 3, kernelSize: 3, padding: .causal).built(for: [nil, 5, 5, 4]) }
        == .invalidOption)
    #expect(kind { try MaxPooling2D(padding: .causal)(.ones([1, 4, 4, 1])) } == .invalidOption)
    #expect(kind { try DepthwiseConv2D(kernelSize: 6).built(for: [nil, 5, 5, 4]) } == .kernelLargerThanInput)
    let built = try Conv2D(filters: 4, kernelSize: 1, groups: 2).built(for: [nil, 5, 5, 4])
    #expect(kind { try built(.ones([1, 5, 5, 2])) } == .wrongChannels)
  }
}
