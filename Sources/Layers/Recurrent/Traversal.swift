import Autodiff
import TensorCore

/// How the steps of a sequence are gone through.
public struct Traversal: Sendable {
  /// Whether time runs from the last step to the first; outputs then come in that order.
  public var backwards: Bool
  /// Which steps count, in the order of the input: `[batch, time]`, 0 for a step to be skipped; or for maps
  /// `[batch, time, space…]`, 0 for a pixel to be skipped.
  public var mask: Tensor?
  /// Whether the output of a skipped step is zero, and not the output before it.
  public var zeroOutputForMask: Bool
  /// Whether only the last output is asked for. A cell without a mask may then give that one alone, as a sequence of
  /// one step, and need not keep the others.
  public var lastOutputOnly: Bool

  public init(
    backwards: Bool = false, mask: Tensor? = nil, zeroOutputForMask: Bool = false,
    lastOutputOnly: Bool = false
  ) {
    self.lastOutputOnly = lastOutputOnly
    self.backwards = backwards
    self.mask = mask
    self.zeroOutputForMask = zeroOutputForMask
  }

  /// Goes from state to state by `next`, which gets the number of the step. A skipped step leaves the state
  /// as it is and repeats the output before it (zeros at the beginning), or is zero.
  func run<State: RecurrentState>(
    steps: Int, from state: State, _ next: (Int, State) throws -> State
  ) rethrows -> (outputs: Tensor, last: State) {
    var state = state
    var outputs: [Tensor] = []
    for t in backwards ? Array((0..<steps).reversed()) : Array(0..<steps) {
      let advanced = try next(t, state)
      guard let mask else {
        state = advanced
        if lastOutputOnly { outputs.removeAll() }
        outputs.append(state.output)
        continue
      }
      let counts = Movement.slice(mask, axis: 1, t..<t + 1)
      let axes = [mask.shape[0]] + mask.shape.dimensions.dropFirst(2)
      func chosen(_ new: Tensor, _ old: Tensor) -> Tensor {
        let column = Shape(axes + [Int](repeating: 1, count: new.rank - axes.count))
        return .selected(where: counts.viewed(as: column), new, otherwise: old)
      }
      let before = zeroOutputForMask ? nil : outputs.last
      outputs.append(chosen(advanced.output, before ?? .zeros(advanced.output.shape)))
      state = State(tensors: zip(advanced.tensors, state.tensors).map(chosen))
    }
    return (Tensor.stacked(outputs, axis: 1), state)
  }
}
