import Autodiff
import Layers
import TensorCore
import TestSupport
import Testing

/// `checkLayer` on every layer, with asymmetric shapes.
@Suite struct LayerTests {
  @Test func conv2D() throws {
    try checkLayer(
      Conv2D(filters: 5, kernelSize: [3, 2], padding: .same, activation: .tanh), inputs: [[2, 5, 7, 3]])
    try checkLayer(Conv2D(filters: 2, kernelSize: 3, strides: [2, 1]), inputs: [[2, 6, 7, 3]])
    try checkLayer(
      Conv2D(filters: 2, kernelSize: 2, dilationRate: 2, useBias: false), inputs: [[3, 6, 5, 1]])
  }

  @Test func conv2DTranspose() throws {
    try checkLayer(
      Conv2DTranspose(filters: 4, kernelSize: 4, strides: 2, padding: .same), inputs: [[2, 3, 5, 3]])
    try checkLayer(
      Conv2DTranspose(filters: 2, kernelSize: [3, 2], strides: [1, 3]), inputs: [[2, 4, 3, 3]])
  }

  @Test func convLSTM2D() throws {
    try checkLayer(
      ConvLSTM2D(filters: 4, kernelSize: [3, 2], padding: .same, returnSequences: true),
      inputs: [[2, 3, 5, 4, 3]])
    try checkLayer(
      ConvLSTM2D(
        filters: 2, kernelSize: 2, strides: [2, 1], recurrentActivation: .hardSigmoid, returnState: true,
        goBackwards: true), inputs: [[2, 4, 6, 5, 3], [2, 3, 4, 2], [2, 3, 4, 2]])
    try checkLayer(
      ConvLSTM2D(filters: 3, kernelSize: 3, padding: .same, activation: .softsign, useBias: false),
      inputs: [[1, 3, 4, 5, 2]])
  }

  @Test func lstm() throws {
    try checkLayer(LSTM(units: 4, returnSequences: true), inputs: [[3, 5, 6]])
    try checkLayer(
      LSTM(units: 3, useBias: false, returnState: true, goBackwards: true),
      inputs: [[2, 4, 5], [2, 3], [2, 3]])
    try checkLayer(LSTM(units: 3, activation: .softsign), inputs: [[2, 3, 4]])
  }

  @Test func pooling() throws {
    try checkLayer(
      MaxPooling2D(poolSize: [2, 3], strides: 2, padding: .same), inputs: [[2, 5, 7, 3]], step: 1e-3)
    try checkLayer(AveragePooling2D(poolSize: 3, strides: 2, padding: .same), inputs: [[2, 5, 6, 3]])
    try checkLayer(GlobalAveragePooling2D(), inputs: [[2, 5, 4, 3]])
    try checkLayer(GlobalMaxPooling2D(keepDimensions: true), inputs: [[2, 3, 4, 5]], step: 1e-3)
  }

  @Test func normalization() throws {
    try checkLayer(BatchNormalization(), inputs: [[4, 3, 5, 2]], isTraining: true)
    try checkLayer(BatchNormalization(axis: 1, scale: false), inputs: [[4, 3, 5]])
    try checkLayer(LayerNormalization(), inputs: [[3, 4, 6]])
    try checkLayer(LayerNormalization(axes: [1, -1], center: false), inputs: [[3, 4, 2, 5]])
  }

  @Test func core() throws {
    try checkLayer(Dense(units: 4, activation: .softmax), inputs: [[3, 5]])
    try checkLayer(Dense(units: 2, useBias: false), inputs: [[2, 3, 5]])
    try checkLayer(Flatten(), inputs: [[2, 3, 4]])
    try checkLayer(Reshape(targetShape: [-1, 3]), inputs: [[2, 4, 6]])
    try checkLayer(Dropout(rate: 0.4), inputs: [[4, 6]], isTraining: true)
    try checkLayer(ActivationLayer(.gelu), inputs: [[3, 5]])
    try checkLayer(RepeatVector(3), inputs: [[2, 5]])
    try checkLayer(RepeatLast(4), inputs: [[2, 3, 5, 2]])
    try checkLayer(Concatenate(), inputs: [[2, 3, 4], [2, 3, 2]])
    try checkLayer(SpaceToDepth(size: 2), inputs: [[2, 3, 4, 6, 2]])
    try checkLayer(DepthToSpace(size: 2), inputs: [[2, 3, 2, 8]])
  }

  @Test func timeDistributed() throws {
    try checkLayer(
      TimeDistributed(Conv2D(filters: 3, kernelSize: 2, activation: .relu)), inputs: [[2, 3, 4, 5, 2]],
      step: 1e-3)
    try checkLayer(TimeDistributed(Dense(units: 4)), inputs: [[2, 3, 5]])
  }

  @Test func spaceToDepthAndBack() throws {
    var random = RandomStream(seed: 1)
    let x = random.normal(shape: [2, 3, 4, 6, 2])
    let deep = try SpaceToDepth(size: 2)(x)
    #expect(deep.shape == [2, 3, 2, 3, 8])
    #expect(try DepthToSpace(size: 2)(deep) == x)
  }
}

/// `step` against the whole sequence, and frames of any size.
@Suite struct RecurrentTests {
  @Test(arguments: [false, true]) func stepsGiveTheSequence(_ usesInitialState: Bool) throws {
    var random = RandomStream(seed: 2)
    let layer = try ConvLSTM2D(filters: 4, kernelSize: [3, 2], padding: .same, returnSequences: true)
      .built(for: [nil, nil, nil, nil, 3], seed: 4)
    let x = random.normal(shape: [2, 5, 6, 7, 3])
    var state =
      usesInitialState
      ? LSTMState(hidden: random.normal(shape: [2, 6, 7, 4]), cell: random.normal(shape: [2, 6, 7, 4])) : nil
    let (whole, last) = try layer.sequence(x, from: state)
    for t in 0..<5 {
      let (output, next) = try layer.step(x.entry(t, axis: 1), state)
      assertClose(output, whole.entry(t, axis: 1), tolerance: 1e-5, "step \(t)")
      state = next
    }
    assertClose(state!.cell, last.cell, tolerance: 1e-5, "last cell state")
  }

  @Test func lstmStepsGiveTheSequence() throws {
    var random = RandomStream(seed: 3)
    let layer = try LSTM(units: 5, returnSequences: true).built(for: [nil, nil, 4], seed: 4)
    let x = random.normal(shape: [3, 6, 4])
    let whole = try layer(x)
    var state: LSTMState?
    for t in 0..<6 {
      let (output, next) = try layer.step(x.entry(t, axis: 1), state)
      assertClose(output, whole.entry(t, axis: 1), tolerance: 1e-5, "step \(t)")
      state = next
    }
  }

  @Test func heightAndWidthMayDiffer() throws {
    let layer = try ConvLSTM2D(filters: 3, kernelSize: 3, padding: .same)
      .built(for: [nil, nil, nil, nil, 2], seed: 1)
    #expect(try layer(.ones([1, 2, 5, 9, 2])).shape == [1, 5, 9, 3])
    #expect(try layer(.ones([2, 3, 8, 4, 2])).shape == [2, 8, 4, 3])
  }

  @Test func unitForgetBiasIsExactlyOne() throws {
    let layer = try LSTM(units: 3).built(for: [nil, nil, 2], seed: 1)
    let bias = layer.parameters.first { $0.name == "bias" }!.parameter.value
    #expect(bias.values == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test func recurrentKernelIsOrthogonal() throws {
    let layer = try LSTM(units: 4).built(for: [nil, nil, 3], seed: 1)
    let kernel = layer.parameters.first { $0.name == "recurrent_kernel" }!.parameter.value
    let product = MatrixProduct.multiply(kernel, kernel, transposingB: true)
    let identity = (0..<16).map { Float($0 / 4 == $0 % 4 ? 1 : 0) }
    assertClose(product.values, identity, tolerance: 1e-5)
  }
}
