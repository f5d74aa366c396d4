import Autodiff
import TensorCore

/// What a forward pass carries along besides its data: whether it trains, random numbers, and the changes of
/// state that it wants made afterwards. As a plain value it makes a run repeatable and a resume exact.
public struct Context: Sendable {
  /// Whether dropout drops and batch statistics are taken from the batch.
  public var isTraining: Bool
  /// Whether the layer that runs is frozen: it then uses moving averages instead of the batch's statistics.
  public internal(set) var isFrozen = false
  /// Where layers that draw random numbers draw them from.
  public var random: RandomStream
  /// New values of non-trainable parameters by their full name, to be applied with `Parameterized.apply(_:)`.
  public private(set) var updates: [String: Tensor] = [:]
  /// What layers want made small along with the loss, by their full name; see ``penalty``.
  public private(set) var penalties: [String: [Tensor]] = [:]
  /// Called with the name and the outputs of every layer of a model as they come.
  public var observer: (@Sendable (_ layer: String, _ outputs: [Tensor]) -> Void)?

  /// Which steps of the current layer's first input count: `[batch, time]`, 0 for a step that is to be skipped.
  /// `nil` if all do. In a model it comes from a `Masking` layer.
  public var mask: Tensor?
  /// Dropout masks to be used in this order instead of drawn ones: what reference values need.
  package var givenDropoutMasks: [Tensor] = []

  private var scopes: [String] = []

  public init(isTraining: Bool = false, random: RandomStream = RandomStream(seed: 0)) {
    self.isTraining = isTraining
    self.random = random
  }

  /// Inference: nothing random, nothing changed.
  public static var inference: Context { Context() }

  /// Runs `body` for the part of a model called `name`; state changes made there are filed under it.
  public mutating func scoped<Result>(
    _ name: String, _ body: (inout Context) throws -> Result
  ) rethrows -> Result {
    scopes.append(name)
    defer { scopes.removeLast() }
    return try body(&self)
  }

  /// A mask for dropout: 0 for a share `rate` of the values, 1 / (1 − rate) for the rest.
  mutating func dropoutMask(shape: Shape, rate: Float) -> Tensor {
    if !givenDropoutMasks.isEmpty { return givenDropoutMasks.removeFirst() }
    return random.dropoutMask(shape, rate: rate)
  }

  /// Asks for a scalar of the current layer to be made small along with the loss. What a layer asks for more than once,
  /// say at every step of a sequence, counts by its mean.
  public mutating func penalize(_ value: Tensor) {
    penalties[scopes.joined(separator: "/"), default: []].append(value)
  }

  /// What is to be added to the loss in training: the sum over layers of what they ask for; `nil` for nothing.
  public var penalty: Tensor? {
    let means = penalties.sorted { $0.key < $1.key }.map { _, values in
      values.dropFirst().reduce(values[0], +) / Float(values.count)
    }
    return means.isEmpty ? nil : means.dropFirst().reduce(means[0], +)
  }

  /// Asks for a non-trainable parameter of the current layer to take a new value after the step.
  public mutating func update(_ name: String, to value: Tensor) {
    updates[(scopes + [name]).joined(separator: "/")] = value.detached
  }
}

extension Parameterized {
  /// Takes over the state changes that a forward pass asked for.
  public mutating func apply(_ context: Context) {
    guard !context.updates.isEmpty else { return }
    visitParameters { name, parameter in
      if let value = context.updates[name] { parameter.value = value }
    }
  }
}
