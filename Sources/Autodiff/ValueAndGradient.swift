import TensorCore

/// Gradients by parameter name, in the order in which the model's walk visits the parameters.
public struct Gradients: Sendable {
  /// The names of the trainable parameters on which the value depends.
  public private(set) var names: [String] = []
  private var tensors: [String: Tensor] = [:]

  public init() {}

  /// The gradient with respect to a parameter; `nil` if the value does not depend on it.
  public subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set {
      if tensors[name] == nil, newValue != nil { names.append(name) }
      if newValue == nil { names.removeAll { $0 == name } }
      tensors[name] = newValue
    }
  }

  /// Every gradient changed by `transform`.
  public mutating func mapValues(_ transform: (Tensor) -> Tensor) {
    for name in names { tensors[name] = tensors[name].map(transform) }
  }
}

/// The value of a scalar function of a model, and its gradient with respect to every trainable parameter.
///
/// ```swift
/// let (loss, gradients) = try valueAndGradient(at: model) { model in
///   try meanSquaredError(model(x), y)
/// }
/// ```
/// The closure is ordinary Swift: loops, conditions and calls go on the tape as they happen.
///
/// - Throws: What `function` throws, or `ShapeError` if its value is not a scalar.
public func valueAndGradient<Model: Parameterized>(
  at model: Model, _ function: (Model) throws -> Tensor
) throws -> (value: Tensor, gradient: Gradients) {
  var tracked = model
  var names: [String] = []
  var leaves: [Tensor] = []
  tracked.visitParameters { name, parameter in
    guard parameter.isTrainable else { return }
    parameter.value = parameter.value.tracked()
    names.append(name)
    leaves.append(parameter.value)
  }
  let value = try scalarOutput(function(tracked))
  var gradients = Gradients()
  for (name, gradient) in zip(names, backward(from: value, to: leaves)) { gradients[name] = gradient }
  return (value.detached, gradients)
}

/// The value of a scalar function of tensors, and its gradient with respect to each of them (`nil` where it
/// does not depend on one).
///
/// - Throws: What `function` throws, or `ShapeError` if its value is not a scalar.
public func valueAndGradient(
  at inputs: [Tensor], _ function: ([Tensor]) throws -> Tensor
) throws -> (value: Tensor, gradient: [Tensor?]) {
  let leaves = inputs.map { $0.detached.tracked() }
  let value = try scalarOutput(function(leaves))
  return (value.detached, backward(from: value, to: leaves))
}

private func scalarOutput(_ value: Tensor) throws -> Tensor {
  guard value.count == 1 else {
    throw ShapeError(
      .wrongElementCount, in: "valueAndGradient", expected: "a scalar",
      received: "a value of shape \(value.shape)", remedy: "Reduce it with sum() or mean().")
  }
  return value
}
