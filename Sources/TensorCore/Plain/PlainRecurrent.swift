/// The plain LSTM and ConvLSTM between whole arrays `[batch, time, …]`, for tests in `Double`.
package enum PlainRecurrent {
  /// What goes in, and also its cotangents. States that are `nil` are zero.
  package struct Operands<S: PlainScalar> {
    package var input: [S]
    package var kernel: [S]
    package var recurrentKernel: [S]
    package var bias: [S]?
    package var hidden: [S]?
    package var cell: [S]?

    package init(
      input: [S], kernel: [S], recurrentKernel: [S], bias: [S]?, hidden: [S]?, cell: [S]?
    ) {
      self.input = input
      self.kernel = kernel
      self.recurrentKernel = recurrentKernel
      self.bias = bias
      self.hidden = hidden
      self.cell = cell
    }
  }

  /// What comes out, and also its cotangents; `nil` counts as zero.
  package struct Results<S: PlainScalar> {
    package var sequence: [S]?
    package var hidden: [S]?
    package var cell: [S]?

    package init(sequence: [S]?, hidden: [S]?, cell: [S]?) {
      self.sequence = sequence
      self.hidden = hidden
      self.cell = cell
    }
  }

  package static func forward<S: PlainScalar>(
    _ operands: Operands<S>, _ geometry: ConvLSTMGeometry
  ) -> Results<S> { results(trace(operands, geometry), geometry) }

  package static func forward<S: PlainScalar>(
    _ operands: Operands<S>, _ geometry: LSTMGeometry
  ) -> Results<S> { results(trace(operands, geometry), geometry) }

  package static func gradient<S: PlainScalar>(
    _ cotangents: Results<S>, _ operands: Operands<S>, _ geometry: ConvLSTMGeometry
  ) -> Operands<S> { pulledBack(cotangents, operands, geometry) }

  package static func gradient<S: PlainScalar>(
    _ cotangents: Results<S>, _ operands: Operands<S>, _ geometry: LSTMGeometry
  ) -> Operands<S> { pulledBack(cotangents, operands, geometry) }

  private static func trace<S: PlainScalar>(
    _ operands: Operands<S>, _ geometry: some GatedGeometry
  ) -> PlainGatedSequence<S>.Trace {
    let layout = geometry.layout
    let zeros = [S](repeating: 0, count: layout.batchStateCount)
    return geometry.plain(kernel: operands.kernel, recurrentKernel: operands.recurrentKernel).forward(
      PlainGatedSequence.steps(
        operands.input, batch: layout.batch, time: layout.time, goBackwards: layout.goBackwards),
      bias: operands.bias, hidden: operands.hidden ?? zeros, cell: operands.cell ?? zeros)
  }

  private static func results<S: PlainScalar>(
    _ trace: PlainGatedSequence<S>.Trace, _ geometry: some GatedGeometry
  ) -> Results<S> {
    Results(
      sequence: PlainGatedSequence.joined(
        Array(trace.hidden.dropFirst()), batch: geometry.layout.batch, goBackwards: false),
      hidden: trace.hidden.last, cell: trace.cells.last)
  }

  private static func pulledBack<S: PlainScalar>(
    _ cotangents: Results<S>, _ operands: Operands<S>, _ geometry: some GatedGeometry
  ) -> Operands<S> {
    let layout = geometry.layout
    let gradients = geometry.plain(kernel: operands.kernel, recurrentKernel: operands.recurrentKernel)
      .gradient(
        trace(operands, geometry),
        sequence: cotangents.sequence.map {
          PlainGatedSequence.steps($0, batch: layout.batch, time: layout.time, goBackwards: false)
        }, hidden: cotangents.hidden, cell: cotangents.cell)
    return Operands(
      input: PlainGatedSequence.joined(
        gradients.inputs, batch: layout.batch, goBackwards: layout.goBackwards),
      kernel: gradients.kernel, recurrentKernel: gradients.recurrentKernel, bias: gradients.bias,
      hidden: gradients.hidden, cell: gradients.cell)
  }
}
