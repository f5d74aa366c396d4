import Autodiff
import TensorCore

/// What all recurrent layers share: a cell, applied along axis 1, and what of it is returned.
///
/// Inputs: the sequence `[batch, time, …]`, optionally followed by the initial state. Outputs: the last
/// output
/// `[batch, …]` or all of them `[batch, time, …]`, followed by the last state with `returnState`.
public protocol RecurrentLayer: Layer, StateKeeping {
  associatedtype Cell: RecurrentCell

  var cell: Cell { get set }
  var options: RecurrentOptions { get set }
  /// The state that a `stateful` layer goes on from; empty otherwise.
  var states: [Parameter] { get set }

  init(cell: Cell, options: RecurrentOptions)

  /// The cell in the configuration of the layer.
  static func decodeCell(from decoder: any Decoder) throws -> Cell
  /// Writes the cell's options into the configuration of the layer.
  static func encodeCell(_ cell: Cell, to encoder: any Encoder) throws
}

/// A layer that remembers something from call to call.
public protocol StateKeeping {
  /// Forgets it: the next sequence starts from zeros.
  mutating func resetStates()
}

extension ModelGraph {
  /// Makes all `stateful` layers start from zeros again.
  public mutating func resetStates() {
    for entry in layers {
      guard var layer = entry.layer as? any Layer & StateKeeping else { continue }
      layer.resetStates()
      self[layer: entry.name] = layer
    }
  }
}

extension RecurrentLayer {
  public var returnSequences: Bool {
    get { options.returnSequences }
    set { options.returnSequences = newValue }
  }
  public var returnState: Bool {
    get { options.returnState }
    set { options.returnState = newValue }
  }
  public var goBackwards: Bool {
    get { options.goBackwards }
    set { options.goBackwards = newValue }
  }
  public var stateful: Bool {
    get { options.stateful }
    set { options.stateful = newValue }
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try cell.visitParameters(visit)
    guard options.stateful else { return }
    if states.count != cell.stateCount {
      states = [Parameter](repeating: .unbuilt, count: cell.stateCount)
    }
    for index in states.indices { try visit("states/\(index)", &states[index]) }
  }

  public mutating func resetStates() {
    for index in states.indices where states[index].isBuilt {
      states[index].value = .zeros(states[index].value.shape)
    }
  }

  private func oneStep(_ sequence: SymbolicShape) throws -> SymbolicShape {
    try requireRank(
      cell.inputAxes.count + 2, sequence,
      axes: "[batch, time, " + cell.inputAxes.joined(separator: ", ") + "]")
    var step = sequence
    step.dimensions.remove(at: 1)
    return step
  }

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    guard inputs.count == 1 || inputs.count == 1 + cell.stateCount else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName,
        expected: "a sequence, alone or with \(cell.stateCount) tensors of initial state",
        received: "\(inputs.count) inputs", remedy: "Give the whole state or none of it.")
    }
    let step = try oneStep(inputs[0])
    let output = try cell.outputShape(for: step)
    let stateShapes = try cell.stateShapes(for: step)
    for (state, shape) in zip(inputs.dropFirst(), stateShapes) {
      let fits =
        state.rank == shape.rank
        && zip(state.dimensions, shape.dimensions).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
      guard fits else {
        throw ShapeError(
          .wrongLength, in: Self.typeName, expected: "an initial state of shape \(shape)",
          received: "\(state)", remedy: "The state has the shape of one output of the cell.")
      }
    }
    if let kept = states.first, options.stateful, kept.isBuilt, let batch = step[0],
      batch != kept.value.shape[0]
    {
      throw ShapeError(
        .wrongLength, in: Self.typeName, expected: "\(kept.value.shape[0]) samples, as the layer is stateful",
        received: "\(batch)", remedy: "Feed batches of the size that the layer was built for.")
    }
    var sequence = output
    sequence.dimensions.insert(inputs[0][1], at: 1)
    return [returnSequences ? sequence : output] + (returnState ? stateShapes : [])
  }

  public func parameterSpecifications(for inputs: [SymbolicShape]) throws -> [ParameterSpecification] {
    let step = try oneStep(inputs[0])
    var specifications = try cell.parameterSpecifications(for: step)
    guard options.stateful else { return specifications }
    for (index, shape) in try cell.stateShapes(for: step).enumerated() {
      let lengths = shape.dimensions.compactMap { $0 }
      guard lengths.count == shape.rank else {
        throw ShapeError(
          .invalidOption, in: Self.typeName, expected: "a fixed batch and frame size for a stateful layer",
          received: "\(inputs[0])", remedy: "Give these axes of the model's input a length.")
      }
      specifications.append(
        ParameterSpecification("states/\(index)", Shape(lengths), .zeros, isTrainable: false))
    }
    return specifications
  }

  public func operations(for inputs: [SymbolicShape]) throws -> Int? {
    guard let steps = inputs[0][1], let each = try cell.operations(for: oneStep(inputs[0])) else {
      return nil
    }
    return steps * each
  }

  public func outputMasks(for inputs: [Tensor], masks: [Tensor?]) -> [Tensor?] {
    returnSequences ? Array(masks.prefix(1)) : []
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    _ = try outputShapes(for: inputs.map { SymbolicShape($0.shape) })
    var traversal = try traversal(of: inputs[0], mask: context.mask)
    traversal.lastOutputOnly = !returnSequences
    var state = inputs.count > 1 ? Cell.State(tensors: Array(inputs.dropFirst())) : nil
    if options.stateful, state == nil {
      guard states.count == cell.stateCount, states.allSatisfy(\.isBuilt) else {
        throw ShapeError(
          .notBuilt, in: Self.typeName, expected: "a stateful layer with its state",
          received: "one that has not been built",
          remedy: "Call build(for:random:) or put the layer into a model.")
      }
      state = Cell.State(tensors: states.map(\.value))
    }
    let (outputs, last) = try cell.sequence(
      inputs[0], from: state, traversal, context: &context)
    if options.stateful {
      for (index, tensor) in last.tensors.enumerated() { context.update("states/\(index)", to: tensor) }
    }
    let output =
      returnSequences
      ? outputs : traversal.mask == nil ? last.output : outputs.entry(outputs.shape[1] - 1, axis: 1)
    return [output] + (returnState ? last.tensors : [])
  }

  /// How to go through such an input. A mask of maps that are not of the state's size, say of a strided
  /// layer, counts a step in if it does so anywhere.
  private func traversal(of input: Tensor, mask: Tensor?) throws -> Traversal {
    var mask = mask
    if let given = mask {
      let steps = Shape(Array(input.shape.dimensions.prefix(2)))
      guard given.rank >= 2, Array(given.shape.dimensions.prefix(2)) == steps.dimensions else {
        throw ShapeError(
          .wrongLength, in: Self.typeName, expected: "a mask [batch, time] for \(input.shape)",
          received: "\(given.shape)", remedy: "Give one number for each step of each sample.")
      }
      let output = try cell.outputShape(for: oneStep(SymbolicShape(input.shape)))
      let pixels = given.shape.dimensions.dropFirst(2)
      if !pixels.isEmpty, Array(pixels) != Array(output.dimensions.dropFirst().dropLast()) {
        let rows = given.viewed(as: [steps.count, pixels.reduce(1, *)])
        mask = Reduction.maximum(rows, axes: [1]).viewed(as: steps)
      }
    }
    return Traversal(backwards: goBackwards, mask: mask, zeroOutputForMask: options.zeroOutputForMask)
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
    // A sequence of one step takes the cell's fastest way.
    let one = input.reshaped(to: Shape([input.shape[0], 1] + input.shape.dimensions.dropFirst()))
    let next = try cell.sequence(one, from: state, Traversal(lastOutputOnly: true), context: &context).last
    return (next.output, next)
  }

  /// The outputs of a sequence and its last state, from an initial state.
  ///
  /// - Parameters:
  ///   - input: `[batch, time, …]`.
  ///   - state: The state before the first step; `nil` for zeros.
  ///   - mask: `[batch, time]`, 0 for steps to be skipped; `nil` if all count.
  /// - Throws: `ShapeError` if sequence, state or mask do not fit.
  public func sequence(
    _ input: Tensor, from state: Cell.State? = nil, mask: Tensor? = nil
  ) throws -> (outputs: Tensor, state: Cell.State) {
    _ = try outputShapes(
      for: [SymbolicShape(input.shape)] + (state?.tensors.map { SymbolicShape($0.shape) } ?? []))
    var context = Context.inference
    let (outputs, last) = try cell.sequence(
      input, from: state, traversal(of: input, mask: mask), context: &context)
    return (outputs, last)
  }
}

extension RecurrentLayer {
  public static func decodeCell(from decoder: any Decoder) throws -> Cell { try Cell(from: decoder) }

  public static func encodeCell(_ cell: Cell, to encoder: any Encoder) throws { try cell.encode(to: encoder) }

  public init(from decoder: any Decoder) throws {
    self.init(cell: try Self.decodeCell(from: decoder), options: try RecurrentOptions(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    try Self.encodeCell(cell, to: encoder)
    try options.encode(to: encoder)
  }
}
