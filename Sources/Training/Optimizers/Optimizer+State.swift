import Autodiff
import TensorCore

extension Optimizer {
  /// What the optimizer remembers, as named tensors: `m/encoder/kernel`. In the order of the names.
  public var state: [(name: String, tensor: Tensor)] {
    slots.keys.sorted().flatMap { parameter in
      zip(rule.slots, slots[parameter]!).map { ("\($0)/\(parameter)", $1) }
    }
  }

  /// Takes up what another optimizer of the same rule remembered, so that steps go on as if never interrupted.
  ///
  /// - Parameters:
  ///   - iteration: How many updates were made.
  ///   - state: The tensors by the names that `state` gives them.
  ///   - model: The model whose parameters they belong to.
  /// - Throws: `OptimizerError` if a tensor is missing, belongs to no parameter or has another shape.
  public mutating func restore(
    iteration: Int, state: [String: Tensor], for model: some Parameterized
  ) throws {
    let shapes = model.parameters.map { ($0.name, $0.parameter.value.shape) }
    try restore(iteration: iteration, state: state, shapes: Dictionary(shapes) { $1 })
  }

  mutating func restore(iteration: Int, state: [String: Tensor], shapes: [String: Shape]) throws {
    let place = type(of: rule).name.rawValue
    func mismatch(_ expected: String, _ received: String) -> OptimizerError {
      OptimizerError(
        .stateMismatch, in: place, expected: expected, received: received,
        remedy: "Restore a state that the same optimizer saved for the same model.")
    }
    guard iteration >= 0 else { throw mismatch("a number of steps ≥ 0", "\(iteration)") }
    var rest = state
    var restored: [String: [Tensor]] = [:]
    for (name, shape) in shapes {
      let found = rule.slots.map { rest.removeValue(forKey: "\($0)/\(name)") }
      let tensors = found.compactMap { $0 }
      // A parameter that never got a gradient has no state, one with half of it is damaged.
      if tensors.isEmpty { continue }
      guard tensors.count == rule.slots.count else {
        throw mismatch("\(rule.slots.joined(separator: ", ")) of \(name)", "\(tensors.count) of them")
      }
      for tensor in tensors where tensor.shape != shape {
        throw mismatch("state of shape \(shape) for \(name)", "\(tensor.shape)")
      }
      restored[name] = tensors
    }
    if let foreign = rest.keys.min() { throw mismatch("state of this model's parameters", foreign) }
    self.iteration = iteration
    slots = restored
  }
}
