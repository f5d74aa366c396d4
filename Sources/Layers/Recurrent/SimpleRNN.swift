import Autodiff
import TensorCore

/// A simple recurrent network over vectors: input `[batch, time, channels]`, output `[batch, units]` or, with
/// `returnSequences`, `[batch, time, units]`. See `SimpleRNNCell` for the equation.
public struct SimpleRNN: RecurrentLayer {
  public static let typeName = "SimpleRNN"

  public var cell: SimpleRNNCell
  public var options: RecurrentOptions
  public var states: [Parameter] = []

  public init(
    units: Int, activation: Activation = .tanh, useBias: Bool = true, dropout: Float = 0,
    recurrentDropout: Float = 0, returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, stateful: Bool = false
  ) {
    self.init(
      cell: SimpleRNNCell(
        units: units, activation: activation, useBias: useBias, dropout: dropout,
        recurrentDropout: recurrentDropout),
      options: RecurrentOptions(
        returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
        stateful: stateful))
  }

  /// The layer around a cell.
  public init(cell: SimpleRNNCell, options: RecurrentOptions) {
    self.cell = cell
    self.options = options
  }
}
