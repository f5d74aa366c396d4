import Autodiff
import TensorCore

/// One step of a recurrent layer: from an input and a state to the next state.
///
/// A cell is all that a new recurrent layer has to define; `unroll` applies it to a sequence, and a cell that
/// knows a faster way overrides `sequence`.
public protocol RecurrentCell: Parameterized, Codable {
  /// What the cell carries from step to step.
  associatedtype State: RecurrentState

  /// The state before the first step for such an input (one step, without a time axis).
  func initialState(for input: Tensor) throws -> State

  /// The next state; its `output` is the output of the step.
  ///
  /// - Throws: `ShapeError` if input or state do not fit the cell.
  func step(_ input: Tensor, _ state: State, context: inout Context) throws -> State

  /// The outputs of all steps along axis 1 of `input`, in the order of computation, and the last state.
  func sequence(
    _ input: Tensor, from state: State?, backwards: Bool, context: inout Context
  ) throws -> (outputs: Tensor, last: State)

  /// The shape of one output for the shape of one input (without a time axis).
  func outputShape(for input: SymbolicShape) throws -> SymbolicShape

  /// The parameters for one input of this shape (without a time axis).
  func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification]

  /// Floating-point operations of one step of one sample.
  func operations(for input: SymbolicShape) throws -> Int?

  /// The name of the layer that the cell serves, for errors.
  static var layerName: String { get }
}

/// The state of a recurrent cell, as the list of tensors that enters and leaves a layer.
public protocol RecurrentState: Sendable {
  /// The tensors of the state, the output first.
  var tensors: [Tensor] { get }
  /// The state from its tensors, as many as `tensors` has.
  init(tensors: [Tensor])
  /// How many tensors a state has.
  static var count: Int { get }
}

extension RecurrentState {
  /// What the layer passes on from this step.
  public var output: Tensor { tensors[0] }
}

extension RecurrentCell {
  /// Applies the cell step by step: the plain way that every cell has.
  public func unroll(
    _ input: Tensor, from state: State?, backwards: Bool, context: inout Context
  ) throws -> (outputs: Tensor, last: State) {
    let steps = input.shape[1]
    var state = try state ?? initialState(for: input.entry(0, axis: 1))
    var outputs: [Tensor] = []
    for t in backwards ? Array((0..<steps).reversed()) : Array(0..<steps) {
      state = try step(input.entry(t, axis: 1), state, context: &context)
      outputs.append(state.output)
    }
    return (Tensor.stacked(outputs, axis: 1), state)
  }

  public func sequence(
    _ input: Tensor, from state: State?, backwards: Bool, context: inout Context
  ) throws -> (outputs: Tensor, last: State) {
    try unroll(input, from: state, backwards: backwards, context: &context)
  }
}

/// The state of an LSTM or ConvLSTM: hidden state h and cell state c, both of the shape of one output.
public struct LSTMState: RecurrentState {
  /// h, which is also the output.
  public var hidden: Tensor
  /// c, the memory.
  public var cell: Tensor

  public init(hidden: Tensor, cell: Tensor) {
    self.hidden = hidden
    self.cell = cell
  }

  public init(tensors: [Tensor]) { self.init(hidden: tensors[0], cell: tensors[1]) }

  public var tensors: [Tensor] { [hidden, cell] }

  public static let count = 2
}
