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
    _ input: Tensor, from state: State?, _ traversal: Traversal, context: inout Context
  ) throws -> (outputs: Tensor, last: State)

  /// The shape of one output for the shape of one input (without a time axis).
  func outputShape(for input: SymbolicShape) throws -> SymbolicShape

  /// The shapes of the tensors of a state.
  func stateShapes(for input: SymbolicShape) throws -> [SymbolicShape]

  /// How many tensors a state has.
  var stateCount: Int { get }

  /// The parameters for one input of this shape (without a time axis).
  func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification]

  /// Floating-point operations of one step of one sample.
  func operations(for input: SymbolicShape) throws -> Int?

  /// The axes of one input after the batch, by name.
  var inputAxes: [String] { get }

  /// The name by which files know the cell: Keras' class name.
  static var typeName: String { get }
}

extension RecurrentCell {
  public static var typeName: String { String(describing: Self.self) }

  public var inputAxes: [String] { ["channels"] }

  public func stateShapes(for input: SymbolicShape) throws -> [SymbolicShape] {
    [SymbolicShape](repeating: try outputShape(for: input), count: stateCount)
  }

  public func operations(for input: SymbolicShape) throws -> Int? { nil }

  /// Applies the cell step by step: the plain way that every cell has.
  public func unroll(
    _ input: Tensor, from state: State?, _ traversal: Traversal, context: inout Context
  ) throws -> (outputs: Tensor, last: State) {
    let inputs = input.unstacked(axis: 1)
    return try traversal.run(steps: inputs.count, from: state ?? initialState(for: inputs[0])) { t, state in
      try step(inputs[t], state, context: &context)
    }
  }

  public func sequence(
    _ input: Tensor, from state: State?, _ traversal: Traversal, context: inout Context
  ) throws -> (outputs: Tensor, last: State) {
    try unroll(input, from: state, traversal, context: &context)
  }
}

extension RecurrentCell where State == LSTMState {
  public var stateCount: Int { 2 }
}

extension RecurrentCell where State == HiddenState {
  public var stateCount: Int { 1 }
}
