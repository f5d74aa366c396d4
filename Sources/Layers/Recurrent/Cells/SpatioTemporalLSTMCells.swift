import Autodiff
import TensorCore

/// A stack of spatiotemporal LSTMs, the recurrence of PredRNN-V2 (Wang et al. 2021), as one cell over maps
/// `[batch, height, width, channels]`.
///
/// Each level has a hidden state h and a memory c of its own. One memory m more goes through all levels in zig-zag: up
/// from level to level within a step, and from the top to the lowest level of the next. At each level, with the
/// convolutions W∗x, U∗h, V∗m, O∗[c', m'] and the 1 × 1 one M∗[c', m']:
///
///     i = σ(Wᵢ∗x + Uᵢ∗h)     f = σ(W_f∗x + U_f∗h + 1)     g = tanh(W_g∗x + U_g∗h)     c' = f·c + i·g
///     j = σ(Wⱼ∗x + Vⱼ∗m)     e = σ(W_e∗x + V_e∗m + 1)     l = tanh(W_l∗x + V_l∗m)     m' = e·m + j·l
///     o = σ(Wₒ∗x + Uₒ∗h + O∗[c', m'])                     h' = o·tanh(M∗[c', m'])
///
/// Kernels hold their gates in the order i, f, g, j, e, l, o along the last axis, as far as they have them. There is no
/// bias. In training the increments i·g and j·l of the two memories are kept apart: `Context.penalize(_:)` is asked to
/// make |cos| of the angle between them over each channel's map small, behind a 1 × 1 convolution that all levels share,
/// times `decoupling`. The state is h and c of each level, the lowest first, and m; the output is the top level's h.
public struct SpatioTemporalLSTMCells: RecurrentCell {
  /// Filters of every level.
  public var filters: Int
  public var kernelSize: Extent
  /// How many levels.
  public var levels: Int
  /// How much the decoupling of the memories counts against the loss; 0 for not at all.
  public var decoupling: Float

  var stack: [Level]
  var adapter = Parameter.unbuilt

  public init(filters: Int, kernelSize: Extent, levels: Int, decoupling: Float = 0.1) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.levels = levels
    self.decoupling = decoupling
    stack = [Level](repeating: Level(), count: max(0, levels))
  }

  public var inputAxes: [String] { ["height", "width", "channels"] }
  public var stateCount: Int { 2 * levels + 1 }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    for index in stack.indices {
      try stack[index].visitParameters(under: "levels/\(index)", visit)
    }
    if decoupling > 0 { try visit("adapter", &adapter) }
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    let kernel = kernelSize.values(rank: 2)
    guard levels > 0, filters > 0, kernel.count == 2, kernel.allSatisfy({ $0 > 0 }), decoupling >= 0 else {
      throw ShapeError(
        .invalidOption, in: Self.typeName,
        expected: "at least one level, one filter and a kernel of 1 × 1, and a decoupling from 0",
        received: "\(levels) levels, \(filters) filters, kernel \(kernel), decoupling \(decoupling)",
        remedy: "Give positive numbers.")
    }
    guard input.rank == 4, let channels = input[-1] else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "maps [batch, height, width, channels] of known channels",
        received: "\(input)", remedy: "Give the last axis of the model's input a length.")
    }
    if let built = stack.first?.kernel, built.isBuilt, built.value.shape[-2] != channels {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "\(built.value.shape[-2]) channels (last axis)",
        received: "\(channels) in \(input)", remedy: "Feed as many channels as the layer was built for.")
    }
    var output = input
    output[-1] = filters
    return output
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    _ = try outputShape(for: input)
    let window = kernelSize.values(rank: 2)
    let levels = (0..<levels).flatMap { level in
      Level.specifications(
        window: window, channels: level == 0 ? input[-1] ?? 0 : filters, filters: filters
      ).map { ParameterSpecification("levels/\(level)/\($0.name)", $0.shape, $0.initializer) }
    }
    return levels
      + (decoupling > 0
        ? [ParameterSpecification("adapter", [1, 1, filters, filters], .glorotUniform)] : [])
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    guard let pixels = try outputShape(for: input).sample.map({ $0.count / filters }) else { return nil }
    // Every weight but those of the adapter, which only training uses, meets every pixel once.
    let weights = try parameterSpecifications(for: input).filter { $0.name != "adapter" }
    return 2 * pixels * weights.reduce(0) { $0 + $1.shape.count }
  }

  public func initialState(for input: Tensor) throws -> AnyRecurrentState {
    let shape = try outputShape(for: SymbolicShape(input.shape))
    let zeros = Tensor.zeros(Shape(shape.dimensions.map { $0 ?? 0 }))
    return AnyRecurrentState(tensors: [Tensor](repeating: zeros, count: stateCount), output: zeros)
  }

  public func step(
    _ input: Tensor, _ state: AnyRecurrentState, context: inout Context
  ) throws -> AnyRecurrentState {
    guard stack.allSatisfy(\.isBuilt), decoupling == 0 || adapter.isBuilt else {
      throw ShapeError(
        .notBuilt, in: Self.typeName, expected: "a cell with parameters",
        received: "one that has not been built", remedy: "Put the layer into a model.")
    }
    var value = input
    var memory = state.tensors[2 * levels]
    var tensors: [Tensor] = []
    for (index, level) in stack.enumerated() {
      let next = try level.step(
        value, hidden: state.tensors[2 * index], cell: state.tensors[2 * index + 1], memory: memory)
      if context.isTraining, decoupling > 0 {
        context.penalize(try alignment(next.increments.cell, next.increments.memory) * decoupling)
      }
      tensors += [next.hidden, next.cell]
      (value, memory) = (next.hidden, next.memory)
    }
    return AnyRecurrentState(tensors: tensors + [memory], output: value)
  }

  /// The mean over samples and channels of |cos| of the angle between two increments, each channel's map being a vector.
  private func alignment(_ first: Tensor, _ second: Tensor) throws -> Tensor {
    let (a, b) = (try first.kept(with: adapter.value), try second.kept(with: adapter.value))
    func sums(_ values: Tensor) -> Tensor { values.sum(alongAxes: [1, 2]) }
    // Maps of nothing but zeros have no direction: their cosine is 0, and its gradient too.
    let lengths = (sums(a.squared()) + 1e-12).squareRoot() * (sums(b.squared()) + 1e-12).squareRoot()
    return (sums(a * b) / lengths).abs().mean()
  }
}

extension SpatioTemporalLSTMCells {
  private enum CodingKeys: String, CodingKey {
    case filters, levels, decoupling
    case kernelSize = "kernel_size"
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      filters: try options.decode(Int.self, forKey: .filters),
      kernelSize: try options.decode(Extent.self, forKey: .kernelSize),
      levels: try options.decode(Int.self, forKey: .levels),
      decoupling: try options.value(.decoupling, default: 0.1))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(filters, forKey: .filters)
    try options.encode(kernelSize.values(rank: 2), forKey: .kernelSize)
    try options.encode(levels, forKey: .levels)
    try options.encode(decoupling, forKey: .decoupling)
  }
}
