import TensorCore

/// A long short-term memory over vectors: input `[batch, time, channels]`, output `[batch, units]` or, with
/// `returnSequences`, `[batch, time, units]`. See `LSTMCell` for the equations.
public struct LSTM: RecurrentLayer {
  public static let typeName = "LSTM"
  public static let inputRank = 3
  public static let inputAxes = "[batch, time, channels]"

  public var cell: LSTMCell
  public var returnSequences: Bool
  public var returnState: Bool
  public var goBackwards: Bool

  public init(
    units: Int, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, unitForgetBias: Bool = true, returnSequences: Bool = false,
    returnState: Bool = false, goBackwards: Bool = false
  ) {
    cell = LSTMCell(
      units: units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
      unitForgetBias: unitForgetBias)
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
  }

  /// The layer around a cell.
  public init(cell: LSTMCell, returnSequences: Bool, returnState: Bool, goBackwards: Bool) {
    self.cell = cell
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
  }
}
