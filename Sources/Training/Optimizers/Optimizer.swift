import Autodiff
import TensorCore

/// Moves the parameters of a model along their gradients, in place, and remembers what its rule needs for that.
///
/// ```swift
/// var optimizer = try Optimizer(Adam(learningRate: 1e-3), clipping: .globalNorm(1))
/// try optimizer.update(&model, along: gradients)
/// ```
/// Semantics are Keras 3's: gradients are clipped, then weights decay, then the rule moves them. What is
/// remembered is filed under the names of the parameters. Parameters that are frozen, or on which the loss does
/// not depend, stay as they are.
public struct Optimizer: Sendable {
  /// The kind of step and its options.
  public let rule: any OptimizerRule
  /// How gradients are clipped.
  public let clipping: Clipping
  /// How many updates were made.
  public internal(set) var iteration = 0
  /// The tensors of the rule's slots by parameter name.
  var slots: [String: [Tensor]] = [:]

  /// An optimizer before its first step.
  ///
  /// - Throws: `OptimizerError` if an option is outside its range.
  public init(_ rule: any OptimizerRule = Adam(), clipping: Clipping = .none) throws {
    try rule.validate()
    if let bound = clipping.bound, !(bound > 0 && bound.isFinite) {
      throw OptimizerError(
        .invalidOption, in: type(of: rule).name.rawValue, expected: "a positive bound for clipping",
        received: "\(bound)", remedy: "Give a positive bound, or do not clip.")
    }
    self.rule = rule
    self.clipping = clipping
  }

  /// Makes one step.
  ///
  /// - Parameters:
  ///   - model: The model, whose trainable parameters move.
  ///   - gradients: The gradient of the loss by the names of the parameters.
  ///   - learningRate: The size of this step; the rule's own if `nil`.
  /// - Throws: `OptimizerError` if a gradient, or what is remembered, has another shape than its parameter;
  ///   nothing is changed then.
  public mutating func update(
    _ model: inout some Parameterized, along gradients: Gradients, learningRate: Double? = nil
  ) throws {
    try check(&model, gradients)
    iteration += 1
    let rate = learningRate ?? rule.learningRate
    let globalNorm = clipping.globalNorm(gradients)
    let decay = rule.weightDecay.map { Float($0 * rate) } ?? 0
    model.visitParameters { name, parameter in
      guard parameter.isTrainable, let gradient = gradients[name] else { return }
      // Taken out of the dictionary, the tensors are ours alone and change in place.
      var remembered =
        slots.removeValue(forKey: name)
        ?? rule.slots.map { slot in
          Tensor(shape: parameter.value.shape) { $0.initialize(repeating: rule.start(of: slot)) }
        }
      let (scale, limit) = clipping.factors(gradients, name, globalNorm: globalNorm)
      gradient.withUnsafeValues { gradient in
        guard let gradient = gradient.baseAddress else { return }
        let clipped = ClippedGradient(values: gradient, scale: scale, limit: limit)
        parameter.value.withUnsafeMutableValues { values in
          guard let start = values.baseAddress else { return }
          withMutablePointers(&remembered) { pointers in
            if decay > 0 { for i in values.indices { start[i] -= start[i] * decay } }
            rule.update(
              start, by: clipped, slots: pointers, count: values.count, learningRate: rate,
              iteration: iteration)
          }
        }
      }
      slots[name] = remembered
    }
  }

  /// Goes over the model in place: a copy of it, alive during the update, would make every parameter shared.
  private func check(_ model: inout some Parameterized, _ gradients: Gradients) throws {
    try model.visitParameters { name, parameter in
      guard parameter.isTrainable, let gradient = gradients[name] else { return }
      for shape in [gradient.shape] + (slots[name] ?? []).map(\.shape) where shape != parameter.value.shape {
        throw OptimizerError(
          .stateMismatch, in: name,
          expected: "gradient and state of the parameter's shape \(parameter.value.shape)",
          received: "\(shape)", remedy: "Use gradients and optimizer of this very model.")
      }
    }
  }
}

/// Opens tensors for change in place, all at once. They must not be shared.
private func withMutablePointers(
  _ tensors: inout [Tensor], _ opened: [UnsafeMutablePointer<Float>] = [],
  _ body: ([UnsafeMutablePointer<Float>]) -> Void
) {
  guard var last = tensors.popLast() else { return body(opened) }
  last.withUnsafeMutableValues { buffer in
    guard let start = buffer.baseAddress else { return }
    withMutablePointers(&tensors, [start] + opened, body)
  }
  tensors.append(last)
}
