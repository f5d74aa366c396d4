import Autodiff
import TensorCore

/// Cells on top of each other as one: the output of each is the input of the next, within every step. The
/// state is that of all cells, from the lowest to the highest.
///
/// As nothing flows down again, a sequence is computed cell by cell, each by its fastest way.
public struct StackedRNNCells: RecurrentCell {
  private var stack: [AnyRecurrentCell]

  public init(_ cells: [any RecurrentCell]) { stack = cells.map { AnyRecurrentCell($0) } }

  /// The cells, the lowest first.
  public var cells: [any RecurrentCell] { stack.map(\.base) }

  public var inputAxes: [String] { stack.first?.inputAxes ?? ["channels"] }
  public var stateCount: Int { stack.reduce(0) { $0 + $1.stateCount } }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    for index in stack.indices { try stack[index].visitParameters(under: "cells/\(index)", visit) }
  }

  private func climb(_ input: SymbolicShape, _ visit: (Int, SymbolicShape) throws -> Void) throws {
    guard !stack.isEmpty else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "at least one cell", received: "none",
        remedy: "Give the cells of the stack.")
    }
    var shape = input
    for (index, cell) in stack.enumerated() {
      guard cell.inputAxes.count == shape.rank - 1 else {
        throw ShapeError(
          .wrongRank, in: Self.typeName, expected: "an input \(["batch"] + cell.inputAxes) for cell \(index)",
          received: "\(shape)", remedy: "Stack cells over vectors, or cells over maps of the same rank.")
      }
      try visit(index, shape)
      shape = try cell.outputShape(for: shape)
    }
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    var output = input
    try climb(input) { output = try stack[$0].outputShape(for: $1) }
    return output
  }

  public func stateShapes(for input: SymbolicShape) throws -> [SymbolicShape] {
    var shapes: [SymbolicShape] = []
    try climb(input) { shapes += try stack[$0].stateShapes(for: $1) }
    return shapes
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    var specifications: [ParameterSpecification] = []
    try climb(input) { index, shape in
      specifications += try stack[index].parameterSpecifications(for: shape).map {
        ParameterSpecification(
          "cells/\(index)/\($0.name)", $0.shape, $0.initializer, isTrainable: $0.isTrainable)
      }
    }
    return specifications
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    var total: Int? = 0
    try climb(input) { index, shape in
      let each = try stack[index].operations(for: shape)
      total = total.flatMap { sum in each.map { sum + $0 } }
    }
    return total
  }

  public func initialState(for input: Tensor) throws -> AnyRecurrentState {
    let shapes = try stateShapes(for: SymbolicShape(input.shape))
    let tensors = shapes.map { Tensor.zeros(Shape($0.dimensions.map { $0 ?? 0 })) }
    return AnyRecurrentState(tensors: tensors, output: tensors[0])
  }

  private func parts(of state: AnyRecurrentState) -> [AnyRecurrentState] {
    var rest = state.tensors[...]
    return stack.map { cell in
      defer { rest = rest.dropFirst(cell.stateCount) }
      return AnyRecurrentState(tensors: Array(rest.prefix(cell.stateCount)))
    }
  }

  public func step(
    _ input: Tensor, _ state: AnyRecurrentState, context: inout Context
  ) throws -> AnyRecurrentState {
    var value = input
    var tensors: [Tensor] = []
    for (cell, part) in zip(stack, parts(of: state)) {
      let next = try cell.step(value, part, context: &context)
      tensors += next.tensors
      value = next.output
    }
    return AnyRecurrentState(tensors: tensors, output: value)
  }

  public func sequence(
    _ input: Tensor, from state: AnyRecurrentState?, _ traversal: Traversal, context: inout Context
  ) throws -> (outputs: Tensor, last: AnyRecurrentState) {
    var traversal = traversal
    let lastOutputOnly = traversal.lastOutputOnly
    var values = input
    var tensors: [Tensor] = []
    var output: Tensor?
    let states = state.map { parts(of: $0) }
    for (index, cell) in stack.enumerated() {
      // A cell above sees every output.
      traversal.lastOutputOnly = lastOutputOnly && index == stack.count - 1
      let (outputs, last) = try cell.sequence(values, from: states?[index], traversal, context: &context)
      values = outputs
      tensors += last.tensors
      output = last.output
      // Outputs come in the order of computation, which is then that of time.
      if traversal.backwards {
        traversal.backwards = false
        traversal.mask = traversal.mask.map { Movement.reversed($0, axis: 1) }
      }
    }
    return (values, AnyRecurrentState(tensors: tensors, output: output ?? values))
  }
}

extension StackedRNNCells {
  private enum CodingKeys: String, CodingKey { case cells }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try options.decode([RecurrentCellRecord].self, forKey: .cells).map(\.cell))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(stack.map { RecurrentCellRecord($0.base) }, forKey: .cells)
  }
}
