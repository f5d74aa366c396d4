/// A model as Keras' configuration describes it, not yet translated.
struct KerasConfiguration {
  /// A value: output `tensor` of call `node` of a layer.
  struct TensorID: Hashable {
    var layer: String
    var node: Int
    var tensor: Int
  }

  /// One use of a layer.
  struct Call {
    var arguments: [TensorID]
    /// Keywords that mean something Squall does not have.
    var problems: [String]
    /// Values that Keras computed as masks; Squall's layers pass masks on by themselves.
    var masks: [TensorID] = []
  }

  /// What a layer is.
  indirect enum Kind {
    case input(shape: [Int?])
    case layer(config: JSONValue)
    /// A layer that applies a whole model to every step.
    case timeDistributedModel(KerasConfiguration)
    case model(KerasConfiguration)
  }

  struct Layer {
    var name: String
    var className: String
    var kind: Kind
    var calls: [Call]
    var isFrozen: Bool
    /// The name of its group in the weights file: snake-cased class, counted.
    var weightName: String
    /// Where the layer cannot be translated: module or registration.
    var problem: String?
    /// Whether it is an operation on values (`x + y`), which has no group of weights.
    var isOperation: Bool
    /// Its place in the list of layers.
    var position = 0
  }

  var name: String
  var layers: [Layer]
  var inputs: [TensorID]
  var outputs: [TensorID]
  /// Sequential models call each layer on the one before.
  var isSequential: Bool
}

/// Which Keras wrote a file: names and meanings changed from 2 to 3.
public enum KerasDialect: String, Hashable, Sendable {
  case keras2 = "Keras 2"
  case keras3 = "Keras 3"
}
