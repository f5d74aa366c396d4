import Autodiff
import TensorCore

/// What all recurrent layers share: a cell, applied along axis 1, and what of it is returned.
///
/// Inputs: the sequence `[batch, time, …]`, optionally followed by the initial state. Outputs: the last output
/// `[batch, …]` or all of them `[batch, time, …]`, followed by the last state with `returnState`.
public protocol RecurrentLayer: Layer {
  associatedtype Cell: RecurrentCell

  var cell: Cell { get set }
  /// Whether all outputs are returned and not only the last one.
  var returnSequences: Bool { get }
  /// Whether the last state is returned after the output.
  var returnState: Bool { get }
  /// Whether time runs from the last step to the first; outputs then come in that order.
  var goBackwards: Bool { get }
  /// How many axes a sequence has.
  static var inputRank: Int { get }
  /// Those axes by name.
  static var inputAxes: String { get }

  init(cell: Cell, returnSequences: Bool, returnState: Bool, goBackwards: Bool)
}

extension RecurrentLayer {
  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try cell.visitParameters(visit)
  }

  private func oneStep(_ sequence: SymbolicShape) -> SymbolicShape {
    var step = sequence
    step.dimensions.remove(at: 1)
    return step
  }

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    guard inputs.count == 1 || inputs.count == 1 + Cell.State.count else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName,
        expected: "a sequence, alone or with \(Cell.State.count) tensors of initial state",
        received: "\(inputs.count) inputs", remedy: "Give the whole state or none of it.")
    }
    try requireRank(Self.inputRank, inputs[0], axes: Self.inputAxes)
    let output = try cell.outputShape(for: oneStep(inputs[0]))
    for state in inputs.dropFirst() {
      let fits =
        state.rank == output.rank
        && zip(state.dimensions, output.dimensions).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
      guard fits else {
        throw ShapeError(
          .wrongLength, in: Self.typeName, expected: "an initial state of shape \(output)",
          received: "\(state)", remedy: "The state has the shape of one output of the layer.")
      }
    }
    var sequence = output
    sequence.dimensions.insert(inputs[0][1], at: 1)
    return [returnSequences ? sequence : output]
      + (returnState ? [SymbolicShape](repeating: output, count: Cell.State.count) : [])
  }

  public func parameterSpecifications(for inputs: [SymbolicShape]) throws -> [ParameterSpecification] {
    try requireRank(Self.inputRank, inputs[0], axes: Self.inputAxes)
    return try cell.parameterSpecifications(for: oneStep(inputs[0]))
  }

  public func operations(for inputs: [SymbolicShape]) throws -> Int? {
    guard let steps = inputs[0][1], let each = try cell.operations(for: oneStep(inputs[0])) else {
      return nil
    }
    return steps * each
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    _ = try outputShapes(for: inputs.map { SymbolicShape($0.shape) })
    let state = inputs.count > 1 ? Cell.State(tensors: Array(inputs.dropFirst())) : nil
    let (outputs, last) = try cell.sequence(
      inputs[0], from: state, backwards: goBackwards, context: &context)
    return [returnSequences ? outputs : last.output] + (returnState ? last.tensors : [])
  }

  /// One step: the output for one input `[batch, …]` without a time axis, and the state to go on from.
  /// Feeding a sequence step by step gives the outputs of the whole sequence.
  ///
  /// - Parameters:
  ///   - input: `[batch, …]`, without a time axis.
  ///   - state: The state of the step before; `nil` for the first.
  /// - Throws: `ShapeError` if input or state do not fit.
  public func step(
    _ input: Tensor, _ state: Cell.State? = nil
  ) throws -> (output: Tensor, state: Cell.State) {
    var sequence = SymbolicShape(input.shape)
    sequence.dimensions.insert(1, at: min(1, sequence.rank))
    _ = try outputShapes(for: [sequence] + (state?.tensors.map { SymbolicShape($0.shape) } ?? []))
    var context = Context.inference
    let next = try cell.step(
      input, state ?? cell.initialState(for: input), context: &context)
    return (next.output, next)
  }

  /// The outputs of a sequence and its last state, from an initial state.
  ///
  /// - Throws: `ShapeError` if sequence or state do not fit.
  public func sequence(
    _ input: Tensor, from state: Cell.State? = nil
  ) throws -> (outputs: Tensor, state: Cell.State) {
    _ = try outputShapes(
      for: [SymbolicShape(input.shape)] + (state?.tensors.map { SymbolicShape($0.shape) } ?? []))
    var context = Context.inference
    let (outputs, last) = try cell.sequence(input, from: state, backwards: goBackwards, context: &context)
    return (outputs, last)
  }
}

/// The options that Keras writes for every recurrent layer.
enum RecurrentKeys: String, CodingKey {
  case returnSequences = "return_sequences"
  case returnState = "return_state"
  case goBackwards = "go_backwards"
}

extension RecurrentLayer {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: RecurrentKeys.self)
    self.init(
      cell: try Cell(from: decoder),
      returnSequences: try options.value(.returnSequences, default: false),
      returnState: try options.value(.returnState, default: false),
      goBackwards: try options.value(.goBackwards, default: false))
  }

  public func encode(to encoder: any Encoder) throws {
    try cell.encode(to: encoder)
    var options = encoder.container(keyedBy: RecurrentKeys.self)
    try options.encode(returnSequences, forKey: .returnSequences)
    try options.encode(returnState, forKey: .returnState)
    try options.encode(goBackwards, forKey: .goBackwards)
  }
}
