extension Loss {
  /// The losses as files and options name them: Keras' class names.
  public enum Name: String, CaseIterable, Codable, Sendable {
    case meanSquaredError = "MeanSquaredError"
    case meanAbsoluteError = "MeanAbsoluteError"
    case balancedRain = "RainWeighted"
    case binaryCrossentropy = "BinaryCrossentropy"
    case categoricalCrossentropy = "CategoricalCrossentropy"
    case sparseCategoricalCrossentropy = "SparseCategoricalCrossentropy"
    case huber = "Huber"
    case logCosh = "LogCosh"
    case meanAbsolutePercentageError = "MeanAbsolutePercentageError"
    case meanSquaredLogarithmicError = "MeanSquaredLogarithmicError"
    case poisson = "Poisson"
    case hinge = "Hinge"
    case squaredHinge = "SquaredHinge"
    case categoricalHinge = "CategoricalHinge"
    case klDivergence = "KLDivergence"
    case cosineSimilarity = "CosineSimilarity"

    /// The other names that Keras (or the literature) has for it.
    public var aliases: [String] {
      switch self {
      case .meanSquaredError: ["mean_squared_error", "mse"]
      case .meanAbsoluteError: ["mean_absolute_error", "mae"]
      case .balancedRain: ["rain_weighted", "balanced_rain"]
      case .binaryCrossentropy: ["binary_crossentropy", "bce"]
      case .categoricalCrossentropy: ["categorical_crossentropy"]
      case .sparseCategoricalCrossentropy: ["sparse_categorical_crossentropy"]
      case .huber: ["huber"]
      case .logCosh: ["log_cosh", "logcosh"]
      case .meanAbsolutePercentageError: ["mean_absolute_percentage_error", "mape"]
      case .meanSquaredLogarithmicError: ["mean_squared_logarithmic_error", "msle"]
      case .poisson: ["poisson"]
      case .hinge: ["hinge"]
      case .squaredHinge: ["squared_hinge"]
      case .categoricalHinge: ["categorical_hinge"]
      case .klDivergence: ["kl_divergence", "kld"]
      case .cosineSimilarity: ["cosine_similarity"]
      }
    }
  }

  /// The name by which files know the loss.
  public var name: Name {
    switch self {
    case .meanSquaredError: .meanSquaredError
    case .meanAbsoluteError: .meanAbsoluteError
    case .balancedRain: .balancedRain
    case .binaryCrossentropy: .binaryCrossentropy
    case .categoricalCrossentropy: .categoricalCrossentropy
    case .sparseCategoricalCrossentropy: .sparseCategoricalCrossentropy
    case .huber: .huber
    case .logCosh: .logCosh
    case .meanAbsolutePercentageError: .meanAbsolutePercentageError
    case .meanSquaredLogarithmicError: .meanSquaredLogarithmicError
    case .poisson: .poisson
    case .hinge: .hinge
    case .squaredHinge: .squaredHinge
    case .categoricalHinge: .categoricalHinge
    case .klDivergence: .klDivergence
    case .cosineSimilarity: .cosineSimilarity
    }
  }

  /// A loss with its default options by one of its names, `mse` or `MeanSquaredError`. The rain-weighted one gets
  /// the weights of Shi et al. 2017 for targets in mm/h.
  ///
  /// - Throws: `LossError` that lists the valid names.
  public init(named text: String) throws {
    guard
      let name = Name.allCases.first(where: { $0.rawValue == text || $0.aliases.contains(text.lowercased()) })
    else {
      throw LossError(
        kind: .unknownName, place: "loss",
        expected: "one of "
          + Name.allCases.map { ([$0.rawValue] + $0.aliases).joined(separator: " or ") }
          .joined(separator: ", "),
        received: "\"\(text)\"", remedy: "Choose one of these.")
    }
    switch name {
    case .meanSquaredError: self = .meanSquaredError
    case .meanAbsoluteError: self = .meanAbsoluteError
    case .balancedRain: self = .balancedRain(.shi2017)
    case .binaryCrossentropy: self = .binaryCrossentropy()
    case .categoricalCrossentropy: self = .categoricalCrossentropy()
    case .sparseCategoricalCrossentropy: self = .sparseCategoricalCrossentropy()
    case .huber: self = .huber()
    case .logCosh: self = .logCosh
    case .meanAbsolutePercentageError: self = .meanAbsolutePercentageError
    case .meanSquaredLogarithmicError: self = .meanSquaredLogarithmicError
    case .poisson: self = .poisson
    case .hinge: self = .hinge
    case .squaredHinge: self = .squaredHinge
    case .categoricalHinge: self = .categoricalHinge
    case .klDivergence: self = .klDivergence
    case .cosineSimilarity: self = .cosineSimilarity
    }
  }
}

/// As Keras writes losses: `{"class_name": "BinaryCrossentropy", "config": {"from_logits": true}}`.
extension Loss: Codable {
  private enum CodingKeys: String, CodingKey {
    case className = "class_name"
    case config
  }

  private struct LogitsOption: Codable {
    var fromLogits: Bool?
    enum CodingKeys: String, CodingKey { case fromLogits = "from_logits" }
  }

  private struct HuberOption: Codable { var delta: Double? }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(named: container.decode(String.self, forKey: .className))
    guard container.contains(.config) else { return }
    func fromLogits() throws -> Bool {
      try container.decode(LogitsOption.self, forKey: .config).fromLogits ?? false
    }
    switch self {
    case .meanSquaredError, .meanAbsoluteError, .logCosh, .meanAbsolutePercentageError,
      .meanSquaredLogarithmicError, .poisson, .hinge, .squaredHinge, .categoricalHinge, .klDivergence,
      .cosineSimilarity:
      break
    case .huber:
      self = .huber(delta: try container.decode(HuberOption.self, forKey: .config).delta ?? 1)
    case .balancedRain: self = .balancedRain(try container.decode(RainWeights.self, forKey: .config))
    case .binaryCrossentropy: self = .binaryCrossentropy(fromLogits: try fromLogits())
    case .categoricalCrossentropy: self = .categoricalCrossentropy(fromLogits: try fromLogits())
    case .sparseCategoricalCrossentropy:
      self = .sparseCategoricalCrossentropy(fromLogits: try fromLogits())
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .className)
    switch self {
    case .meanSquaredError, .meanAbsoluteError, .logCosh, .meanAbsolutePercentageError,
      .meanSquaredLogarithmicError, .poisson, .hinge, .squaredHinge, .categoricalHinge, .klDivergence,
      .cosineSimilarity:
      break
    case .huber(let delta): try container.encode(HuberOption(delta: delta), forKey: .config)
    case .balancedRain(let weights): try container.encode(weights, forKey: .config)
    case .binaryCrossentropy(let fromLogits), .categoricalCrossentropy(let fromLogits),
      .sparseCategoricalCrossentropy(let fromLogits):
      try container.encode(LogitsOption(fromLogits: fromLogits), forKey: .config)
    }
  }
}
