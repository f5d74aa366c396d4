import Autodiff
import TensorCore

/// A state of any cell: its tensors.
public struct AnyRecurrentState: RecurrentState {
  public var tensors: [Tensor]
  public var output: Tensor

  public init(tensors: [Tensor]) { self.init(tensors: tensors, output: tensors[0]) }

  init(tensors: [Tensor], output: Tensor) {
    self.tensors = tensors
    self.output = output
  }
}

/// A cell of any type, as `RNN` holds it.
public struct AnyRecurrentCell: RecurrentCell {
  public var base: any RecurrentCell

  public init(_ base: any RecurrentCell) { self.base = base }

  public var inputAxes: [String] { base.inputAxes }
  public var stateCount: Int { base.stateCount }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try base.visitParameters(visit)
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try base.outputShape(for: input)
  }

  public func stateShapes(for input: SymbolicShape) throws -> [SymbolicShape] {
    try base.stateShapes(for: input)
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    try base.parameterSpecifications(for: input)
  }

  public func operations(for input: SymbolicShape) throws -> Int? { try base.operations(for: input) }

  public func initialState(for input: Tensor) throws -> AnyRecurrentState {
    AnyRecurrentState(try base.initialState(for: input))
  }

  public func step(
    _ input: Tensor, _ state: AnyRecurrentState, context: inout Context
  ) throws -> AnyRecurrentState {
    func open<Cell: RecurrentCell>(_ cell: Cell, _ context: inout Context) throws -> AnyRecurrentState {
      AnyRecurrentState(try cell.step(input, Cell.State(tensors: state.tensors), context: &context))
    }
    return try open(base, &context)
  }

  public func sequence(
    _ input: Tensor, from state: AnyRecurrentState?, _ traversal: Traversal, context: inout Context
  ) throws -> (outputs: Tensor, last: AnyRecurrentState) {
    func open<Cell: RecurrentCell>(
      _ cell: Cell, _ context: inout Context
    ) throws -> (outputs: Tensor, last: AnyRecurrentState) {
      let (outputs, last) = try cell.sequence(
        input, from: state.map { Cell.State(tensors: $0.tensors) }, traversal, context: &context)
      return (outputs, AnyRecurrentState(last))
    }
    return try open(base, &context)
  }
}

extension AnyRecurrentState {
  init(_ state: some RecurrentState) { self.init(tensors: state.tensors, output: state.output) }
}

extension AnyRecurrentCell {
  private enum CodingKeys: String, CodingKey { case cell }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try options.decode(RecurrentCellRecord.self, forKey: .cell).cell)
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(RecurrentCellRecord(base), forKey: .cell)
  }
}
