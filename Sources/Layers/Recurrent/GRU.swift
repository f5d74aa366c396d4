import Autodiff
import TensorCore

/// A gated recurrent unit over vectors: input `[batch, time, channels]`, output `[batch, units]` or, with
/// `returnSequences`, `[batch, time, units]`. See `GRUCell` for the equations.
public struct GRU: RecurrentLayer {
  public static let typeName = "GRU"

  public var cell: GRUCell
  public var options: RecurrentOptions
  public var states: [Parameter] = []

  public init(
    units: Int, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, resetAfter: Bool = true, dropout: Float = 0, recurrentDropout: Float = 0,
    returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
    stateful: Bool = false
  ) {
    self.init(
      cell: GRUCell(
        units: units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
        resetAfter: resetAfter, dropout: dropout, recurrentDropout: recurrentDropout),
      options: RecurrentOptions(
        returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
        stateful: stateful))
  }

  /// The layer around a cell.
  public init(cell: GRUCell, options: RecurrentOptions) {
    self.cell = cell
    self.options = options
  }
}
