import TensorCore
import Testing

/// One recurrent operation on numbers, so that LSTM and ConvLSTM share their tests.
struct RecurrentCase: Sendable, CustomTestStringConvertible {
  enum Sizes: Sendable {
    case convLSTM(ConvLSTMGeometry)
    case lstm(LSTMGeometry)
  }

  let name: String
  let sizes: Sizes
  var hasBias = true
  var hasState = true

  var testDescription: String { name }

  static func conv(
    _ name: String, _ input: Shape, filters: Int, kernel: [Int], recurrent: [Int]? = nil,
    _ options: ConvLSTMOptions, hasBias: Bool = true, hasState: Bool = true
  ) -> RecurrentCase {
    let geometry = try! ConvLSTMGeometry(
      input: input, kernel: Shape(kernel + [input[-1], 4 * filters]),
      recurrentKernel: Shape((recurrent ?? kernel) + [filters, 4 * filters]), options: options)
    return RecurrentCase(name: name, sizes: .convLSTM(geometry), hasBias: hasBias, hasState: hasState)
  }

  static func dense(
    _ name: String, _ input: Shape, units: Int, activation: Activation = .tanh,
    recurrentActivation: Activation = .sigmoid, goBackwards: Bool = false, hasBias: Bool = true,
    hasState: Bool = true
  ) -> RecurrentCase {
    let geometry = try! LSTMGeometry(
      input: input, kernel: [input[-1], 4 * units], recurrentKernel: [units, 4 * units],
      activation: activation, recurrentActivation: recurrentActivation, goBackwards: goBackwards)
    return RecurrentCase(name: name, sizes: .lstm(geometry), hasBias: hasBias, hasState: hasState)
  }

  static let all: [RecurrentCase] = [
    .conv("plain options", [2, 3, 5, 7, 3], filters: 4, kernel: [3, 3], .init(padding: .same)),
    .conv("many filters", [2, 3, 6, 5, 2], filters: 32, kernel: [3, 3], .init(padding: .same)),
    .conv("valid", [1, 4, 8, 6, 2], filters: 3, kernel: [3, 2], .init(padding: .valid)),
    .conv("strides", [2, 3, 9, 6, 2], filters: 5, kernel: [3, 3], .init(strides: [2, 3], padding: .same)),
    .conv(
      "dilation", [2, 3, 9, 8, 2], filters: 3, kernel: [3, 2], .init(dilations: [2, 3], padding: .valid)),
    .conv(
      "backwards", [2, 4, 5, 4, 3], filters: 4, kernel: [3, 3], .init(padding: .same, goBackwards: true)),
    .conv("one sample backwards", [1, 4, 5, 4, 3], filters: 4, kernel: [2, 3], .init(goBackwards: true)),
    .conv("one step", [3, 1, 5, 4, 3], filters: 4, kernel: [3, 3], .init(padding: .same)),
    .conv(
      "one step from zero", [3, 1, 5, 4, 3], filters: 4, kernel: [3, 3], .init(padding: .same),
      hasState: false),
    .conv("no bias", [2, 3, 5, 4, 1], filters: 16, kernel: [5, 3], .init(padding: .same), hasBias: false),
    .conv(
      "zero state", [2, 3, 5, 4, 3], filters: 6, kernel: [3, 3], .init(padding: .same), hasState: false),
    .conv(
      "hard sigmoid", [2, 3, 5, 4, 3], filters: 4, kernel: [3, 3],
      .init(padding: .same, activation: .relu, recurrentActivation: .hardSigmoid)),
    .conv(
      "linear", [2, 3, 5, 4, 3], filters: 4, kernel: [3, 3],
      .init(padding: .same, activation: .linear, recurrentActivation: .tanh)),
    .conv(
      "activations without a vector kernel", [2, 3, 5, 4, 3], filters: 4, kernel: [3, 3],
      .init(padding: .same, activation: .elu, recurrentActivation: .softsign)),
    .conv("one space axis", [2, 3, 11, 3], filters: 5, kernel: [3], .init(padding: .same)),
    .conv("three space axes", [1, 3, 4, 3, 5, 2], filters: 3, kernel: [3, 2, 3], .init(padding: .same)),
    .conv(
      "other recurrent kernel", [2, 3, 6, 5, 2], filters: 3, kernel: [3, 3], recurrent: [5, 3],
      .init(padding: .same)),
    .conv("one pixel", [2, 3, 9, 11, 3], filters: 20, kernel: [1, 1], .init(padding: .same)),
    .conv("one pixel, whole vectors", [1, 4, 5, 4, 17], filters: 32, kernel: [1, 1], .init()),
    .conv(
      "one pixel, backwards from zero", [2, 3, 4, 3, 2], filters: 5, kernel: [1, 1],
      .init(padding: .same, goBackwards: true), hasBias: false, hasState: false),
    .conv(
      "one pixel, many filters", [1, 2, 3, 2, 70], filters: 80, kernel: [1, 1],
      .init(padding: .same, activation: .relu, recurrentActivation: .hardSigmoid)),
    .conv("one pixel of a line, strided", [2, 3, 11, 3], filters: 5, kernel: [1], .init(strides: [2])),
    .conv("one pixel of a line", [2, 3, 61, 3], filters: 5, kernel: [1], .init()),
    .dense("LSTM", [3, 4, 5], units: 7),
    .dense("LSTM with many units", [2, 3, 9], units: 300),
    .dense("LSTM backwards", [3, 4, 5], units: 6, goBackwards: true),
    .dense("LSTM of one sample", [1, 5, 3], units: 40),
    .dense("LSTM without bias or state", [3, 4, 5], units: 6, hasBias: false, hasState: false),
    .dense("LSTM, ReLU", [3, 4, 5], units: 6, activation: .relu, recurrentActivation: .hardSigmoid),
  ]
}

/// The shapes of a case's operands and results.
struct RecurrentShapes {
  let input, kernel, recurrentKernel, bias, state, sequence: Shape

  init(_ sizes: RecurrentCase.Sizes) {
    switch sizes {
    case .convLSTM(let g):
      (input, kernel, recurrentKernel) = (g.inputShape, g.kernelShape, g.recurrentKernelShape)
      (bias, state, sequence) = (g.biasShape, g.stateShape, g.sequenceShape)
    case .lstm(let g):
      (input, kernel, recurrentKernel) = (g.inputShape, g.kernelShape, g.recurrentKernelShape)
      (bias, state, sequence) = (g.biasShape, g.stateShape, g.sequenceShape)
    }
  }
}

extension RecurrentCase {
  var shapes: RecurrentShapes { RecurrentShapes(sizes) }

  /// Whether the twin is quick enough to be run hundreds of times.
  var isSmall: Bool { shapes.sequence.count * shapes.recurrentKernel.count < 1 << 18 }

  var operands: PlainRecurrent.Operands<Double> {
    let s = shapes
    // Large kernels get small numbers, so that the gates do not saturate.
    let wide = s.recurrentKernel.count / s.recurrentKernel[-1] > 100
    return PlainRecurrent.Operands(
      input: numbers(s.input.count, seed: 1, scale: 2), kernel: numbers(s.kernel.count, seed: 2, scale: 0.5),
      recurrentKernel: numbers(s.recurrentKernel.count, seed: 3, scale: wide ? 0.0625 : 0.25),
      bias: hasBias ? numbers(s.bias.count, seed: 4) : nil,
      hidden: hasState ? numbers(s.state.count, seed: 5) : nil,
      cell: hasState ? numbers(s.state.count, seed: 6) : nil)
  }

  var cotangents: PlainRecurrent.Results<Double> {
    let s = shapes
    return PlainRecurrent.Results(
      sequence: numbers(s.sequence.count, seed: 7), hidden: numbers(s.state.count, seed: 8),
      cell: numbers(s.state.count, seed: 9))
  }

  func twin(_ operands: PlainRecurrent.Operands<Double>) -> PlainRecurrent.Results<Double> {
    switch sizes {
    case .convLSTM(let g): PlainRecurrent.forward(operands, g)
    case .lstm(let g): PlainRecurrent.forward(operands, g)
    }
  }

  func twinGradient(
    _ cotangents: PlainRecurrent.Results<Double>, _ operands: PlainRecurrent.Operands<Double>
  ) -> PlainRecurrent.Operands<Double> {
    switch sizes {
    case .convLSTM(let g): PlainRecurrent.gradient(cotangents, operands, g)
    case .lstm(let g): PlainRecurrent.gradient(cotangents, operands, g)
    }
  }

  func forward(
    _ o: PlainRecurrent.Operands<Double>, returningSequence: Bool = true, keepingContext: Bool
  ) -> RecurrentResult {
    let s = shapes
    let (x, w, u) = (
      tensor(o.input, s.input), tensor(o.kernel, s.kernel), tensor(o.recurrentKernel, s.recurrentKernel)
    )
    let (b, h, c) = (
      o.bias.map { tensor($0, s.bias) }, o.hidden.map { tensor($0, s.state) },
      o.cell.map { tensor($0, s.state) }
    )
    switch sizes {
    case .convLSTM(let g):
      return ConvLSTMSequence.forward(
        x, kernel: w, recurrentKernel: u, bias: b, initialHidden: h, initialCell: c, g,
        returningSequence: returningSequence, keepingContext: keepingContext)
    case .lstm(let g):
      return LSTMSequence.forward(
        x, kernel: w, recurrentKernel: u, bias: b, initialHidden: h, initialCell: c, g,
        returningSequence: returningSequence, keepingContext: keepingContext)
    }
  }

  func gradient(
    _ d: PlainRecurrent.Results<Double>, _ context: RecurrentContext, wantingInput: Bool = true,
    wantingInitialState: Bool = true, usingUpContext: Bool = false
  ) -> RecurrentGradients {
    let s = shapes
    let (sequence, hidden, cell) = (
      d.sequence.map { tensor($0, s.sequence) }, d.hidden.map { tensor($0, s.state) },
      d.cell.map { tensor($0, s.state) }
    )
    switch sizes {
    case .convLSTM(let g):
      return ConvLSTMSequence.gradient(
        sequence: sequence, hidden: hidden, cell: cell, context: context, g, wantingInput: wantingInput,
        wantingInitialState: wantingInitialState, usingUpContext: usingUpContext)
    case .lstm(let g):
      return LSTMSequence.gradient(
        sequence: sequence, hidden: hidden, cell: cell, context: context, g, wantingInput: wantingInput,
        wantingInitialState: wantingInitialState, usingUpContext: usingUpContext)
    }
  }
}
