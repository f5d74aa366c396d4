import Autodiff
import TensorCore

/// A cell whose gates are linear maps of input and state: all that an LSTM, a GRU and their convolutional
/// forms have in common. The input's part is computed for all steps at once.
public protocol GatedCell: RecurrentCell {
  /// How many gates lie side by side along the last axis of the kernels.
  static var gateCount: Int { get }
  /// The share of the input's values that is dropped in training.
  var dropout: Float { get }
  /// The share of the state's values that is dropped in training on their way to the gates.
  var recurrentDropout: Float { get }
  /// How many masks dropout draws: one, or one for each gate.
  var dropoutMaskCounts: (input: Int, state: Int) { get }
  var kernel: Parameter { get }
  var recurrentKernel: Parameter { get }

  /// The input's part of the gates, for a step `[batch, …]` or a sequence `[batch, time, …]`.
  func inputProduct(_ input: Tensor, _ kernel: Tensor) throws -> Tensor
  /// The state's part of the gates.
  func stateProduct(_ state: Tensor, _ kernel: Tensor) throws -> Tensor
  /// What belongs to the input's part besides the product: a bias, a normalisation.
  func completed(_ product: Tensor) -> Tensor
  /// The next state from the input's part of the gates.
  func advanced(_ state: State, by gates: Tensor, _ masks: RecurrentDropout) throws -> State
  /// The whole sequence as one operation where there is one; `nil` to go step by step. With `lastOutputOnly` the
  /// outputs may be the last one alone.
  func fused(
    _ input: Tensor, from state: State?, backwards: Bool, lastOutputOnly: Bool
  ) throws -> (outputs: Tensor, last: State)?
}

/// The dropout masks of a cell, the same at every step (Gal & Ghahramani 2016); none in inference.
public struct RecurrentDropout: Sendable {
  /// For the input of one step: none, one, or one for each gate.
  public var input: [Tensor] = []
  /// For the state.
  public var state: [Tensor] = []

  public init() {}
}

extension GatedCell {
  public var dropoutMaskCounts: (input: Int, state: Int) { (Self.gateCount, Self.gateCount) }

  public func fused(
    _ input: Tensor, from state: State?, backwards: Bool, lastOutputOnly: Bool
  ) throws -> (outputs: Tensor, last: State)? { nil }

  public func step(_ input: Tensor, _ state: State, context: inout Context) throws -> State {
    try gatedStep(input, state)
  }

  public func sequence(
    _ input: Tensor, from state: State?, _ traversal: Traversal, context: inout Context
  ) throws -> (outputs: Tensor, last: State) {
    try gatedSequence(input, from: state, traversal, context: &context)
  }

  func gatedStep(_ input: Tensor, _ state: State) throws -> State {
    try requireBuilt()
    return try advanced(
      state, by: completed(inputProduct(input, kernel.value)), RecurrentDropout())
  }

  func gatedSequence(
    _ input: Tensor, from state: State?, _ traversal: Traversal, context: inout Context
  ) throws -> (outputs: Tensor, last: State) {
    try requireBuilt()
    let masks = try drawnDropout(for: input, context: &context)
    var input = input
    var inputMasks = masks.input
    func overTime(_ mask: Tensor) -> Tensor {
      mask.viewed(as: Shape([mask.shape[0], 1] + mask.shape.dimensions.dropFirst()))
    }
    if inputMasks.count == 1 {
      input = input * overTime(inputMasks[0])
      inputMasks = []
    }
    if traversal.mask == nil, inputMasks.isEmpty, masks.state.isEmpty,
      let result = try fused(
        input, from: state, backwards: traversal.backwards, lastOutputOnly: traversal.lastOutputOnly)
    {
      return result
    }
    let product = try products(input, kernel.value, inputMasks.map(overTime), gates: Self.gateCount) {
      try inputProduct($0, $1)
    }
    let gates = completed(product).unstacked(axis: 1)
    let first = try state ?? initialState(for: Movement.slice(input, axis: 1, 0..<1).withoutTime)
    return try traversal.run(steps: gates.count, from: first) { t, state in
      try advanced(state, by: gates[t], masks)
    }
  }

  /// The products with the parts of a kernel, each with its own mask before it; in one piece where there are
  /// none.
  func products(
    _ values: Tensor, _ kernel: Tensor, _ masks: [Tensor], gates: Int,
    _ product: (Tensor, Tensor) throws -> Tensor
  ) rethrows -> Tensor {
    switch masks.count {
    case 0: return try product(values, kernel)
    case 1: return try product(values * masks[0], kernel)
    default:
      let kernels = kernel.split(axis: -1, into: gates)
      return .concatenated(try zip(masks, kernels).map { try product(values * $0, $1) }, axis: -1)
    }
  }

  private func drawnDropout(for input: Tensor, context: inout Context) throws -> RecurrentDropout {
    var masks = RecurrentDropout()
    guard context.isTraining, dropout > 0 || recurrentDropout > 0 else { return masks }
    let step = Shape([input.shape[0]] + input.shape.dimensions.dropFirst(2))
    let counts = dropoutMaskCounts
    if dropout > 0 {
      masks.input = (0..<counts.input).map { _ in context.dropoutMask(shape: step, rate: dropout) }
    }
    if recurrentDropout > 0 {
      let state = Shape(try outputShape(for: SymbolicShape(step)).dimensions.map { $0 ?? 0 })
      masks.state = (0..<counts.state).map { _ in
        context.dropoutMask(shape: state, rate: recurrentDropout)
      }
    }
    return masks
  }

  func requireBuilt() throws {
    guard parameters.allSatisfy(\.parameter.isBuilt) else {
      throw ShapeError(
        .notBuilt, in: Self.typeName, expected: "a layer with parameters",
        received: "one that has not been built",
        remedy: "Call build(for:random:) or put the layer into a model.")
    }
  }

  /// Checks what all gated cells have: units or filters, activations, rates, and the channels.
  func validate(
    units: Int, _ activations: Activation..., input: SymbolicShape, in place: String
  ) throws {
    guard units > 0 else {
      throw ShapeError(
        .invalidOption, in: place, expected: "at least one unit or filter", received: "\(units)",
        remedy: "Give a positive number.")
    }
    for activation in activations where !activation.isElementwise {
      throw ShapeError(
        .invalidOption, in: place, expected: "an activation that works value by value",
        received: activation.rawValue, remedy: "Use tanh, sigmoid, relu or another such function.")
    }
    for rate in [dropout, recurrentDropout] where !(rate >= 0 && rate < 1) {
      throw ShapeError(
        .invalidOption, in: place, expected: "a dropout rate in [0, 1)", received: "\(rate)",
        remedy: "Give the share of values to drop.")
    }
    _ = try channels(of: input, in: place)
  }

  func channels(of input: SymbolicShape, in place: String) throws -> Int {
    guard let channels = input[-1] else {
      throw ShapeError(
        .wrongChannels, in: place, expected: "a known number of channels (last axis)",
        received: "\(input)", remedy: "Give the last axis of the model's input a length.")
    }
    guard !kernel.isBuilt || kernel.value.shape[-2] == channels else {
      throw ShapeError(
        .wrongChannels, in: place, expected: "\(kernel.value.shape[-2]) channels (last axis)",
        received: "\(channels) in \(input)",
        remedy: "Feed as many channels as the layer was built for, or build it anew.")
    }
    return channels
  }
}

extension Tensor {
  /// A sequence of one step as that step.
  var withoutTime: Tensor { viewed(as: Shape([shape[0]] + shape.dimensions.dropFirst(2))) }

  /// A step as a sequence of that step, on the tape.
  var withTime: Tensor { reshaped(to: Shape([shape[0], 1] + shape.dimensions.dropFirst())) }
}
