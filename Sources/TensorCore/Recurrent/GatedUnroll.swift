import CKernels

/// The one loop over time that the fast LSTM and ConvLSTM share.
///
/// The input's map is taken out of the loop and applied to several steps at once, four gates are one map, and the
/// gates' gradients are turned into the kernels' gradients for several steps at once.
struct GatedUnroll {
  /// What the backward pass needs of the forward pass: activated gates and cell states.
  struct Trace: Sendable {
    let gates: KeptSteps
    let cells: KeptSteps

    init(_ layout: GatedLayout) {
      gates = KeptSteps(steps: layout.time, each: layout.batchGateCount)
      cells = KeptSteps(steps: layout.time, each: layout.batchStateCount)
    }

    var isNarrow: Bool { gates.isNarrow }
  }

  let layout: GatedLayout
  let step: squall_gate_step
  let inputMap: any StepMap
  let recurrentMap: any StepMap
  /// Takes over where steps of a ConvLSTM run in the Winograd domain.
  let winograd: WinogradConvLSTM?
  /// Takes over where a ConvLSTM's kernels are one pixel.
  let pointwise: PointwiseConvLSTM?

  /// Steps that are worked on together: as many as keep their gates within this many bytes. More would only
  /// take more memory, fewer would leave threads idle at small sizes.
  static let chunkBytes = 32 << 20

  /// The chunks of steps, as equal as they can be.
  var chunks: [Range<Int>] {
    let most = max(1, Self.chunkBytes / (4 * max(layout.batchGateCount, 1)))
    let count = (layout.time + most - 1) / most
    return (0..<count).map { $0 * layout.time / count..<($0 + 1) * layout.time / count }
  }

  // MARK: Forward

  /// Runs all steps.
  ///
  /// - Parameters:
  ///   - input: `[batch, time, input…]`
  ///   - sequence: receives the hidden states `[batch, time, positions, units]` in the order of the steps.
  ///   - lastHidden, lastCell: receive the state after the last step.
  ///   - trace: where gates and cells go if a backward pass is to follow.
  func forward(
    input: UnsafePointer<Float>, bias: UnsafePointer<Float>?, initialHidden: UnsafePointer<Float>?,
    initialCell: UnsafePointer<Float>?, sequence: UnsafeMutablePointer<Float>?,
    lastHidden: UnsafeMutablePointer<Float>, lastCell: UnsafeMutablePointer<Float>, trace: Trace?
  ) {
    if let pointwise {
      pointwise.forward(
        input: input, bias: bias, initialHidden: initialHidden, initialCell: initialCell, sequence: sequence,
        lastHidden: lastHidden, lastCell: lastCell, trace: trace)
      return
    }
    let chunks = chunks
    let longest = chunks.map(\.count).max() ?? 0
    let joined = winograd?.includesInput ?? false
    let inPlace = trace.map { !$0.isNarrow } ?? false
    let buffer = !inPlace && !joined ? Storage(count: longest * layout.batchGateCount) : nil
    let gathered = inputIsTimeMajor || joined ? nil : Storage(count: longest * layout.batchInputCount)
    if let winograd {
      var ready = 0..<0
      winograd.forward(
        input: input, bias: bias, initialHidden: initialHidden, initialCell: initialCell, sequence: sequence,
        lastHidden: lastHidden, lastCell: lastCell, trace: trace
      ) { step in
        if !ready.contains(step) {
          ready = chunks.first { $0.contains(step) }!
          inputMap.forward(
            inputSteps(ready, input, gathered), steps: ready.count, bias: bias,
            into: gatesOfChunk(ready, trace, buffer))
        }
        return gatesOfChunk(ready, trace, buffer) + (step - ready.lowerBound) * layout.batchGateCount
      }
      return
    }
    // A zero state adds nothing: its convolution is left out.
    var hidden = initialHidden
    var cell = initialCell
    for chunk in chunks {
      let gates = gatesOfChunk(chunk, trace, buffer)
      inputMap.forward(
        inputSteps(chunk, input, gathered), steps: chunk.count, bias: bias, into: gates)
      for (offset, index) in chunk.enumerated() {
        let z = gates + offset * layout.batchGateCount
        if let hidden { recurrentMap.accumulate(hidden, into: z) }
        let next = inPlace ? trace!.cells.place(index) : lastCell
        squall_gates_forward(
          step, z, cell, next, lastHidden, sequence.map { $0 + index * layout.stateCount }, trace != nil)
        if let trace, !inPlace {
          trace.gates.keep(index, z)
          trace.cells.keep(index, next)
        }
        if Precision.use == .bfloat16 {
          Precision.round(lastHidden, count: layout.batchStateCount)
          if let sequence { roundStates(index, of: sequence) }
        }
        hidden = UnsafePointer(lastHidden)
        cell = UnsafePointer(next)
      }
    }
    if let cell, inPlace { lastCell.update(from: cell, count: layout.batchStateCount) }
  }

  /// Makes bfloat16 numbers of a step's hidden states.
  private func roundStates(_ index: Int, of sequence: UnsafeMutablePointer<Float>) {
    Precision.round(
      sequence + index * layout.stateCount, rows: layout.batch, count: layout.stateCount,
      stride: layout.time * layout.stateCount)
  }

  private func gatesOfChunk(
    _ chunk: Range<Int>, _ trace: Trace?, _ buffer: Storage?
  ) -> UnsafeMutablePointer<Float> {
    if let buffer { return buffer.address }
    return trace!.gates.place(chunk.lowerBound)
  }

  // MARK: Backward

  /// Where the gradients go. What is `nil` is not computed.
  struct Gradients {
    var input: UnsafeMutablePointer<Float>?
    var kernel: UnsafeMutablePointer<Float>
    var recurrentKernel: UnsafeMutablePointer<Float>
    var bias: UnsafeMutablePointer<Float>?
    /// Working memory of the loop, and at its end the gradient of the initial state.
    var hidden: UnsafeMutablePointer<Float>
    var cell: UnsafeMutablePointer<Float>
    var wantsInitialState: Bool
    /// Whether the gates' gradients take the place of the kept gates, because nobody will ask the trace again.
    var usesUpTrace: Bool

    /// Where a step's gates' gradients go, if that is in place of its gates.
    func place(_ step: Int, in trace: Trace) -> UnsafeMutablePointer<Float>? {
      usesUpTrace && !trace.isNarrow ? trace.gates.place(step) : nil
    }
  }

  /// Runs all steps backwards from the cotangents of the sequence `[batch, time, positions, units]` and of the
  /// last state.
  ///
  /// - Parameter sequence: the hidden states that the forward pass returned.
  func backward(
    input: UnsafePointer<Float>, sequence: UnsafePointer<Float>, initialHidden: UnsafePointer<Float>?,
    initialCell: UnsafePointer<Float>?, trace: Trace, sequenceGradient: UnsafePointer<Float>?,
    lastHiddenGradient: UnsafePointer<Float>?, lastCellGradient: UnsafePointer<Float>?,
    into gradients: Gradients
  ) {
    if let pointwise {
      pointwise.backward(
        input: input, sequence: sequence, initialHidden: initialHidden, initialCell: initialCell,
        trace: trace, sequenceGradient: sequenceGradient, lastHiddenGradient: lastHiddenGradient,
        lastCellGradient: lastCellGradient, into: gradients)
      return
    }
    if let winograd, winograd.includesInput {
      winograd.backward(
        input: input, sequence: sequence, initialHidden: initialHidden, initialCell: initialCell,
        trace: trace,
        sequenceGradient: sequenceGradient, lastHiddenGradient: lastHiddenGradient,
        lastCellGradient: lastCellGradient, into: gradients)
      return
    }
    let chunks = chunks
    let longest = chunks.map(\.count).max() ?? 0
    let buffer =
      gradients.place(0, in: trace) == nil ? Storage(count: longest * layout.batchGateCount) : nil
    let inputs = inputIsTimeMajor ? nil : Storage(count: longest * layout.batchInputCount)
    let states = Storage(count: longest * layout.batchStateCount)
    let cells = trace.isNarrow ? Storage(count: 2 * layout.batchStateCount) : nil
    var accumulator = KernelAccumulator(unroll: self, gradients: gradients)
    if let lastCellGradient {
      gradients.cell.update(from: lastCellGradient, count: layout.batchStateCount)
    }
    var hiddenGradient = lastHiddenGradient
    for chunk in chunks.reversed() {
      let gatesGradients = buffer?.address ?? trace.gates.place(chunk.lowerBound)
      for index in chunk.reversed() {
        let dz = gatesGradients + (index - chunk.lowerBound) * layout.batchGateCount
        // Narrow gates are widened to where their gradients will be.
        let gates = trace.gates.values(index, dz)
        let cell = trace.cells.values(index, cells?.address ?? dz)
        let previous =
          index > 0
          ? UnsafePointer(
            trace.cells.values(index - 1, cells.map { $0.address + layout.batchStateCount } ?? dz))
          : initialCell
        squall_gates_backward(
          step, gates, cell, previous, hiddenGradient,
          sequenceGradient.map { $0 + index * layout.stateCount }, gradients.cell,
          index == layout.time - 1 && lastCellGradient == nil, dz)
        if trace.isNarrow { Precision.round(dz, count: layout.batchGateCount) }
        if index > 0 || gradients.wantsInitialState {
          recurrentMap.inputGradient(dz, steps: 1, into: gradients.hidden)
        }
        hiddenGradient = UnsafePointer(gradients.hidden)
      }
      accumulator.addInput(chunk, inputSteps(chunk, input, inputs), gatesGradients)
      // Step 0 saw the initial state; without one there is nothing to add.
      let seen = initialHidden == nil ? max(chunk.lowerBound, 1)..<chunk.upperBound : chunk
      if !seen.isEmpty {
        gatherStates(seen, sequence, initialHidden, into: states.address)
        accumulator.addRecurrent(
          seen, states.address,
          gatesGradients + (seen.lowerBound - chunk.lowerBound) * layout.batchGateCount)
      }
      if let target = gradients.input { storeInputGradient(chunk, gatesGradients, inputs, into: target) }
    }
    accumulator.finish()
  }

  private func storeInputGradient(
    _ chunk: Range<Int>, _ gates: UnsafePointer<Float>, _ buffer: Storage?,
    into target: UnsafeMutablePointer<Float>
  ) {
    guard let buffer else {
      inputMap.inputGradient(
        gates, steps: chunk.count, into: target + chunk.lowerBound * layout.batchInputCount)
      return
    }
    inputMap.inputGradient(gates, steps: chunk.count, into: buffer.address)
    forEachSample(chunk) { step, offset, sample in
      let place = (sample * layout.time + layout.timeIndex(step)) * layout.inputCount
      (target + place).update(
        from: buffer.address + offset * layout.inputCount, count: layout.inputCount)
    }
  }

  // MARK: Batch-major to time-major

  /// Whether the input's steps already lie one after another.
  private var inputIsTimeMajor: Bool {
    layout.time == 1 || (layout.batch == 1 && !layout.goBackwards)
  }

  /// The input at `steps`, time-major; `buffer` is there unless the input is so by itself.
  private func inputSteps(
    _ steps: Range<Int>, _ input: UnsafePointer<Float>, _ buffer: Storage?
  ) -> UnsafePointer<Float> {
    guard let buffer else { return input + steps.lowerBound * layout.batchInputCount }
    let target = buffer.address
    forEachSample(steps) { step, offset, sample in
      let place = (sample * layout.time + layout.timeIndex(step)) * layout.inputCount
      (target + offset * layout.inputCount).update(from: input + place, count: layout.inputCount)
    }
    return UnsafePointer(target)
  }

  /// The hidden states that the steps started from, time-major.
  private func gatherStates(
    _ steps: Range<Int>, _ sequence: UnsafePointer<Float>, _ initial: UnsafePointer<Float>?,
    into target: UnsafeMutablePointer<Float>
  ) {
    let count = layout.stateCount
    forEachSample(steps) { step, offset, sample in
      let source =
        step > 0 ? sequence + (sample * layout.time + step - 1) * count : initial! + sample * count
      (target + offset * count).update(from: source, count: count)
    }
  }

  /// Calls `body` for each step and sample with the sample's place in a time-major array of those steps.
  private func forEachSample(_ steps: Range<Int>, _ body: (_ step: Int, _ offset: Int, _ sample: Int) -> Void)
  {
    let grain = max(1, 16384 / max(layout.stateCount, layout.inputCount))
    ThreadTeam.forEach(count: steps.count * layout.batch, grain: grain) { range in
      for offset in range {
        body(steps.lowerBound + offset / layout.batch, offset, offset % layout.batch)
      }
    }
  }
}

/// Adds up the kernels' and the bias' gradients over the chunks.
private struct KernelAccumulator {
  let unroll: GatedUnroll
  let gradients: GatedUnroll.Gradients
  private var hasInput = false
  private var hasRecurrent = false
  private let biasPart: Storage?

  init(unroll: GatedUnroll, gradients: GatedUnroll.Gradients) {
    self.unroll = unroll
    self.gradients = gradients
    biasPart = gradients.bias == nil ? nil : Storage(count: 4 * unroll.layout.units)
  }

  mutating func addInput(_ steps: Range<Int>, _ x: UnsafePointer<Float>, _ dz: UnsafePointer<Float>) {
    unroll.inputMap.kernelGradient(
      x, dz, steps: steps.count, into: gradients.kernel, accumulating: hasInput)
    if let bias = gradients.bias, let biasPart {
      let columns = 4 * unroll.layout.units
      let rows = steps.count * unroll.layout.batch * unroll.layout.positions
      squall_sum_rows(dz, hasInput ? biasPart.address : bias, Int64(rows), Int64(columns))
      if hasInput { squall_accumulate(biasPart.address, bias, Int64(columns)) }
    }
    hasInput = true
  }

  mutating func addRecurrent(_ steps: Range<Int>, _ h: UnsafePointer<Float>, _ dz: UnsafePointer<Float>) {
    unroll.recurrentMap.kernelGradient(
      h, dz, steps: steps.count, into: gradients.recurrentKernel, accumulating: hasRecurrent)
    hasRecurrent = true
  }

  /// A sequence of one step from a zero state leaves the recurrent kernel alone.
  func finish() {
    guard !hasRecurrent else { return }
    gradients.recurrentKernel.update(repeating: 0, count: unroll.recurrentMap.kernelCount)
  }
}
