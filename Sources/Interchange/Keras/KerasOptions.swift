/// Which options of a Keras layer are taken over, which do not matter, and which cannot be translated.
///
/// The rule needs no table per layer: a layer decodes Keras' configuration and writes its own back under the same
/// names. What it wrote must equal what stood there; what it did not write must say nothing, that is have the
/// value it has where it is not used.
struct KerasOptions {
  /// Options that change neither what a layer computes nor its gradients.
  static let irrelevant: Set<String> = [
    "name", "trainable", "dtype", "seed", "implementation", "unroll", "batch_input_shape", "batch_shape",
    "build_config", "module", "registered_name", "shared_object_id", "synchronized", "autocast", "input_dim",
    "input_length", "compile_config", "fused", "virtual_batch_size", "adjustment", "renorm_momentum",
    "ragged",
    "sparse", "time_major",
  ]

  /// Options that only training knows of, and that are not taken over.
  static func isOfTraining(_ name: String) -> Bool {
    name.hasSuffix("_initializer") || name.hasSuffix("_regularizer") || name.hasSuffix("_constraint")
  }

  /// Values of further options that mean: not used.
  private static let neutral: [String: JSONValue] = [
    "groups": 1, "depth_multiplier": 1, "dilation_rate": 1, "data_format": "channels_last", "gain": 1,
  ]

  /// Other names of activations.
  private static let aliases: [String: String] = ["swish": "silu", "hard_swish": "hard_silu"]

  /// Brings an older or shorter form into the one that layers decode.
  static func normalised(_ config: JSONValue, className: String, dialect: KerasDialect) -> JSONValue {
    guard case .object(var members) = config else { return config }
    for (name, value) in members {
      if name.hasSuffix("activation"), let text = value.string {
        var activation = aliases[text] ?? text
        if dialect == .keras2, activation == "hard_sigmoid" { activation = "hard_sigmoid_keras2" }
        members[name] = .string(activation)
      } else if let elements = value.array {
        members[name] = .array(elements.map { normalisedRecord($0, dialect) ?? $0 })
      } else if let record = normalisedRecord(value, dialect) {
        members[name] = record
      }
    }
    // TensorFlow writes the axis as a list of one.
    if className == "BatchNormalization", let axis = members["axis"]?.array, axis.count == 1 {
      members["axis"] = axis[0]
    }
    return .object(members)
  }

  /// Options that ask for sparsemax.
  static func sparsemax(_ config: JSONValue) -> [String] {
    (config.object ?? [:]).sorted { $0.key < $1.key }.flatMap { name, value -> [String] in
      if name.hasSuffix("activation"), value == "sparsemax" { return [name] }
      return value["config"].map { sparsemax($0).map { "\(name).\($0)" } } ?? []
    }
  }

  /// The largest number of anything in a configuration, and of elements in an array of it: beyond, products of
  /// options do not fit an integer any more, nor any memory.
  static let maximumLength = 1 << 20
  static let maximumProduct = 1 << 40

  /// An option that no real model has.
  static func absurd(_ config: JSONValue, prefix: String = "") -> String? {
    switch config {
    case .object(let members):
      for (name, value) in members.sorted(by: { $0.key < $1.key }) where !irrelevant.contains(name) {
        if isOfTraining(name) { continue }
        if let found = absurd(value, prefix: prefix.isEmpty ? name : "\(prefix).\(name)") { return found }
      }
      return nil
    case .array(let elements):
      guard elements.count <= 1000 else { return prefix }
      var product = 1
      for element in elements {
        if let found = absurd(element, prefix: prefix) { return found }
        let (next, overflows) = product.multipliedReportingOverflow(by: max(1, abs(element.integer ?? 1)))
        guard !overflows, next <= maximumProduct else { return prefix }
        product = next
      }
      return nil
    case .integer(let value): return value > maximumLength || value < -maximumLength ? prefix : nil
    default: return nil
    }
  }

  /// `nil` for what is no record of a layer.
  private static func normalisedRecord(_ value: JSONValue, _ dialect: KerasDialect) -> JSONValue? {
    guard let className = value["class_name"]?.string, let inner = value["config"],
      case .object(var record) = value
    else { return nil }
    record["config"] = normalised(inner, className: className, dialect: dialect)
    return .object(record)
  }

  /// What the layer lost of its configuration: option and reason.
  static func lost(
    original: JSONValue, kept: JSONValue, prefix: String = ""
  ) -> [(option: String, reason: String)] {
    guard let given = original.object, let kept = kept.object else { return [] }
    var found: [(String, String)] = []
    for (name, value) in given.sorted(by: { $0.key < $1.key }) where !irrelevant.contains(name) {
      if isOfTraining(name) { continue }
      let path = prefix.isEmpty ? name : "\(prefix).\(name)"
      if let mine = kept[name] {
        if value.object != nil, mine.object != nil {
          found += lost(original: value, kept: mine, prefix: path)
        } else if let records = value.array, let others = mine.array, records.count == others.count,
          records.contains(where: { $0.object != nil })
        {
          for (index, pair) in zip(records, others).enumerated() {
            found += lost(original: pair.0, kept: pair.1, prefix: "\(path)[\(index)]")
          }
        } else if !isSame(value, mine) {
          found.append((path, "\(value) would become \(mine)"))
        }
      } else if !isUnused(name, value) {
        found.append((path, "\(value) has no counterpart"))
      }
    }
    return found
  }

  /// Regularizers and constraints that are left out, for a note to the user.
  static func ofTraining(_ config: JSONValue) -> [String] {
    (config.object ?? [:]).filter { name, value in
      (name.hasSuffix("_regularizer") || name.hasSuffix("_constraint")) && !value.isNull
    }.keys.sorted()
  }

  private static func isUnused(_ name: String, _ value: JSONValue) -> Bool {
    if let neutral = neutral[name], isSame(value, neutral) { return true }
    return value.isNull || value == false || value.number == 0
  }

  /// Equal values; `3` and `[3, 3]` are, and numbers are as float32.
  private static func isSame(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if let x = a.number, let y = b.number { return x == y || Float(x) == Float(y) }
    switch (a.array, b.array) {
    case (let x?, let y?):
      return x.count == y.count && zip(x, y).allSatisfy { isSame($0, $1) }
        || x.count == 1 && y.allSatisfy { isSame($0, x[0]) }
        || y.count == 1 && x.allSatisfy { isSame($0, y[0]) }
    case (let x?, nil): return !x.isEmpty && x.allSatisfy { isSame($0, b) }
    case (nil, let y?): return !y.isEmpty && y.allSatisfy { isSame(a, $0) }
    case (nil, nil): return a == b
    }
  }
}
