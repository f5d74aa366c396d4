import CKernels

/// What an LSTM or ConvLSTM gives.
package struct RecurrentResult: Sendable {
  /// The hidden states of all steps `[batch, time, space…, units]`, if they were asked for.
  package let sequence: Tensor?
  /// The state after the last step.
  package let hidden: Tensor
  package let cell: Tensor
  /// What the gradient needs, if it was asked for.
  package let context: RecurrentContext?
}

/// What a forward pass keeps for its gradient: the operands, and for each step the activated gates and the states.
package struct RecurrentContext: Sendable {
  enum Saved: Sendable {
    case fast(GatedUnroll.Trace)
    case plain(PlainGatedSequence<Float>.Trace)
    case segments([SegmentedSequence.Segment])
  }

  private let input: KeptTensor
  private let others: RecurrentOperands
  private let states: KeptTensor?
  let saved: Saved

  init(operands: RecurrentOperands, sequence: Tensor?, saved: Saved) {
    input = KeptTensor(operands.input)
    others = operands.withInput(Tensor(0))
    states = sequence.map { KeptTensor($0) }
    self.saved = saved
  }

  var operands: RecurrentOperands { others.withInput(input.tensor) }
  /// All hidden states; `nil` where they are recomputed.
  var sequence: Tensor? { states?.tensor }
}

/// What goes into an LSTM or ConvLSTM. States that are `nil` are zero.
struct RecurrentOperands: Sendable {
  let input: Tensor
  let kernel: Tensor
  let recurrentKernel: Tensor
  let bias: Tensor?
  let initialHidden: Tensor?
  let initialCell: Tensor?

  func withInput(_ input: Tensor) -> RecurrentOperands {
    RecurrentOperands(
      input: input, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
      initialHidden: initialHidden, initialCell: initialCell)
  }
}

/// The cotangents of what went into an LSTM or ConvLSTM; those that were not asked for are `nil`.
package struct RecurrentGradients: Sendable {
  package let input: Tensor?
  package let kernel: Tensor
  package let recurrentKernel: Tensor
  package let bias: Tensor?
  package let initialHidden: Tensor?
  package let initialCell: Tensor?
}

/// The sizes of a recurrent operation with four gates, and its two linear maps.
protocol GatedGeometry: Sendable {
  var layout: GatedLayout { get }
  var inputShape: Shape { get }
  var kernelShape: Shape { get }
  var recurrentKernelShape: Shape { get }
  var biasShape: Shape { get }
  var stateShape: Shape { get }
  var sequenceShape: Shape { get }

  /// The same for another number of steps.
  func withTime(_ time: Int) -> Self
  func maps(
    kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>
  ) -> (input: any StepMap, recurrent: any StepMap)
  func plain<S: PlainScalar>(kernel: [S], recurrentKernel: [S]) -> PlainGatedSequence<S>
  /// The loop in the Winograd domain, where it is to do the work.
  ///
  /// - Parameter owners: the kernels' storage where they will be wanted again.
  func winograd(
    kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>, owners: [Storage]?
  ) -> WinogradConvLSTM?
  /// The loop over blocks of pixels, where kernels are one pixel and it is to do the work.
  func pointwise(
    kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>
  ) -> PointwiseConvLSTM?
}

extension GatedGeometry {
  func winograd(
    kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>, owners: [Storage]?
  ) -> WinogradConvLSTM? { nil }

  func pointwise(
    kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>
  ) -> PointwiseConvLSTM? { nil }
}

/// A whole sequence as one operation, between tensors and the loops.
enum GatedSequence {
  static func forward(
    _ operands: RecurrentOperands, _ geometry: some GatedGeometry, returningSequence: Bool,
    keepingContext: Bool, inSegments: Bool = Recomputation.use == .overTime
  ) -> RecurrentResult {
    check(operands, geometry)
    if keepingContext, inSegments, geometry.layout.time > 2 {
      return SegmentedSequence.forward(operands, geometry, returningSequence: returningSequence)
    }
    guard let step = geometry.layout.gateStep, Backend.current == .oneDNN else {
      return plainForward(
        operands, geometry, returningSequence: returningSequence, keepingContext: keepingContext)
    }
    let layout = geometry.layout
    let trace = keepingContext ? GatedUnroll.Trace(layout) : nil
    let hidden = Storage(count: layout.batchStateCount)
    let cell = Storage(count: layout.batchStateCount)
    // The backward pass reads the hidden states from the sequence.
    let sequence =
      returningSequence || keepingContext ? Storage(count: layout.time * layout.batchStateCount) : nil
    // A single step without a gradient is one of a stream: the same kernels will be back for the next frame.
    let streams = layout.time == 1 && !keepingContext
    withPointers(operands, geometry, step, keepsKernels: streams) { unroll, p in
      unroll.forward(
        input: p.input, bias: p.bias, initialHidden: p.initialHidden, initialCell: p.initialCell,
        sequence: sequence?.address, lastHidden: hidden.address, lastCell: cell.address, trace: trace)
    }
    if Precision.use == .bfloat16 {
      hidden.markAsBFloat16()
      sequence?.markAsBFloat16()
    }
    let states = sequence.map { Tensor(shape: geometry.sequenceShape, storage: $0) }
    return RecurrentResult(
      sequence: returningSequence ? states : nil, hidden: Tensor(shape: geometry.stateShape, storage: hidden),
      cell: Tensor(shape: geometry.stateShape, storage: cell),
      context: trace.map { RecurrentContext(operands: operands, sequence: states!, saved: .fast($0)) })
  }

  /// The cotangents of the operands from those of the results; `nil` counts as zero. With `usingUpContext` the
  /// context must not be used again.
  static func gradient(
    sequence: Tensor?, hidden: Tensor?, cell: Tensor?, _ context: RecurrentContext,
    _ geometry: some GatedGeometry, wantingInput: Bool, wantingInitialState: Bool, usingUpContext: Bool
  ) -> RecurrentGradients {
    require(sequence, "a cotangent of the sequence", of: geometry.sequenceShape)
    require(hidden, "a cotangent of the hidden state", of: geometry.stateShape)
    require(cell, "a cotangent of the cell state", of: geometry.stateShape)
    let operands = context.operands
    if case .segments(let segments) = context.saved {
      return SegmentedSequence.gradient(
        sequence: sequence, hidden: hidden, cell: cell, operands, segments, geometry,
        wantingInput: wantingInput, wantingInitialState: wantingInitialState)
    }
    guard case .fast(let trace) = context.saved, let step = geometry.layout.gateStep else {
      return plainGradient(
        sequence: sequence, hidden: hidden, cell: cell, context, geometry, wantingInput: wantingInput,
        wantingInitialState: wantingInitialState)
    }
    let kernel = Storage(count: geometry.kernelShape.count)
    let recurrentKernel = Storage(count: geometry.recurrentKernelShape.count)
    let bias = operands.bias.map { Storage(count: $0.count) }
    let input = wantingInput ? Storage(count: geometry.inputShape.count) : nil
    let dHidden = Storage(count: geometry.stateShape.count)
    let dCell = Storage(count: geometry.stateShape.count)
    let states = context.sequence
    withPointers(operands, geometry, step) { unroll, p in
      withOptionalPointers([sequence, hidden, cell, states]) { d in
        unroll.backward(
          input: p.input, sequence: d[3]!, initialHidden: p.initialHidden, initialCell: p.initialCell,
          trace: trace, sequenceGradient: d[0], lastHiddenGradient: d[1], lastCellGradient: d[2],
          into: GatedUnroll.Gradients(
            input: input?.address, kernel: kernel.address, recurrentKernel: recurrentKernel.address,
            bias: bias?.address, hidden: dHidden.address, cell: dCell.address,
            wantsInitialState: wantingInitialState, usesUpTrace: usingUpContext))
      }
    }
    return RecurrentGradients(
      input: input.map { Tensor(shape: geometry.inputShape, storage: $0) },
      kernel: Tensor(shape: geometry.kernelShape, storage: kernel),
      recurrentKernel: Tensor(shape: geometry.recurrentKernelShape, storage: recurrentKernel),
      bias: bias.map { Tensor(shape: geometry.biasShape, storage: $0) },
      initialHidden: wantingInitialState ? Tensor(shape: geometry.stateShape, storage: dHidden) : nil,
      initialCell: wantingInitialState ? Tensor(shape: geometry.stateShape, storage: dCell) : nil)
  }

  // MARK: The plain twin

  private static func plainForward(
    _ operands: RecurrentOperands, _ geometry: some GatedGeometry, returningSequence: Bool,
    keepingContext: Bool
  ) -> RecurrentResult {
    let layout = geometry.layout
    let plain = geometry.plain(
      kernel: operands.kernel.values, recurrentKernel: operands.recurrentKernel.values)
    let zeros = [Float](repeating: 0, count: layout.batchStateCount)
    let trace = plain.forward(
      PlainGatedSequence.steps(
        operands.input.values, batch: layout.batch, time: layout.time, goBackwards: layout.goBackwards),
      bias: operands.bias?.values, hidden: operands.initialHidden?.values ?? zeros,
      cell: operands.initialCell?.values ?? zeros)
    let sequence = Tensor(
      PlainGatedSequence.joined(Array(trace.hidden.dropFirst()), batch: layout.batch, goBackwards: false),
      shape: geometry.sequenceShape)
    return RecurrentResult(
      sequence: returningSequence ? sequence : nil,
      hidden: Tensor(trace.hidden.last!, shape: geometry.stateShape),
      cell: Tensor(trace.cells.last!, shape: geometry.stateShape),
      context: keepingContext
        ? RecurrentContext(operands: operands, sequence: sequence, saved: .plain(trace)) : nil)
  }

  private static func plainGradient(
    sequence: Tensor?, hidden: Tensor?, cell: Tensor?, _ context: RecurrentContext,
    _ geometry: some GatedGeometry, wantingInput: Bool, wantingInitialState: Bool
  ) -> RecurrentGradients {
    guard case .plain(let trace) = context.saved else { preconditionFailure("a context of another geometry") }
    let layout = geometry.layout
    let operands = context.operands
    let plain = geometry.plain(
      kernel: operands.kernel.values, recurrentKernel: operands.recurrentKernel.values)
    let gradients = plain.gradient(
      trace,
      sequence: sequence.map {
        PlainGatedSequence.steps($0.values, batch: layout.batch, time: layout.time, goBackwards: false)
      }, hidden: hidden?.values, cell: cell?.values)
    let dx = PlainGatedSequence.joined(
      gradients.inputs, batch: layout.batch, goBackwards: layout.goBackwards)
    return RecurrentGradients(
      input: wantingInput ? Tensor(dx, shape: geometry.inputShape) : nil,
      kernel: Tensor(gradients.kernel, shape: geometry.kernelShape),
      recurrentKernel: Tensor(gradients.recurrentKernel, shape: geometry.recurrentKernelShape),
      bias: operands.bias.map { _ in Tensor(gradients.bias, shape: geometry.biasShape) },
      initialHidden: wantingInitialState ? Tensor(gradients.hidden, shape: geometry.stateShape) : nil,
      initialCell: wantingInitialState ? Tensor(gradients.cell, shape: geometry.stateShape) : nil)
  }

  // MARK: Pointers

  private struct Pointers {
    let input: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    let initialHidden: UnsafePointer<Float>?
    let initialCell: UnsafePointer<Float>?
  }

  /// Operands of products are those that the precision in force wants.
  private static func withPointers(
    _ operands: RecurrentOperands, _ geometry: some GatedGeometry, _ step: squall_gate_step,
    keepsKernels: Bool = false, _ body: (GatedUnroll, Pointers) -> Void
  ) {
    withOptionalPointers([
      Precision.operand(operands.input), Precision.operand(operands.kernel),
      Precision.operand(operands.recurrentKernel), operands.bias,
      operands.initialHidden.map { Precision.operand($0) }, operands.initialCell,
    ]) { p in
      let maps = geometry.maps(kernel: p[1]!, recurrentKernel: p[2]!)
      let unroll = GatedUnroll(
        layout: geometry.layout, step: step, inputMap: maps.input, recurrentMap: maps.recurrent,
        winograd: geometry.winograd(
          kernel: p[1]!, recurrentKernel: p[2]!,
          owners: keepsKernels ? [operands.kernel.storage, operands.recurrentKernel.storage] : nil),
        pointwise: geometry.pointwise(kernel: p[1]!, recurrentKernel: p[2]!))
      body(unroll, Pointers(input: p[0]!, bias: p[3], initialHidden: p[4], initialCell: p[5]))
    }
  }

  /// The addresses of several tensors, valid within the closure.
  private static func withOptionalPointers(
    _ tensors: [Tensor?], _ body: ([UnsafePointer<Float>?]) -> Void
  ) {
    withExtendedLifetime(tensors) {
      body(tensors.map { $0.map { UnsafePointer($0.storage.address) } })
    }
  }

  private static func check(_ operands: RecurrentOperands, _ geometry: some GatedGeometry) {
    require(operands.input, "an input", of: geometry.inputShape)
    require(operands.kernel, "a kernel", of: geometry.kernelShape)
    require(operands.recurrentKernel, "a recurrent kernel", of: geometry.recurrentKernelShape)
    require(operands.bias, "a bias", of: geometry.biasShape)
    require(operands.initialHidden, "a hidden state", of: geometry.stateShape)
    require(operands.initialCell, "a cell state", of: geometry.stateShape)
  }
}
