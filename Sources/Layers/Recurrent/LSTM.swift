import Autodiff
import TensorCore

/// A long short-term memory over vectors: input `[batch, time, channels]`, output `[batch, units]` or, with
/// `returnSequences`, `[batch, time, units]`. See `LSTMCell` for the equations.
public struct LSTM: RecurrentLayer {
  public static let typeName = "LSTM"

  public var cell: LSTMCell
  public var options: RecurrentOptions
  public var states: [Parameter] = []

  public init(
    units: Int, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, unitForgetBias: Bool = true, dropout: Float = 0, recurrentDropout: Float = 0,
    layerNormalization: Bool = false, returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, stateful: Bool = false
  ) {
    self.init(
      cell: LSTMCell(
        units: units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
        unitForgetBias: unitForgetBias, dropout: dropout, recurrentDropout: recurrentDropout,
        layerNormalization: layerNormalization),
      options: RecurrentOptions(
        returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
        stateful: stateful))
  }

  /// The layer around a cell.
  public init(cell: LSTMCell, options: RecurrentOptions) {
    self.cell = cell
    self.options = options
  }
}
