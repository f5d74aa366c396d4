import TensorCore

extension Tensor {
  /// An LSTM over a whole sequence `[batch, time, channels]` as one operation with its own way back: the hidden
  /// states of all steps `[batch, time, units]`, `nil` if they are not asked for, and the last state. See
  /// `LSTMSequence` for the equations.
  ///
  /// - Throws: `ShapeError` if kernels, state and sequence do not fit together.
  public func lstmSequence(
    kernel: Tensor, recurrentKernel: Tensor, bias: Tensor?, initialState: (hidden: Tensor, cell: Tensor)?,
    activation: Activation, recurrentActivation: Activation, goBackwards: Bool, returningSequence: Bool = true
  ) throws -> (sequence: Tensor?, hidden: Tensor, cell: Tensor) {
    let geometry = try LSTMGeometry(
      input: shape, kernel: kernel.shape, recurrentKernel: recurrentKernel.shape, activation: activation,
      recurrentActivation: recurrentActivation, goBackwards: goBackwards)
    return gatedSequence(kernel, recurrentKernel, bias, initialState) { isRecording in
      LSTMSequence.forward(
        detached, kernel: kernel.detached, recurrentKernel: recurrentKernel.detached, bias: bias?.detached,
        initialHidden: initialState?.hidden.detached, initialCell: initialState?.cell.detached, geometry,
        returningSequence: returningSequence, keepingContext: isRecording)
    } gradient: { cotangents, context, wantsInput, wantsState in
      LSTMSequence.gradient(
        sequence: cotangents[0], hidden: cotangents[1], cell: cotangents[2], context: context, geometry,
        wantingInput: wantsInput, wantingInitialState: wantsState, usingUpContext: true)
    }
  }

  /// A ConvLSTM over a whole sequence `[batch, time, spatial…, channels]` as one operation with its own way
  /// back: the hidden states of all steps, `nil` if they are not asked for, and the last state. See
  /// `ConvLSTMSequence` for the equations.
  ///
  /// - Throws: `ShapeError` if kernels, state and sequence do not fit together.
  public func convLSTMSequence(
    kernel: Tensor, recurrentKernel: Tensor, bias: Tensor?, initialState: (hidden: Tensor, cell: Tensor)?,
    options: ConvLSTMOptions, returningSequence: Bool = true
  ) throws -> (sequence: Tensor?, hidden: Tensor, cell: Tensor) {
    let geometry = try ConvLSTMGeometry(
      input: shape, kernel: kernel.shape, recurrentKernel: recurrentKernel.shape, options: options)
    return gatedSequence(kernel, recurrentKernel, bias, initialState) { isRecording in
      ConvLSTMSequence.forward(
        detached, kernel: kernel.detached, recurrentKernel: recurrentKernel.detached, bias: bias?.detached,
        initialHidden: initialState?.hidden.detached, initialCell: initialState?.cell.detached, geometry,
        returningSequence: returningSequence, keepingContext: isRecording)
    } gradient: { cotangents, context, wantsInput, wantsState in
      ConvLSTMSequence.gradient(
        sequence: cotangents[0], hidden: cotangents[1], cell: cotangents[2], context: context, geometry,
        wantingInput: wantsInput, wantingInitialState: wantsState, usingUpContext: true)
    }
  }

  private func gatedSequence(
    _ kernel: Tensor, _ recurrentKernel: Tensor, _ bias: Tensor?,
    _ initialState: (hidden: Tensor, cell: Tensor)?,
    forward: (_ isRecording: Bool) -> RecurrentResult,
    gradient:
      @escaping @Sendable (
        _ cotangents: [Tensor?], _ context: RecurrentContext, _ wantsInput: Bool, _ wantsState: Bool
      ) -> RecurrentGradients
  ) -> (sequence: Tensor?, hidden: Tensor, cell: Tensor) {
    let state = initialState.map { [$0.hidden, $0.cell] } ?? []
    let inputs = [self, kernel, recurrentKernel] + (bias.map { [$0] } ?? []) + state
    let isRecording = inputs.contains(where: \.isTracked)
    let result = forward(isRecording)
    let sequence = result.sequence.map { [$0] } ?? []
    guard isRecording, let context = result.context else {
      return (result.sequence, result.hidden, result.cell)
    }
    let (wantsInput, hasBias, hasState) = (isTracked, bias != nil, initialState != nil)
    let returnsSequence = !sequence.isEmpty
    // The tape asks once, so the gradient may use up what the forward pass kept.
    let outputs = recorded(sequence + [result.hidden, result.cell], from: inputs) { cotangents in
      let gradients = gradient(
        returnsSequence ? cotangents : [nil] + cotangents, context, wantsInput, hasState)
      return [gradients.input, gradients.kernel, gradients.recurrentKernel]
        + (hasBias ? [gradients.bias] : [])
        + (hasState ? [gradients.initialHidden, gradients.initialCell] : [])
    }
    return (returnsSequence ? outputs[0] : nil, outputs[sequence.count], outputs[sequence.count + 1])
  }
}
