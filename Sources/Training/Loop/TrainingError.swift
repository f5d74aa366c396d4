import Support

/// Why training cannot start or go on: what was expected, what came, and what to do.
public struct TrainingError: ExplainedError, Hashable {
  /// What kind of failure it is, for code that reacts to one.
  public enum Kind: Hashable, Sendable {
    /// The loss, a gradient or the validation loss became NaN or infinite.
    case nonFinite(NonFiniteOrigin)
    /// There is not a single batch, or not a valid element in a whole epoch.
    case noData
    /// An option outside its range.
    case invalidOption
    /// It would not fit into memory.
    case tooLarge
  }

  public let kind: Kind
  /// The epoch, counted from 1.
  public let epoch: Int
  /// The step since the start of the training, counted from 1.
  public let step: Int
  public let expected: String
  public let found: String
  public let remedy: String

  public var place: String? { "training, epoch \(epoch), step \(step)" }
}

/// Where the first value came up that is NaN or infinite.
public enum NonFiniteOrigin: Hashable, Sendable, CustomStringConvertible {
  /// An input of the model, by number.
  case input(Int)
  /// The target, where the mask calls it valid.
  case target
  /// The output of this layer, the first in the order of computation; everything before it was finite.
  case layer(String)
  /// The model's output, where its layers could not be watched one by one.
  case output
  /// The loss, though prediction and target are finite.
  case loss
  /// The gradient of this parameter, the first in the backward pass; the loss was finite.
  case gradient(parameter: String)

  public var description: String {
    switch self {
    case .input(let number): "input \(number) of the model"
    case .target: "the target"
    case .layer(let name): "the output of layer \(name)"
    case .output: "the output of the model"
    case .loss: "the loss itself"
    case .gradient(let parameter): "the gradient of \(parameter)"
    }
  }
}
