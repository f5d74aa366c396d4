/// What Keras 3 has by itself.
enum Keras3Layers {
  /// The layers that can be written. Squall's types bear Keras' names, so that a further layer needs one word here.
  static let names: Set<String> = [
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average", "AveragePooling1D",
    "AveragePooling2D", "AveragePooling3D", "BatchNormalization", "Bidirectional", "Concatenate", "Conv1D",
    "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "ConvLSTM1D", "ConvLSTM2D",
    "ConvLSTM3D", "Cropping1D", "Cropping2D", "Cropping3D", "Dense", "DepthwiseConv1D", "DepthwiseConv2D",
    "Dot",
    "Dropout", "ELU", "Embedding", "Flatten", "GRU", "GaussianDropout", "GaussianNoise",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalMaxPooling1D",
    "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GroupNormalization", "LSTM", "LayerNormalization",
    "LeakyReLU",
    "Masking", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "Maximum", "Minimum", "Multiply", "PReLU",
    "Permute", "RNN", "ReLU", "RepeatVector", "Rescaling", "Reshape", "SeparableConv1D", "SeparableConv2D",
    "SimpleRNN", "Softmax", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Subtract",
    "TimeDistributed", "UnitNormalization", "UpSampling1D", "UpSampling2D", "UpSampling3D", "ZeroPadding1D",
    "ZeroPadding2D", "ZeroPadding3D",
  ]

  /// Whether Keras takes `trainable` for the layer; some classes list all their options and this is not one.
  static func hasTrainable(_ className: String) -> Bool {
    className != "InputLayer" && !className.hasPrefix("SpatialDropout")
  }

  /// Options that Keras 3 does not have, or whose value it does not know.
  static func strangeOptions(of config: JSONValue) -> [String] {
    (config.object ?? [:]).sorted { $0.key < $1.key }.flatMap { name, value -> [String] in
      if value == "hard_sigmoid_keras2" || value == "sparsemax" || ownOptions.contains(name) { return [name] }
      if let elements = value.array {
        return elements.enumerated().flatMap { strange($1, "\(name)[\($0)]") }
      }
      return strange(value, name)
    }
  }

  private static func strange(_ record: JSONValue, _ name: String) -> [String] {
    if let className = record["class_name"]?.string, ownCells.contains(className) { return [name] }
    return record["config"].map { strangeOptions(of: $0).map { "\(name).\($0)" } } ?? []
  }

  private static let ownOptions: Set<String> = ["peepholes", "layer_normalization"]
  private static let ownCells: Set<String> = ["ConvLSTMCell", "ConvGRUCell", "ConvGRU2D"]

  /// Adds to records of inner layers what Keras expects in them.
  static func complete(_ config: JSONValue, name: String) -> JSONValue {
    guard case .object(var members) = config else { return config }
    for (key, value) in members {
      if let elements = value.array {
        members[key] = .array(
          elements.enumerated().map { completeRecord($1, name: "\(name)_\(key)_\($0)") ?? $1 })
      } else if let record = completeRecord(value, name: "\(name)_\(key)") {
        members[key] = record
      }
    }
    return .object(members)
  }

  /// `nil` for what is no record of a layer.
  private static func completeRecord(_ value: JSONValue, name: String) -> JSONValue? {
    guard case .object(var record) = value, record["class_name"]?.string != nil, let inner = record["config"]
    else { return nil }
    record["module"] = "keras.layers"
    record["registered_name"] = nil as JSONValue
    var options = complete(inner, name: name).object ?? [:]
    options["name"] = .string(name)
    options["dtype"] = "float32"
    record["config"] = .object(options)
    return .object(record)
  }
}
