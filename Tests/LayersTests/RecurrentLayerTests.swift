import Autodiff
import Foundation
import Layers
import TensorCore
import TestSupport
import Testing

/// `checkLayer` on every recurrent layer and option, with asymmetric shapes.
@Suite struct RecurrentLayerTests {
  @Test func convLSTM1DAnd3D() throws {
    try checkLayer(
      ConvLSTM1D(filters: 3, kernelSize: 2, strides: 2, padding: .same, returnSequences: true),
      inputs: [[2, 3, 7, 2]])
    try checkLayer(
      ConvLSTM1D(filters: 2, kernelSize: [3], dilationRate: 2, returnState: true),
      inputs: [[2, 3, 8, 3], [2, 4, 2], [2, 4, 2]])
    try checkLayer(
      ConvLSTM3D(filters: 2, kernelSize: [1, 2, 3], padding: .same, goBackwards: true),
      inputs: [[2, 3, 2, 4, 3, 3]])
  }

  @Test func dropout() throws {
    try checkLayer(
      ConvLSTM2D(filters: 2, kernelSize: [3, 2], padding: .same, dropout: 0.3, recurrentDropout: 0.4),
      inputs: [[2, 3, 5, 4, 3]], isTraining: true)
    try checkLayer(
      LSTM(units: 5, dropout: 0.4, returnSequences: true), inputs: [[2, 4, 3]], isTraining: true)
    try checkLayer(
      GRU(units: 5, resetAfter: false, dropout: 0.2, recurrentDropout: 0.4), inputs: [[2, 4, 3]],
      isTraining: true)
    try checkLayer(SimpleRNN(units: 3, recurrentDropout: 0.4), inputs: [[2, 4, 2]], isTraining: true)
  }

  @Test func gatedUnits() throws {
    try checkLayer(GRU(units: 4, returnSequences: true), inputs: [[2, 4, 3]])
    try checkLayer(
      GRU(
        units: 4, recurrentActivation: .hardSigmoid, resetAfter: false, returnState: true, goBackwards: true),
      inputs: [[2, 4, 3], [2, 4]])
    try checkLayer(GRU(units: 2, useBias: false), inputs: [[3, 4, 3]])
    try checkLayer(SimpleRNN(units: 4, returnSequences: true), inputs: [[2, 4, 3], [2, 4]])
    try checkLayer(SimpleRNN(units: 3, useBias: false, goBackwards: true), inputs: [[2, 4, 2]])
  }

  @Test func cells() throws {
    try checkLayer(RNN(GRUCell(units: 4), returnSequences: true), inputs: [[2, 3, 5]])
    try checkLayer(
      RNN([LSTMCell(units: 4), SimpleRNNCell(units: 3), GRUCell(units: 2)], returnState: true),
      inputs: [[2, 4, 3]])
    let maps: [any RecurrentCell] = [
      ConvLSTMCell(filters: 3, kernelSize: [3, 2], strides: [2, 1], padding: .same, rank: 2),
      ConvGRUCell(filters: 2, kernelSize: 2, padding: .same, rank: 2),
    ]
    try checkLayer(
      RNN(maps, returnSequences: true, goBackwards: true), inputs: [[2, 3, 5, 4, 2]])
    try checkLayer(
      RNN(ConvLSTMCell(filters: 2, kernelSize: 2, rank: 1)), inputs: [[2, 3, 5, 2]])
  }

  @Test func bidirectional() throws {
    try checkLayer(Bidirectional(LSTM(units: 3, returnSequences: true)), inputs: [[2, 4, 3]])
    try checkLayer(
      Bidirectional(GRU(units: 3, returnState: true), mergeMode: .multiply),
      inputs: [[2, 4, 3], [2, 3], [2, 3]])
    try checkLayer(
      Bidirectional(
        ConvLSTM2D(filters: 2, kernelSize: [2, 3], padding: .same, returnSequences: true), mergeMode: .none),
      inputs: [[2, 3, 4, 5, 2]])
    try checkLayer(
      Bidirectional(
        LSTM(units: 3, returnSequences: true),
        backwardLayer: GRU(units: 2, returnSequences: true, goBackwards: true)), inputs: [[2, 4, 3]])
  }

  @Test func beyondKeras() throws {
    try checkLayer(
      ConvLSTM2D(filters: 3, kernelSize: [3, 2], padding: .same, peepholes: .perChannel, returnState: true),
      inputs: [[2, 3, 5, 4, 2], [2, 5, 4, 3], [2, 5, 4, 3]])
    try checkLayer(
      ConvLSTM2D(
        filters: 3, kernelSize: 3, strides: [2, 1], peepholes: .perPosition, layerNormalization: true),
      inputs: [[2, 3, 7, 5, 2]])
    try checkLayer(LSTM(units: 4, layerNormalization: true, returnSequences: true), inputs: [[2, 4, 3]])
    try checkLayer(
      ConvGRU2D(filters: 3, kernelSize: [2, 3], padding: .same, returnSequences: true),
      inputs: [[2, 3, 5, 4, 2]])
    try checkLayer(
      ConvGRU2D(filters: 2, kernelSize: 2, strides: [1, 2], resetAfter: true, returnState: true),
      inputs: [[2, 3, 5, 6, 3], [2, 4, 3, 2]])
  }

  @Test func masking() throws {
    try checkLayer(Masking(maskValue: -1), inputs: [[2, 3, 4]])
  }
}

/// `step` against the whole sequence, for every kind of cell.
@Suite struct RecurrentStepTests {
  private func check<Layer: RecurrentLayer>(
    _ layer: Layer, _ shape: Shape, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var random = RandomStream(seed: 2)
    var symbolic = SymbolicShape(shape)
    symbolic[0] = nil
    let built = try layer.built(for: symbolic, seed: 4)
    let x = random.normal(shape: shape)
    let first = x.entry(0, axis: 1)
    let start = Layer.Cell.State(
      tensors: try built.cell.initialState(for: first).tensors.map { random.normal(shape: $0.shape) })
    let (whole, last) = try built.sequence(x, from: start)
    var state = start
    for t in 0..<shape[1] {
      let (output, next) = try built.step(x.entry(layer.goBackwards ? shape[1] - 1 - t : t, axis: 1), state)
      assertClose(
        output, whole.entry(t, axis: 1), tolerance: 1e-5, "step \(t)", sourceLocation: sourceLocation)
      state = next
    }
    for (a, b) in zip(state.tensors, last.tensors) {
      assertClose(a, b, tolerance: 1e-5, "last state", sourceLocation: sourceLocation)
    }
  }

  @Test func stepsGiveTheSequence() throws {
    try check(LSTM(units: 4, layerNormalization: true), [2, 4, 3])
    try check(GRU(units: 4), [2, 4, 3])
    try check(GRU(units: 4, resetAfter: false, goBackwards: true), [2, 4, 3])
    try check(SimpleRNN(units: 4), [2, 4, 3])
    try check(ConvLSTM1D(filters: 3, kernelSize: 3, padding: .same), [2, 4, 7, 2])
    try check(ConvLSTM2D(filters: 3, kernelSize: 3, strides: 2, peepholes: .perChannel), [2, 4, 7, 6, 2])
    try check(ConvLSTM3D(filters: 2, kernelSize: 2, padding: .same), [2, 3, 3, 4, 5, 2])
    try check(ConvGRU2D(filters: 3, kernelSize: [2, 3], padding: .same), [2, 4, 5, 6, 2])
    try check(RNN([LSTMCell(units: 4), GRUCell(units: 3)]), [2, 4, 3])
  }
}

/// States that outlive a call, masks that travel through a model.
@Suite struct RecurrentModelTests {
  @Test func statefulGoesOnWhereItStopped() throws {
    var random = RandomStream(seed: 3)
    let x = random.normal(shape: [2, 6, 5, 4, 3])
    var model = try Sequential(input: [2, nil, 5, 4, 3], seed: 1) {
      ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same, returnSequences: true, stateful: true)
      Bidirectional(ConvLSTM2D(filters: 2, kernelSize: 2, padding: .same, stateful: true))
    }
    let layer = try #require(model[layer: "conv_lstm2d"] as? ConvLSTM2D)
    let whole = try layer.sequence(x).outputs
    var pieces: [Tensor] = []
    for part in [0..<2, 2..<6] {
      var context = Context.inference
      context.observer = nil
      let piece = x.slice(axis: 1, part)
      let state = (try #require(model[layer: "conv_lstm2d"] as? ConvLSTM2D)).states.map(\.value)
      pieces.append(try layer.sequence(piece, from: LSTMState(tensors: state)).outputs)
      _ = try model.call([piece], context: &context)
      #expect(context.updates.keys.sorted().first == "bidirectional/backward_layer/states/0")
      #expect(context.updates.count == 6)
      model.apply(context)
    }
    assertClose(Tensor.concatenated(pieces, axis: 1), whole, tolerance: 1e-5)
    model.resetStates()
    let kept = model.parameters.filter { $0.name.contains("/states/") }.map(\.parameter)
    #expect(kept.count == 6)
    for state in kept {
      #expect(!state.isTrainable)
      #expect(state.value == .zeros(state.value.shape))
    }
  }

  @Test func statefulNeedsAFixedBatch() throws {
    let error = #expect(throws: ShapeError.self) {
      try Sequential(input: [nil, 4, 3]) { LSTM(units: 2, stateful: true) }
    }
    #expect(error?.kind == .invalidOption)
    let model = try Sequential(input: [2, 4, 3]) { LSTM(units: 2, stateful: true) }
    let layer = try #require(model.layers[0].layer as? LSTM)
    #expect(throws: ShapeError.self) { try layer(.ones([3, 4, 3])) }
  }

  /// What follows a `Masking` layer gives what it gives for the sequences without the steps that are masked.
  @Test func maskedStepsDoNotMatter() throws {
    var random = RandomStream(seed: 5)
    let short = random.normal(shape: [1, 3, 4])
    let gap = Tensor.zeros([1, 1, 4])
    let long = Tensor.concatenated(
      [gap, short.slice(axis: 1, 0..<2), gap, gap, short.slice(axis: 1, 2..<3), gap], axis: 1)
    let model = try Sequential(input: [nil, nil, 4], seed: 2) {
      Masking()
      TimeDistributed(Dense(units: 5, activation: .tanh))
      Dropout(rate: 0.5)
      Bidirectional(LSTM(units: 3, returnSequences: true), mergeMode: .sum)
      RNN([GRUCell(units: 3), SimpleRNNCell(units: 2)])
    }
    assertClose(try model(long), try model(short), tolerance: 1e-5)
  }

  @Test func masksMayBeGiven() throws {
    var random = RandomStream(seed: 6)
    let x = random.normal(shape: [2, 4, 3])
    let builder = GraphBuilder(seed: 4)
    let sequence = try builder.input([nil, nil, 3])
    let mask = try builder.input([nil, nil])
    let masked = try ApplyMask()([sequence, mask])[0]
    let model = try builder.model(outputs: [GRU(units: 3, returnSequences: true)(masked)])
    let given = Tensor([1, 1, 0, 1, 0, 1, 1, 0], shape: [2, 4])
    var context = Context.inference
    let outputs = try model.call([x, given], context: &context)[0]
    let layer = try #require(model[layer: "gru"] as? GRU)
    let alone = try layer.sequence(x, mask: given).outputs
    #expect(alone == outputs)
    let steps = outputs.unstacked(axis: 1).map(\.values)
    #expect(Array(steps[2].prefix(3)) == Array(steps[1].prefix(3)))
    #expect(Array(steps[0].suffix(3)) == [0, 0, 0])
    #expect(throws: ShapeError.self) { try layer.sequence(x, mask: .ones([2, 3])) }
  }

  /// A pixel without a value in a step keeps its state, while the others go on.
  @Test func pixelsMayBeMasked() throws {
    var random = RandomStream(seed: 7)
    var values = random.normal(shape: [1, 3, 4, 5, 2])
    values.withUnsafeMutableValues { values in
      for channel in 0..<2 { values[2 * 40 + 7 * 2 + channel] = 0 }
    }
    let model = try Sequential(input: [nil, nil, 4, 5, 2], seed: 2) {
      Masking()
      ConvLSTM2D(filters: 3, kernelSize: 3, padding: .same, returnSequences: true)
    }
    let outputs = try model(values)
    let (before, after) = (outputs.entry(1, axis: 1).values, outputs.entry(2, axis: 1).values)
    for pixel in 0..<20 {
      let isKept = before[pixel * 3] == after[pixel * 3]
      #expect(isKept == (pixel == 7))
    }
  }

  @Test func statesGoFromLayerToLayer() throws {
    let builder = GraphBuilder(seed: 4)
    let frames = try builder.input([nil, 4, 6, 5, 2])
    let encoded = try ConvLSTM2D(filters: 3, kernelSize: 3, padding: .same, returnState: true)([frames])
    let decoded = try ConvLSTM2D(filters: 3, kernelSize: 2, padding: .same)([frames] + encoded.dropFirst())[0]
    let model = try builder.model(outputs: [decoded])
    let x = Tensor.ones([1, 4, 6, 5, 2])
    let (first, second) = (
      try #require(model[layer: "conv_lstm2d"] as? ConvLSTM2D),
      try #require(model[layer: "conv_lstm2d_1"] as? ConvLSTM2D)
    )
    let state = try first.sequence(x).state
    assertClose(try model(x), try second.sequence(x, from: state).state.hidden, tolerance: 1e-5)
  }

  /// Dropout changes training only, and the fast path is that of the plain layer.
  @Test func dropoutIsForTraining() throws {
    let x = RandomStream(seed: 1).substream("x").normal([2, 3, 5, 4, 2])
    let plain = try ConvLSTM2D(filters: 2, kernelSize: 3).built(for: [nil, 3, 5, 4, 2], seed: 3)
    let dropping = try ConvLSTM2D(filters: 2, kernelSize: 3, dropout: 0.5, recurrentDropout: 0.5)
      .built(for: [nil, 3, 5, 4, 2], seed: 3)
    let expected = try plain(x)
    #expect(try dropping(x) == expected)
    var context = Context(isTraining: true, random: RandomStream(seed: 9))
    let dropped = try dropping(x, context: &context)
    #expect(dropped != expected)
  }

  @Test func optionsThatCannotBe() throws {
    func refused(_ layer: some Layer, _ shape: SymbolicShape) -> ShapeError.Kind? {
      do {
        _ = try layer.built(for: shape)
        return nil
      } catch { return (error as? ShapeError)?.kind }
    }
    #expect(refused(LSTM(units: 2, dropout: 1), [nil, 4, 3]) == .invalidOption)
    #expect(
      refused(ConvLSTM2D(filters: 2, kernelSize: 3, recurrentDropout: -0.1), [nil, 4, 5, 5, 3])
        == .invalidOption)
    #expect(refused(GRU(units: 0), [nil, 4, 3]) == .invalidOption)
    #expect(refused(SimpleRNN(units: 2, activation: .softmax), [nil, 4, 3]) == .invalidOption)
    #expect(refused(ConvLSTM1D(filters: 2, kernelSize: [3, 3]), [nil, 4, 5, 3]) == .invalidOption)
    #expect(refused(ConvLSTM3D(filters: 2, kernelSize: 3), [nil, 4, 5, 5, 3]) == .wrongRank)
    #expect(
      refused(
        ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same, peepholes: .perPosition), [nil, 4, nil, 5, 3])
        == .invalidOption)
    #expect(refused(RNN([any RecurrentCell]()), [nil, 4, 3]) == .invalidOption)
    #expect(
      refused(
        RNN([ConvLSTMCell(filters: 2, kernelSize: 2, rank: 2), LSTMCell(units: 2)]), [nil, 4, 5, 5, 3])
        == .wrongRank)
    #expect(
      refused(Bidirectional(LSTM(units: 2), backwardLayer: LSTM(units: 2)), [nil, 4, 3]) == .invalidOption)
    #expect(
      refused(
        Bidirectional(
          LSTM(units: 2), backwardLayer: LSTM(units: 3, goBackwards: true), mergeMode: .sum), [nil, 4, 3])
        == .wrongLength)
  }

  @Test func namesOfOptionsAndCells() throws {
    func decoded(_ json: String) throws -> any Layer {
      try JSONDecoder().decode(LayerRecord.self, from: Data(json.utf8)).layer
    }
    #expect(throws: DecodingError.self) {
      try decoded(#"{"class_name": "RNN", "config": {"cell": {"class_name": "MyCell", "config": {}}}}"#)
    }
    #expect(throws: DecodingError.self) {
      try decoded(
        #"{"class_name": "Bidirectional", "config": {"merge_mode": "max", "layer": "#
          + #"{"class_name": "LSTM", "config": {"units": 2}}}}"#)
    }
    let layer = try decoded(
      #"{"class_name": "Bidirectional", "config": {"merge_mode": null, "layer": "#
        + #"{"class_name": "GRU", "config": {"units": 2, "reset_after": false, "stateful": true}}}}"#)
    let both = try #require(layer as? Bidirectional)
    #expect(both.mergeMode == .none)
    #expect(both.backwardLayer.goBackwards)
    #expect(both.backwardLayer.stateful)
    let forward = try #require(both.forwardLayer as? GRU)
    #expect(!forward.cell.resetAfter)
  }
}

extension RandomStream {
  fileprivate func normal(_ shape: Shape) -> Tensor {
    var copy = self
    return copy.normal(shape: shape)
  }
}

/// Channels first against the same layer with channels last.
@Suite struct RecurrentDataFormatTests {
  @Test func channelsFirst() throws {
    try checkLayer(
      ConvLSTM2D(
        filters: 3, kernelSize: [3, 2], strides: [2, 1], dataFormat: .channelsFirst, returnSequences: true),
      inputs: [[2, 3, 2, 6, 5]])
    try checkLayer(
      ConvGRU2D(filters: 2, kernelSize: 2, padding: .same, dataFormat: .channelsFirst, returnState: true),
      inputs: [[2, 3, 3, 4, 5], [2, 2, 4, 5]])
    var random = RandomStream(seed: 4)
    let x = random.normal(shape: [2, 3, 6, 5, 2])
    let last = try ConvLSTM2D(filters: 4, kernelSize: 3, padding: .same, returnSequences: true)
      .built(for: [nil, 3, 6, 5, 2], seed: 3)
    let first = try ConvLSTM2D(
      filters: 4, kernelSize: 3, padding: .same, dataFormat: .channelsFirst, returnSequences: true
    ).built(for: [nil, 3, 2, 6, 5], seed: 3)
    let moved = try first(x.transposed([0, 1, 4, 2, 3]))
    let expected = try last(x).transposed([0, 1, 4, 2, 3])
    #expect(moved == expected)
    let (output, state) = try first.step(x.entry(0, axis: 1).transposed([0, 3, 1, 2]))
    assertClose(output, moved.entry(0, axis: 1), tolerance: 1e-5)
    #expect(state.cell.shape == [2, 4, 6, 5])
  }

  @Test func recurrenceInsideSteps() throws {
    try checkLayer(TimeDistributed(LSTM(units: 3)), inputs: [[2, 3, 4, 2]])
    try checkLayer(TimeDistributed(GRU(units: 3, returnSequences: true)), inputs: [[2, 3, 4, 2]])
  }
}
