import Autodiff
import Layers
import TensorCore
import TestSupport
import Testing

@Suite struct AutoregressiveRNNTests {
  private let cells = SpatioTemporalLSTMCells(filters: 2, kernelSize: [3, 5], levels: 2)
  private func convLSTM(_ filters: Int) -> ConvLSTMCell {
    ConvLSTMCell(filters: filters, kernelSize: 3, padding: .same, useBias: false, rank: 2)
  }

  /// Without the decoupling, whose adapter only training uses.
  @Test func cellsOfEveryKindPassTheChecks() throws {
    var free = cells
    free.decoupling = 0
    try checkLayer(RNN(free, returnSequences: true, returnState: true), inputs: [[2, 3, 4, 5, 3]])
    let stack = StackedRNNCells([convLSTM(3), convLSTM(2)])
    for layer in [
      AutoregressiveRNN(free, count: 3, outputChannels: 2),
      AutoregressiveRNN(stack, count: 2, outputChannels: 1, addsBackground: true),
    ] {
      try checkLayer(layer, inputs: [[2, 3, 4, 5, 3]])
      try checkLayer(layer, inputs: [[2, 3, 4, 5, 3], [2, layer.count, 4, 5, 2]])
    }
    try checkLayer(AutoregressiveRNN(LSTMCell(units: 4), count: 3, outputChannels: 2), inputs: [[2, 3, 2]])
  }

  @Test func layerScalePassesTheChecks() throws {
    try checkLayer(LayerScale(), inputs: [[3, 4, 5, 2]])
    let built = try LayerScale(initialValue: 0.25).built(for: [nil, 3])
    #expect(try built(.ones([2, 3])) == Tensor(repeating: 0.25, shape: [2, 3]))
    #expect(throws: ShapeError.self) { try built(.ones([2, 4])) }
    #expect(throws: ShapeError.self) { try LayerScale().built(for: [3]) }
  }

  /// In training each level of each step asks for its memories to be kept apart, and that has a gradient.
  @Test func decouplingIsAPenaltyOfTrainingAlone() throws {
    let layer = try AutoregressiveRNN(cells, count: 2, outputChannels: 3).built(for: [nil, 3, 4, 5, 3])
    var random = RandomStream(seed: 2)
    let input = random.normal(shape: [2, 3, 4, 5, 3])
    var inference = Context.inference
    let outputs = try layer.call([input], context: &inference)
    #expect(inference.penalty == nil)
    var training = Context(isTraining: true)
    #expect(try layer.call([input], context: &training) == outputs)
    let penalty = try #require(training.penalty?.scalar)
    #expect(penalty > 0 && penalty < cells.decoupling)
    let names = layer.parameters.map(\.name)
    try checkGradient(at: layer.parameters.map(\.parameter.value), names: names.filter { $0 != "head" }) {
      values in
      var copy = layer
      let given = Dictionary(uniqueKeysWithValues: zip(names, values))
      copy.visitParameters { name, parameter in parameter.value = given[name] ?? parameter.value }
      var context = Context(isTraining: true)
      _ = try copy.call([input], context: &context)
      return [context.penalty.map { $0 * 100 } ?? Tensor(0)]
    }
    var free = cells
    free.decoupling = 0
    let without = try AutoregressiveRNN(free, count: 2, outputChannels: 3).built(for: [nil, 3, 4, 5, 3])
    var context = Context(isTraining: true)
    _ = try without.call([input], context: &context)
    #expect(context.penalty == nil)
    #expect(!without.parameters.contains { $0.name == "cell/adapter" })
  }

  /// Maps of nothing but zeros have no direction; nothing may become NaN.
  @Test func zerosGiveNoNaN() throws {
    let layer = try AutoregressiveRNN(cells, count: 2, outputChannels: 3).built(for: [nil, 3, 4, 5, 3])
    let (value, gradients) = try valueAndGradient(at: layer) { layer in
      var context = Context(isTraining: true)
      let output = try layer.call([.zeros([1, 3, 4, 5, 3])], context: &context)[0]
      return output.sum() + (context.penalty ?? Tensor(1))
    }
    #expect(value.scalar == 0)
    for (name, _) in layer.parameters {
      #expect(gradients[name]?.values.allSatisfy { $0.isFinite } ?? true, "\(name)")
    }
  }

  /// The definition, with a plain loop over a cell that is called step by step.
  @Test func goesOnAsThePlainLoopDoes() throws {
    let stack = StackedRNNCells([convLSTM(3), convLSTM(2)])
    let shapes: [SymbolicShape] = [[nil, 4, 6, 5, 3], [nil, 3, 6, 5, 2]]
    var layer = AutoregressiveRNN(stack, count: 3, outputChannels: 2, addsBackground: true)
    try layer.build(for: shapes, random: RandomStream(seed: 4))
    var random = RandomStream(seed: 5)
    let (frames, guidance) = (random.normal(shape: [2, 4, 6, 5, 3]), random.normal(shape: [2, 3, 6, 5, 2]))
    var context = Context.inference
    let outputs = try layer.call([frames, guidance], context: &context)

    var state = try layer.cell.initialState(for: frames.entry(0, axis: 1))
    for time in 0..<4 {
      state = try layer.cell.step(frames.entry(time, axis: 1), state, context: &context)
    }
    assertClose(outputs[1], state.output, tolerance: 1e-5, "output after reading")
    for lead in 0..<3 {
      let seen = Tensor.concatenated([state.output, guidance.entry(lead, axis: 1)], axis: -1)
      let value = seen.reshaped(to: [60, 4]).matrixProduct(with: layer.head.value).reshaped(to: [2, 6, 5, 2])
      assertClose(outputs[0].entry(lead, axis: 1), value, tolerance: 1e-5, "lead \(lead)")
      let next = Tensor.concatenated(
        [value + guidance.entry(lead, axis: 1), frames.entry(3, axis: 1).slice(axis: -1, 2..<3)], axis: -1)
      state = try layer.cell.step(next, state, context: &context)
    }
  }

  @Test func inputsThatDoNotFitAreRefused() {
    func refused(_ layer: AutoregressiveRNN, _ shapes: [SymbolicShape], _ kind: ShapeError.Kind) {
      let error = #expect(throws: ShapeError.self) { try layer.outputShapes(for: shapes) }
      #expect(error?.kind == kind, "\(String(describing: error))")
    }
    let layer = AutoregressiveRNN(cells, count: 2, outputChannels: 3)
    refused(layer, [], .wrongInputCount)
    refused(layer, [[nil, 3, 4, 5]], .wrongRank)
    refused(layer, [[nil, 3, 4, 5, 2]], .wrongChannels)
    refused(layer, [[nil, 3, 4, 5, nil]], .wrongChannels)
    refused(layer, [[nil, 3, 4, 5, 3], [nil, 3, 4, 5, 1]], .wrongLength)
    refused(AutoregressiveRNN(cells, count: 0, outputChannels: 3), [[nil, 3, 4, 5, 3]], .invalidOption)
    let adding = AutoregressiveRNN(cells, count: 2, outputChannels: 3, addsBackground: true)
    refused(adding, [[nil, 3, 4, 5, 3], [nil, 2, 4, 5, 1]], .wrongLength)
    let shrinking = ConvLSTMCell(filters: 3, kernelSize: 3, padding: .valid, rank: 2)
    refused(AutoregressiveRNN(shrinking, count: 2, outputChannels: 3), [[nil, 3, 4, 5, 3]], .wrongLength)
    let none = SpatioTemporalLSTMCells(filters: 2, kernelSize: 3, levels: 0)
    refused(AutoregressiveRNN(none, count: 2, outputChannels: 3), [[nil, 3, 4, 5, 3]], .invalidOption)
  }
}
