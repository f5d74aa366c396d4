import TensorCore

/// A value that belongs to a model: a weight that training changes, or state such as BatchNormalization's
/// moving mean, which training updates in another way.
public struct Parameter: Sendable {
  /// The value; empty (shape `[0]`) until its layer is built.
  public var value: Tensor
  /// Whether gradients are taken with respect to it. `false` freezes a weight.
  public var isTrainable: Bool

  /// A built parameter.
  public init(_ value: Tensor, isTrainable: Bool = true) {
    self.value = value
    self.isTrainable = isTrainable
  }

  /// A parameter whose layer has not seen an input shape yet.
  public static var unbuilt: Parameter { Parameter(Tensor([], shape: [0])) }

  /// Whether the parameter has a value.
  public var isBuilt: Bool { value.shape != [0] }
}

/// Anything with parameters: a layer, a model, or a user's own struct of layers.
///
/// Optimizers, checkpoints and interchange all go by this one walk. Parameters come in a fixed order under names
/// that do not change from run to run (`kernel`, or `encoder/kernel` in a model).
public protocol Parameterized: Sendable {
  /// Visits every parameter under its name; the visitor may change it.
  mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows
}

extension Parameterized {
  /// All parameters by name, in the order of the walk.
  public var parameters: [(name: String, parameter: Parameter)] {
    var copy = self
    var found: [(String, Parameter)] = []
    copy.visitParameters { found.append(($0, $1)) }
    return found
  }

  /// How many numbers the parameters hold, state included.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }

  /// How many numbers training changes.
  public var trainableParameterCount: Int {
    parameters.reduce(0) { $0 + ($1.parameter.isTrainable ? $1.parameter.value.count : 0) }
  }

  /// Visits the parameters under `prefix/name`, as a container does with its parts.
  public mutating func visitParameters(
    under prefix: String, _ visit: (String, inout Parameter) throws -> Void
  ) rethrows {
    try visitParameters { name, parameter in try visit(prefix + "/" + name, &parameter) }
  }
}
