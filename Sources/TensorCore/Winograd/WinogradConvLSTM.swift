import CKernels

/// A ConvLSTM's loop over time whose steps are each one convolution in the Winograd domain with the gates at its
/// end. Where the input's convolution is `same` with stride 1, it is part of the step; otherwise its result is
/// added.
struct WinogradConvLSTM {
  private let layout: GatedLayout
  private let kernel: UnsafePointer<Float>
  private let recurrentKernel: UnsafePointer<Float>
  private let lstm: squall_winograd_lstm
  private let step: squall_gate_step
  /// The kernels' own storage where they are worth being kept in the Winograd domain.
  private let owners: [Storage]?

  /// Kernels that are kept are transformed once for a stream, which is as long as it likes.
  private static let streamed = 1000

  /// Whether the input's convolution is part of the step.
  let includesInput: Bool

  /// `nil` where direct convolution is to do the work.
  init?(
    _ geometry: ConvLSTMGeometry, kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>,
    owners: [Storage]?
  ) {
    let threads = ThreadTeam.count
    let recurrent = geometry.recurrentConvolution
    let layout = geometry.layout
    guard Backend.current == .oneDNN, Winograd.use != .never, Winograd.fits(recurrent),
      let step = layout.gateStep
    else { return nil }
    let input = geometry.inputConvolution
    // Then both convolutions have the same tiles.
    let joins =
      Winograd.fits(input) && input.kernelSize == recurrent.kernelSize
      && input.inputSize == recurrent.inputSize && input.paddingBefore == recurrent.paddingBefore
    let steps = owners == nil ? geometry.time : Self.streamed
    guard
      Winograd.use == .wherePossible
        || Winograd.isFaster(recurrent, .forward, steps: steps)
          && Winograd.isFaster(recurrent, .inputGradient, steps: steps)
    else { return nil }
    self.layout = layout
    self.kernel = kernel
    self.recurrentKernel = recurrentKernel
    self.step = step
    self.owners = owners
    includesInput = joins
    lstm = squall_winograd_lstm(
      batch: Int64(geometry.batch), height: Int64(recurrent.inputSize[0]),
      width: Int64(recurrent.inputSize[1]), input_channels: joins ? Int64(input.inputChannels) : 0,
      filters: Int64(geometry.filters), kernel_height: Int32(recurrent.kernelSize[0]),
      kernel_width: Int32(recurrent.kernelSize[1]), activation: step.activation,
      recurrent_activation: step.recurrent_activation, threads: Int32(threads))
  }

  /// Floats between two samples of the input and of a sequence of states.
  private var inputStride: Int64 { Int64(layout.time * layout.inputCount) }
  private var sequenceStride: Int64 { Int64(layout.time * layout.stateCount) }

  private func pack() -> Storage {
    let packed = Storage(bytes: squall_winograd_lstm_packed_bytes(lstm))
    squall_winograd_lstm_pack(lstm, recurrentKernel, includesInput ? kernel : nil, packed.address)
    return packed
  }

  /// Everything that the packed kernels depend on besides their values.
  private var packedShape: [Int64] {
    [
      lstm.batch, lstm.height, lstm.width, lstm.input_channels, lstm.filters, Int64(lstm.kernel_height),
      Int64(lstm.kernel_width), Int64(lstm.threads), Precision.use == .bfloat16 ? 1 : 0,
    ]
  }

  // MARK: Forward

  /// As `GatedUnroll.forward`. `preactivations` gives a step's W ∗ x + b, time-major, where the input is not part
  /// of the step.
  func forward(
    input: UnsafePointer<Float>, bias: UnsafePointer<Float>?, initialHidden: UnsafePointer<Float>?,
    initialCell: UnsafePointer<Float>?, sequence: UnsafeMutablePointer<Float>?,
    lastHidden: UnsafeMutablePointer<Float>, lastCell: UnsafeMutablePointer<Float>, trace: GatedUnroll.Trace?,
    preactivations: (_ step: Int) -> UnsafeMutablePointer<Float>
  ) {
    let packed = owners.map { PackedKernels.packed(of: $0, packedShape, pack) } ?? pack()
    let workspace = Storage(bytes: squall_winograd_lstm_workspace_bytes(lstm, squall_winograd_forward_pass))
    // Without a sequence, states alternate between two places and end in `lastHidden`.
    let other = sequence == nil ? Storage(count: layout.batchStateCount) : nil
    let inPlace = trace.map { !$0.isNarrow } ?? false
    let narrow = inPlace ? nil : trace
    let rounds = Precision.use == .bfloat16
    var hidden = initialHidden
    var hiddenStride = Int64(layout.stateCount)
    var cell = initialCell
    for index in 0..<layout.time {
      let next = inPlace ? trace!.cells.place(index) : lastCell
      let z = includesInput ? nil : preactivations(index)
      let inLast = (layout.time - 1 - index) % 2 == 0
      let output = sequence.map { $0 + index * layout.stateCount } ?? (inLast ? lastHidden : other!.address)
      let outputStride = sequence == nil ? Int64(layout.stateCount) : sequenceStride
      if hidden == nil, let z {
        // Nothing to convolve.
        squall_gates_forward(
          step, z, cell, next, sequence == nil ? output : nil, sequence == nil ? nil : output, trace != nil)
        narrow?.gates.keep(index, z)
        narrow?.cells.keep(index, next)
        if rounds {
          Precision.round(output, rows: layout.batch, count: layout.stateCount, stride: Int(outputStride))
        }
      } else {
        let arrays = squall_winograd_lstm_forward_step(
          input: includesInput ? input + layout.timeIndex(index) * layout.inputCount : nil,
          input_sample_stride: inputStride, hidden: hidden, hidden_sample_stride: hiddenStride,
          preactivations: z, bias: includesInput ? bias : nil, previous_cell: cell, cell: next,
          gates: inPlace ? z ?? trace!.gates.place(index) : nil, narrow_gates: narrow?.gates.halves(index),
          narrow_cell: narrow?.cells.halves(index), rounds: rounds, output: output,
          output_sample_stride: outputStride)
        squall_winograd_lstm_forward(lstm, arrays, packed.address, workspace.address)
      }
      hidden = UnsafePointer(output)
      hiddenStride = outputStride
      cell = UnsafePointer(next)
    }
    // The state after the last step, which stands at the end of each sample's sequence and of the trace.
    let count = layout.stateCount, time = layout.time
    let cells = inPlace ? cell : nil
    ThreadTeam.forEach(count: layout.batch) { samples in
      for sample in samples {
        if let cells { (lastCell + sample * count).update(from: cells + sample * count, count: count) }
        if let sequence {
          (lastHidden + sample * count).update(
            from: sequence + ((sample + 1) * time - 1) * count, count: count)
        }
      }
    }
  }

  // MARK: Backward

  /// As `GatedUnroll.backward`, for steps that include the input.
  func backward(
    input: UnsafePointer<Float>, sequence: UnsafePointer<Float>, initialHidden: UnsafePointer<Float>?,
    initialCell: UnsafePointer<Float>?, trace: GatedUnroll.Trace, sequenceGradient: UnsafePointer<Float>?,
    lastHiddenGradient: UnsafePointer<Float>?, lastCellGradient: UnsafePointer<Float>?,
    into gradients: GatedUnroll.Gradients
  ) {
    let packed = Storage(bytes: squall_winograd_lstm_packed_bytes(lstm))
    squall_winograd_lstm_pack_flipped(lstm, recurrentKernel, kernel, packed.address)
    let workspace = Storage(
      bytes: squall_winograd_lstm_workspace_bytes(lstm, squall_winograd_backward_data_pass))
    let sums = Storage(
      bytes: squall_winograd_lstm_workspace_bytes(lstm, squall_winograd_backward_weights_pass))
    squall_winograd_lstm_weights_begin(lstm, sums.address)
    // ∂/∂z of the step at hand and of the one before it, by turns.
    let inPlace = gradients.place(0, in: trace) != nil
    let places = (0..<(inPlace ? 0 : min(2, layout.time))).map { _ in Storage(count: layout.batchGateCount) }
    func gatesGradient(_ index: Int) -> UnsafeMutablePointer<Float> {
      gradients.place(index, in: trace) ?? places[index % 2].address
    }

    if let lastCellGradient {
      gradients.cell.update(from: lastCellGradient, count: layout.batchStateCount)
    }
    let last = layout.time - 1
    beginBackward(
      trace, initialCell: initialCell, sequenceGradient, lastHiddenGradient, gradients,
      cellGradientIsZero: lastCellGradient == nil, into: gatesGradient(last))
    for index in (0...last).reversed() {
      let place = layout.timeIndex(index) * layout.inputCount
      let hasBefore = index > 0
      let arrays = squall_winograd_lstm_backward_step(
        gates_gradient: gatesGradient(index), input: input + place, input_sample_stride: inputStride,
        hidden: hasBefore ? sequence + (index - 1) * layout.stateCount : initialHidden,
        hidden_sample_stride: hasBefore ? sequenceStride : Int64(layout.stateCount), sums: sums.address,
        input_gradient: gradients.input.map { $0 + place },
        input_gradient_sample_stride: inputStride,
        hidden_gradient: !hasBefore && gradients.wantsInitialState ? gradients.hidden : nil,
        gates: hasBefore ? trace.gates.bytes(index - 1) : nil,
        cell: hasBefore ? trace.cells.bytes(index - 1) : nil,
        previous_cell: index > 1
          ? UnsafeRawPointer(trace.cells.bytes(index - 2)) : initialCell.map { UnsafeRawPointer($0) },
        narrow: trace.isNarrow, narrow_previous: trace.isNarrow && index > 1,
        sequence_gradient: hasBefore ? sequenceGradient.map { $0 + (index - 1) * layout.stateCount } : nil,
        sequence_gradient_sample_stride: sequenceStride, cell_gradient: gradients.cell,
        previous_gates_gradient: hasBefore ? gatesGradient(index - 1) : nil)
      squall_winograd_lstm_backward(lstm, arrays, packed.address, workspace.address)
    }
    squall_winograd_lstm_weights_end(
      lstm, sums.address, gradients.recurrentKernel, gradients.kernel, gradients.bias)
  }

  /// ∂/∂z of the last step, from what comes in from outside.
  private func beginBackward(
    _ trace: GatedUnroll.Trace, initialCell: UnsafePointer<Float>?, _ sequenceGradient: UnsafePointer<Float>?,
    _ lastHiddenGradient: UnsafePointer<Float>?, _ gradients: GatedUnroll.Gradients, cellGradientIsZero: Bool,
    into gatesGradient: UnsafeMutablePointer<Float>
  ) {
    let last = layout.time - 1
    let space = Storage(count: trace.isNarrow ? 2 * layout.batchStateCount : 0)
    let previous =
      last > 0
      ? UnsafePointer(trace.cells.values(last - 1, space.address + layout.batchStateCount)) : initialCell
    // Narrow gates are widened to where their gradients will be.
    squall_gates_backward(
      step, trace.gates.values(last, gatesGradient), trace.cells.values(last, space.address), previous,
      lastHiddenGradient, sequenceGradient.map { $0 + last * layout.stateCount }, gradients.cell,
      cellGradientIsZero, gatesGradient)
    if trace.isNarrow { Precision.round(gatesGradient, count: layout.batchGateCount) }
  }
}
