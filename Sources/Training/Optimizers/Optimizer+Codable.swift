extension Optimizer: Codable {
  /// The options and the number of steps; what is remembered goes as tensors, see `state`.
  private enum CodingKeys: String, CodingKey {
    case className = "class_name"
    case config, iteration
  }

  /// Keras keeps the clipping among the options of each optimizer.
  private struct ClippingOptions: Codable {
    var value: Double?
    var norm: Double?
    var globalNorm: Double?

    enum CodingKeys: String, CodingKey {
      case value = "clipvalue"
      case norm = "clipnorm"
      case globalNorm = "global_clipnorm"
    }
  }

  /// Reads `{"class_name": "Adam", "config": {"learning_rate": 0.001, "clipnorm": 1}}`.
  ///
  /// - Throws: `DecodingError` that lists the optimizers, `OptimizerError` if an option is outside its range.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let text = try container.decode(String.self, forKey: .className)
    let found = OptimizerName.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
    guard let name = found else {
      let valid = OptimizerName.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .className, in: container, debugDescription: "unknown optimizer \"\(text)\"; valid: \(valid)")
    }
    let options = try container.decode(ClippingOptions.self, forKey: .config)
    let clippings: [Clipping] = [
      options.value.map(Clipping.value), options.norm.map(Clipping.norm),
      options.globalNorm.map(Clipping.globalNorm),
    ].compactMap { $0 }
    guard clippings.count <= 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .config, in: container,
        debugDescription: "only one of clipvalue, clipnorm and global_clipnorm can be set")
    }
    let rule = try name.rule.init(from: container.superDecoder(forKey: .config))
    try self.init(rule, clipping: clippings.first ?? .none)
    iteration = try container.value(.iteration, default: 0)
    guard iteration >= 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .iteration, in: container, debugDescription: "expected a number of steps, not \(iteration)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(type(of: rule).name, forKey: .className)
    try container.encode(iteration, forKey: .iteration)
    let config = container.superEncoder(forKey: .config)
    try rule.encode(to: config)
    switch clipping {
    case .none: break
    case .value(let bound): try ClippingOptions(value: bound).encode(to: config)
    case .norm(let bound): try ClippingOptions(norm: bound).encode(to: config)
    case .globalNorm(let bound): try ClippingOptions(globalNorm: bound).encode(to: config)
    }
  }
}
