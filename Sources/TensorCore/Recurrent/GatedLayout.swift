import CKernels

/// What an LSTM and a ConvLSTM have in common: a state of `positions` × `units` values for each sample, and four
/// gates for each of them in the order i, f, c, o.
///
/// An LSTM is the case of one position.
struct GatedLayout: Hashable, Sendable {
  let batch: Int
  let time: Int
  /// Space positions of one sample's state.
  let positions: Int
  let units: Int
  /// Values of one sample's input at one time step.
  let inputCount: Int
  let activation: Activation
  let recurrentActivation: Activation
  let goBackwards: Bool

  /// Values of one sample's state.
  var stateCount: Int { positions * units }
  /// Values of the whole batch's state, and of its gates.
  var batchStateCount: Int { batch * stateCount }
  var batchGateCount: Int { 4 * batchStateCount }
  var batchInputCount: Int { batch * inputCount }

  /// The input's time index at a step of the unrolled loop.
  func timeIndex(_ step: Int) -> Int { goBackwards ? time - 1 - step : step }

  /// One step in the kernels' terms; `nil` where they lack an activation.
  var gateStep: squall_gate_step? {
    guard let activation = activation.vectorFunction, let recurrent = recurrentActivation.vectorFunction
    else { return nil }
    return squall_gate_step(
      rows: Int64(batch * positions), units: Int64(units), activation: activation,
      recurrent_activation: recurrent, rows_per_sample: Int64(positions),
      sample_stride: Int64(time * stateCount))
  }
}
