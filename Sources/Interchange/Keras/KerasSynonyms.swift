/// Other ways in which Keras says what Squall has one way for.
enum KerasSynonyms {
  /// Layers by the cells of which a general `RNN` makes them.
  private static let layersOfCells = ["LSTMCell": "LSTM", "GRUCell": "GRU", "SimpleRNNCell": "SimpleRNN"]

  /// Class and options of the layer that is meant, here and in all layers inside.
  static func canonical(_ className: String, _ config: JSONValue) -> (className: String, config: JSONValue) {
    guard case .object(var members) = config else { return (className, config) }
    for (name, value) in members {
      guard let inner = value["class_name"]?.string, let options = value["config"],
        case .object(var record) = value
      else { continue }
      let (meant, changed) = canonical(inner, options)
      record["class_name"] = .string(meant)
      record["config"] = changed
      members[name] = .object(record)
    }
    switch className {
    case "RNN":
      // One cell and the loop around it are one layer; the weights lie in `cell` either way.
      guard let cell = members["cell"], let kind = cell["class_name"]?.string,
        let layer = layersOfCells[kind], let options = cell["config"]?.object
      else { break }
      members["cell"] = nil
      return (layer, .object(options.merging(members) { _, outer in outer }))
    case "LeakyReLU":
      if members["negative_slope"] == nil, let slope = members.removeValue(forKey: "alpha") {
        members["negative_slope"] = slope
      }
    case "ActivityRegularization":
      // It adds to the loss and changes no value.
      members["l1"] = nil
      members["l2"] = nil
      members["activation"] = "linear"
      members["activity_regularizer"] = "l1l2"
      return ("Activation", .object(members))
    default: break
    }
    return (className, .object(members))
  }
}
