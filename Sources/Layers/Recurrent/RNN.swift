import Autodiff
import TensorCore

/// A recurrent layer around a cell of any kind, or around several on top of each other: input `[batch, time,
/// …]`, output `[batch, …]` or, with `returnSequences`, `[batch, time, …]`.
public struct RNN: RecurrentLayer {
  public static let typeName = "RNN"

  public var cell: AnyRecurrentCell
  public var options: RecurrentOptions
  public var states: [Parameter] = []

  /// A layer around one cell.
  public init(
    _ cell: some RecurrentCell, returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, stateful: Bool = false
  ) {
    self.init(
      cell: AnyRecurrentCell(cell),
      options: RecurrentOptions(
        returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
        stateful: stateful))
  }

  /// A layer around a stack of cells, the lowest first.
  public init(
    _ cells: [any RecurrentCell], returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, stateful: Bool = false
  ) {
    self.init(
      StackedRNNCells(cells), returnSequences: returnSequences, returnState: returnState,
      goBackwards: goBackwards, stateful: stateful)
  }

  public init(cell: AnyRecurrentCell, options: RecurrentOptions) {
    self.cell = cell
    self.options = options
  }
}
