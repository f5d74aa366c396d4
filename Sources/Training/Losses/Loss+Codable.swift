extension Loss {
  /// The losses as files and options name them: Keras' class names.
  public enum Name: String, CaseIterable, Codable, Sendable {
    case meanSquaredError = "MeanSquaredError"
    case meanAbsoluteError = "MeanAbsoluteError"
    case balancedRain = "RainWeighted"
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
    case binaryCrossentropy = "BinaryCrossentropy"
    case binaryFocalCrossentropy = "BinaryFocalCrossentropy"
    case categoricalCrossentropy = "CategoricalCrossentropy"
    case categoricalFocalCrossentropy = "CategoricalFocalCrossentropy"
    case sparseCategoricalCrossentropy = "SparseCategoricalCrossentropy"
    case spectral = "FourierAmplitudeCorrelation"

    /// The other names that Keras (or the literature) has for it.
    public var aliases: [String] {
      switch self {
      case .meanSquaredError: ["mean_squared_error", "mse"]
      case .meanAbsoluteError: ["mean_absolute_error", "mae"]
      case .balancedRain: ["rain_weighted", "balanced_rain"]
      case .huber: ["huber"]
      case .logCosh: ["log_cosh", "logcosh"]
      case .meanAbsolutePercentageError: ["mean_absolute_percentage_error", "mape"]
      case .meanSquaredLogarithmicError: ["mean_squared_logarithmic_error", "msle"]
      case .poisson: ["poisson"]
      case .hinge: ["hinge"]
      case .squaredHinge: ["squared_hinge"]
      case .categoricalHinge: ["categorical_hinge"]
      case .klDivergence: ["kl_divergence", "kullback_leibler_divergence", "kld"]
      case .cosineSimilarity: ["cosine_similarity"]
      case .binaryCrossentropy: ["binary_crossentropy", "bce"]
      case .binaryFocalCrossentropy: ["binary_focal_crossentropy"]
      case .categoricalCrossentropy: ["categorical_crossentropy"]
      case .categoricalFocalCrossentropy: ["categorical_focal_crossentropy"]
      case .sparseCategoricalCrossentropy: ["sparse_categorical_crossentropy"]
      case .spectral: ["facl", "spectral"]
      }
    }

    /// The loss with its default options; the rain-weighted one has the weights of Shi et al. 2017 for mm/h.
    var standard: Loss {
      switch self {
      case .meanSquaredError: .meanSquaredError
      case .meanAbsoluteError: .meanAbsoluteError
      case .balancedRain: .balancedRain(.shi2017)
      case .huber: .huber()
      case .logCosh: .logCosh
      case .meanAbsolutePercentageError: .meanAbsolutePercentageError
      case .meanSquaredLogarithmicError: .meanSquaredLogarithmicError
      case .poisson: .poisson
      case .hinge: .hinge
      case .squaredHinge: .squaredHinge
      case .categoricalHinge: .categoricalHinge
      case .klDivergence: .klDivergence
      case .cosineSimilarity: .cosineSimilarity
      case .binaryCrossentropy: .binaryCrossentropy()
      case .binaryFocalCrossentropy: .binaryFocalCrossentropy()
      case .categoricalCrossentropy: .categoricalCrossentropy()
      case .categoricalFocalCrossentropy: .categoricalFocalCrossentropy()
      case .sparseCategoricalCrossentropy: .sparseCategoricalCrossentropy()
      case .spectral: .spectral()
      }
    }
  }

  /// The name by which files know the loss: Keras' class name, `Sum`, or that of a loss of the program's own.
  public var typeName: String {
    if case .custom(let loss) = self { return type(of: loss.loss).typeName }
    return name?.rawValue ?? LossSum.typeName
  }

  /// Which loss it is; `nil` for a sum and for one of the program's own.
  public var name: Name? {
    switch self {
    case .meanSquaredError: .meanSquaredError
    case .meanAbsoluteError: .meanAbsoluteError
    case .balancedRain: .balancedRain
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
    case .binaryCrossentropy: .binaryCrossentropy
    case .binaryFocalCrossentropy: .binaryFocalCrossentropy
    case .categoricalCrossentropy: .categoricalCrossentropy
    case .categoricalFocalCrossentropy: .categoricalFocalCrossentropy
    case .sparseCategoricalCrossentropy: .sparseCategoricalCrossentropy
    case .spectral: .spectral
    case .sum, .custom: nil
    }
  }

  /// A loss with its default options by one of its names, `mse` or `MeanSquaredError`, or a weighted sum such as
  /// `mse+0.1*facl`. The rain-weighted one gets the weights of Shi et al. 2017 for targets in mm/h.
  ///
  /// - Throws: `LossError` that lists the valid names, or for weights that are no positive numbers.
  public init(named text: String) throws {
    if text.contains(where: { $0 == "+" || $0 == "*" }) {
      self = .sum(
        try LossSum(LossSum.parts(of: text).map { LossSum.Term(try Loss(named: $0.name), weight: $0.weight) })
      )
      return
    }
    guard
      let name = Name.allCases.first(where: { $0.rawValue == text || $0.aliases.contains(text.lowercased()) })
    else {
      let names = Name.allCases.map { ([$0.rawValue] + $0.aliases).joined(separator: " or ") }
      throw LossError(
        .unknownName, in: "loss",
        expected: "one of " + (names + LossRegistry.names).joined(separator: ", ")
          + ", or a sum such as mse+0.1*facl",
        received: "\"\(text)\"",
        remedy: "Choose one of these; a loss of your own must be registered with LossRegistry.register.")
    }
    self = name.standard
  }
}

/// As Keras writes losses: `{"class_name": "BinaryCrossentropy", "config": {"from_logits": true}}`.
extension Loss: Codable {
  private enum CodingKeys: String, CodingKey {
    case className = "class_name"
    case config
  }

  private struct Options: Codable {
    var fromLogits: Bool?
    var labelSmoothing: Float?
    var delta: Double?
    var alpha: Float?
    var gamma: Float?
    var appliesClassBalancing: Bool?
    var axis: Int?
    var reduction: String?

    enum CodingKeys: String, CodingKey {
      case fromLogits = "from_logits"
      case labelSmoothing = "label_smoothing"
      case delta, alpha, gamma, axis, reduction
      case appliesClassBalancing = "apply_class_balancing"
    }

    init() {}

    init(_ focal: FocalOptions, isBinary: Bool) {
      (alpha, gamma, fromLogits) = (focal.alpha, focal.gamma, focal.fromLogits)
      labelSmoothing = focal.labelSmoothing
      if isBinary { appliesClassBalancing = focal.appliesClassBalancing }
    }

    var focal: FocalOptions {
      let standard = FocalOptions()
      return FocalOptions(
        alpha: alpha ?? standard.alpha, gamma: gamma ?? standard.gamma, fromLogits: fromLogits ?? false,
        labelSmoothing: labelSmoothing ?? 0, appliesClassBalancing: appliesClassBalancing ?? false)
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let text = try container.decode(String.self, forKey: .className)
    if let type = LossRegistry.type(named: text) {
      let loss = try type.init(from: container.superDecoder(forKey: .config))
      self = .custom(AnyLoss(loss))
      return
    }
    if text == LossSum.typeName {
      self = .sum(try container.decode(LossSum.self, forKey: .config))
      return
    }
    try self.init(named: text)
    guard container.contains(.config) else { return }
    if case .spectral = self {
      self = .spectral(try container.decode(SpectralOptions.self, forKey: .config))
      return
    }
    if case .balancedRain = self {
      self = .balancedRain(try container.decode(RainWeights.self, forKey: .config))
      return
    }
    let options = try container.decode(Options.self, forKey: .config)
    func refuse(_ option: String, _ expected: String, _ received: String) -> DecodingError {
      DecodingError.dataCorruptedError(
        forKey: .config, in: container,
        debugDescription: "\(text): expected \(option) \(expected), received \(received)")
    }
    if let axis = options.axis, axis != -1 { throw refuse("axis", "-1", "\(axis)") }
    if let reduction = options.reduction, !["sum_over_batch_size", "mean", "auto"].contains(reduction) {
      throw refuse("reduction", "sum_over_batch_size", reduction)
    }
    let smoothing = options.labelSmoothing ?? 0
    guard smoothing >= 0, smoothing <= 1 else {
      throw refuse("label_smoothing", "in [0, 1]", "\(smoothing)")
    }
    let fromLogits = options.fromLogits ?? false
    switch self {
    case .huber: self = .huber(delta: options.delta ?? 1)
    case .binaryCrossentropy:
      self = .binaryCrossentropy(fromLogits: fromLogits, labelSmoothing: smoothing)
    case .binaryFocalCrossentropy: self = .binaryFocalCrossentropy(options.focal)
    case .categoricalCrossentropy:
      self = .categoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: smoothing)
    case .categoricalFocalCrossentropy: self = .categoricalFocalCrossentropy(options.focal)
    case .sparseCategoricalCrossentropy: self = .sparseCategoricalCrossentropy(fromLogits: fromLogits)
    default: break
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(typeName, forKey: .className)
    var options = Options()
    switch self {
    case .balancedRain(let weights): return try container.encode(weights, forKey: .config)
    case .spectral(let options): return try container.encode(options, forKey: .config)
    case .sum(let terms): return try container.encode(terms, forKey: .config)
    case .custom(let loss): return try loss.loss.encode(to: container.superEncoder(forKey: .config))
    case .huber(let delta): options.delta = delta
    case .binaryCrossentropy(let fromLogits, let smoothing),
      .categoricalCrossentropy(let fromLogits, let smoothing):
      (options.fromLogits, options.labelSmoothing) = (fromLogits, smoothing)
    case .sparseCategoricalCrossentropy(let fromLogits): options.fromLogits = fromLogits
    case .binaryFocalCrossentropy(let focal): options = Options(focal, isBinary: true)
    case .categoricalFocalCrossentropy(let focal): options = Options(focal, isBinary: false)
    default: return
    }
    try container.encode(options, forKey: .config)
  }
}
