/// A sequence that is gone through in segments of some steps, each a sequence of its own that starts from the state
/// in which the one before it ended. In the backward pass one segment at a time lies in memory.
enum SegmentedSequence {
  /// One segment as the forward pass leaves it.
  struct Segment: Sendable {
    /// Its steps, in the order in which they are taken.
    let steps: Range<Int>
    /// The state before its first step; `nil` is zero.
    let hidden: Tensor?
    let cell: Tensor?
  }

  /// The segments of a sequence, of about the same length, none shorter than `length`.
  static func ranges(time: Int, length: Int) -> [Range<Int>] {
    let count = max(1, time / length)
    return (0..<count).map { $0 * time / count..<($0 + 1) * time / count }
  }

  static func forward(
    _ operands: RecurrentOperands, _ geometry: some GatedGeometry, returningSequence: Bool
  ) -> RecurrentResult {
    let layout = geometry.layout
    let ranges = ranges(time: layout.time, length: Recomputation.segmentLength(layout.time))
    var segments: [Segment] = []
    var hidden = operands.initialHidden
    var cell = operands.initialCell
    let sequence = returningSequence ? Storage(count: layout.time * layout.batchStateCount) : nil
    for steps in ranges {
      segments.append(Segment(steps: steps, hidden: hidden, cell: cell))
      let result = GatedSequence.forward(
        operands.segment(input: inputs(steps, of: operands.input, layout), hidden: hidden, cell: cell),
        geometry.withTime(steps.count), returningSequence: returningSequence, keepingContext: false)
      hidden = result.hidden
      cell = result.cell
      if let sequence, let part = result.sequence {
        copy(part, to: sequence.address, at: steps.lowerBound, of: layout.time, batch: layout.batch)
      }
    }
    return RecurrentResult(
      sequence: sequence.map { Tensor(shape: geometry.sequenceShape, storage: $0) }, hidden: hidden!,
      cell: cell!,
      context: RecurrentContext(operands: operands, sequence: nil, saved: .segments(segments)))
  }

  static func gradient(
    sequence: Tensor?, hidden: Tensor?, cell: Tensor?, _ operands: RecurrentOperands, _ segments: [Segment],
    _ geometry: some GatedGeometry, wantingInput: Bool, wantingInitialState: Bool
  ) -> RecurrentGradients {
    let layout = geometry.layout
    let input = wantingInput ? Storage(count: geometry.inputShape.count) : nil
    var (hidden, cell) = (hidden, cell)
    var kernel: Tensor?
    var recurrentKernel: Tensor?
    var bias: Tensor?
    for segment in segments.reversed() {
      let steps = segment.steps
      let part = geometry.withTime(steps.count)
      let context = GatedSequence.forward(
        operands.segment(
          input: inputs(steps, of: operands.input, layout), hidden: segment.hidden, cell: segment.cell),
        part, returningSequence: false, keepingContext: true, inSegments: false
      ).context!
      let gradients = GatedSequence.gradient(
        sequence: sequence.map { Movement.slice($0, axis: 1, steps) }, hidden: hidden, cell: cell, context,
        part, wantingInput: wantingInput, wantingInitialState: steps.lowerBound > 0 || wantingInitialState,
        usingUpContext: true)
      (hidden, cell) = (gradients.initialHidden, gradients.initialCell)
      add(gradients.kernel, to: &kernel)
      add(gradients.recurrentKernel, to: &recurrentKernel)
      if let more = gradients.bias { add(more, to: &bias) }
      if let input, let dx = gradients.input {
        copy(
          dx, to: input.address, at: timeIndices(steps, layout).lowerBound, of: layout.time,
          batch: layout.batch)
      }
    }
    return RecurrentGradients(
      input: input.map { Tensor(shape: geometry.inputShape, storage: $0) }, kernel: kernel!,
      recurrentKernel: recurrentKernel!, bias: bias, initialHidden: wantingInitialState ? hidden : nil,
      initialCell: wantingInitialState ? cell : nil)
  }

  /// Where the inputs of some steps lie along time.
  private static func timeIndices(_ steps: Range<Int>, _ layout: GatedLayout) -> Range<Int> {
    layout.goBackwards ? layout.time - steps.upperBound..<layout.time - steps.lowerBound : steps
  }

  private static func inputs(_ steps: Range<Int>, of input: Tensor, _ layout: GatedLayout) -> Tensor {
    Movement.slice(input, axis: 1, timeIndices(steps, layout))
  }

  /// Copies `[batch, some steps, …]` into `[batch, time, …]` from step `start` on.
  private static func copy(
    _ part: Tensor, to target: UnsafeMutablePointer<Float>, at start: Int, of time: Int, batch: Int
  ) {
    let count = part.count / batch
    let each = count / part.shape[1]
    part.withUnsafeValues { part in
      for sample in 0..<batch {
        (target + (sample * time + start) * each).update(
          from: part.baseAddress! + sample * count, count: count)
      }
    }
  }

  private static func add(_ part: Tensor, to sum: inout Tensor?) {
    sum = sum.map { Elementwise.map($0, part) { $0 + $1 } } ?? part
  }
}

extension RecurrentOperands {
  /// The same kernels on a part of the sequence.
  fileprivate func segment(input: Tensor, hidden: Tensor?, cell: Tensor?) -> RecurrentOperands {
    RecurrentOperands(
      input: input, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, initialHidden: hidden,
      initialCell: cell)
  }
}
