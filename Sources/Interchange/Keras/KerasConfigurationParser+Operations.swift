/// Operations on values: what `x + y` or `2 * x` becomes in a functional model. They are the layers that do the same.
extension KerasConfigurationParser {
  /// `nil` for operations that no layer does.
  func operation(_ record: JSONValue, named name: String) -> KerasConfiguration.Layer? {
    guard let className = record["class_name"]?.string,
      let nodes = record["inbound_nodes"]?.array, nodes.count == 1
    else { return nil }
    let values = operands(nodes[0])
    let tensors = values.compactMap(tensor)
    guard !tensors.isEmpty, let meaning = meaning(className, record, nodes[0], values) else { return nil }
    return KerasConfiguration.Layer(
      name: name, className: meaning.className, kind: .layer(config: .object(meaning.config)),
      calls: [KerasConfiguration.Call(arguments: tensors, problems: [])], isFrozen: false, weightName: "",
      problem: nil, isOperation: true)
  }

  private typealias Meaning = (className: String, config: [String: JSONValue])

  private func meaning(
    _ className: String, _ record: JSONValue, _ node: JSONValue, _ values: [JSONValue]
  ) -> Meaning? {
    switch className {
    case "Add", "Subtract", "Multiply", "Maximum", "Minimum":
      if values.count == 2, values.allSatisfy({ tensor($0) != nil }) {
        // Layers align shapes of different ranks at the batch, operations at the channels.
        return rank(values[0]) == rank(values[1]) ? (className, [:]) : nil
      }
      return arithmetic(className, values)
    case "Divide", "TrueDivide", "Negative": return arithmetic(className, values)
    case "Concatenate":
      let axis = record["config"]?["axis"] ?? node["kwargs"]?["axis"] ?? node["args"]?[1] ?? 0
      return axis.integer == nil ? nil : (className, ["axis": axis])
    case "Relu", "Relu6", "Sigmoid", "Tanh", "Silu", "Softplus", "Softsign", "Selu", "LogSigmoid":
      return values.count == 1 ? ("Activation", ["activation": .string(snakeCased(className))]) : nil
    case "Exp": return values.count == 1 ? ("Activation", ["activation": "exponential"]) : nil
    default: return nil
    }
  }

  /// `scale · x + offset` where one operand is a number.
  private func arithmetic(_ className: String, _ values: [JSONValue]) -> Meaning? {
    func rescaling(_ scale: Double, _ offset: Double) -> Meaning {
      ("Rescaling", ["scale": .number(scale), "offset": .number(offset)])
    }
    if className == "Negative" { return values.count == 1 ? rescaling(-1, 0) : nil }
    guard values.count == 2 else { return nil }
    let numberFirst = values[0].number
    guard let number = numberFirst ?? values[1].number, number.isFinite else { return nil }
    return switch (className, numberFirst != nil) {
    case ("Add", _): rescaling(1, number)
    case ("Multiply", _): rescaling(number, 0)
    case ("Subtract", false): rescaling(1, -number)
    case ("Subtract", true): rescaling(-1, number)
    case ("Divide", false), ("TrueDivide", false): number == 0 ? nil : rescaling(1 / number, 0)
    default: nil
    }
  }

  /// The operands in order; a list of values counts as its elements.
  private func operands(_ node: JSONValue) -> [JSONValue] {
    let named = ["x", "x1", "x2", "xs"].compactMap { node["kwargs"]?[$0] }
    return ((node["args"]?.array ?? []) + named).flatMap { $0.array ?? [$0] }.filter { !$0.isNull }
  }

  private func tensor(_ value: JSONValue) -> KerasConfiguration.TensorID? {
    guard value["class_name"]?.string == "__keras_tensor__",
      let history = value["config"]?["keras_history"]
    else { return nil }
    return reference(history)
  }

  private func rank(_ value: JSONValue) -> Int? { value["config"]?["shape"]?.array?.count }
}
