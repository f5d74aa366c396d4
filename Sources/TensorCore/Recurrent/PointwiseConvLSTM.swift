import CKernels

/// A ConvLSTM with kernels of one pixel and stride 1, whose blocks of pixels go through all steps at once. Its twin
/// is `GatedUnroll`'s loop over time.
struct PointwiseConvLSTM {
  private let layout: GatedLayout
  private let kernel: UnsafePointer<Float>
  private let recurrentKernel: UnsafePointer<Float>
  private let lstm: squall_pointwise_lstm

  /// `nil` where the loop over time is to do the work.
  init?(
    _ geometry: ConvLSTMGeometry, kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>
  ) {
    let (input, recurrent) = (geometry.inputConvolution, geometry.recurrentConvolution)
    let layout = geometry.layout
    guard Backend.current == .oneDNN, squall_pointwise_available(), let step = layout.gateStep,
      layout.batch > 0, input.inputChannels > 0,
      (input.kernelSize + recurrent.kernelSize + input.strides).allSatisfy({ $0 == 1 })
    else { return nil }
    self.layout = layout
    self.kernel = kernel
    self.recurrentKernel = recurrentKernel
    lstm = squall_pointwise_lstm(
      batch: Int64(layout.batch), time: Int64(layout.time), positions: Int64(layout.positions),
      input_channels: Int64(input.inputChannels), filters: Int64(layout.units), activation: step.activation,
      recurrent_activation: step.recurrent_activation, goes_backwards: layout.goBackwards,
      threads: Int32(ThreadTeam.count))
  }

  /// As `GatedUnroll.forward`.
  func forward(
    input: UnsafePointer<Float>, bias: UnsafePointer<Float>?, initialHidden: UnsafePointer<Float>?,
    initialCell: UnsafePointer<Float>?, sequence: UnsafeMutablePointer<Float>?,
    lastHidden: UnsafeMutablePointer<Float>, lastCell: UnsafeMutablePointer<Float>, trace: GatedUnroll.Trace?
  ) {
    let workspace = Storage(bytes: squall_pointwise_forward_bytes(lstm))
    let pass = squall_pointwise_forward_pass(
      input: input, weights: kernel, recurrent_weights: recurrentKernel, bias: bias,
      initial_hidden: initialHidden, initial_cell: initialCell, gates: trace?.gates.bytes(0),
      cells: trace?.cells.bytes(0), narrow: Precision.use == .bfloat16,
      sequence: sequence, last_hidden: lastHidden, last_cell: lastCell)
    squall_pointwise_forward(lstm, pass, workspace.address)
  }

  /// As `GatedUnroll.backward`.
  func backward(
    input: UnsafePointer<Float>, sequence: UnsafePointer<Float>, initialHidden: UnsafePointer<Float>?,
    initialCell: UnsafePointer<Float>?, trace: GatedUnroll.Trace, sequenceGradient: UnsafePointer<Float>?,
    lastHiddenGradient: UnsafePointer<Float>?, lastCellGradient: UnsafePointer<Float>?,
    into gradients: GatedUnroll.Gradients
  ) {
    let workspace = Storage(bytes: squall_pointwise_backward_bytes(lstm))
    let wantsState = gradients.wantsInitialState
    let pass = squall_pointwise_backward_pass(
      input: input, weights: kernel, recurrent_weights: recurrentKernel, initial_hidden: initialHidden,
      initial_cell: initialCell, gates: trace.gates.bytes(0), cells: trace.cells.bytes(0),
      narrow: trace.isNarrow, sequence: sequence,
      sequence_gradient: sequenceGradient, last_hidden_gradient: lastHiddenGradient,
      last_cell_gradient: lastCellGradient, input_gradient: gradients.input,
      weights_gradient: gradients.kernel, recurrent_gradient: gradients.recurrentKernel,
      bias_gradient: gradients.bias, hidden_gradient: wantsState ? gradients.hidden : nil,
      cell_gradient: wantsState ? gradients.cell : nil)
    squall_pointwise_backward(lstm, pass, workspace.address)
  }
}
