/// As Keras writes schedules: `{"class_name": "CosineDecay", "config": {"decay_steps": 1000}}`.
extension LearningRateSchedule: Codable {
  /// The schedules as files and options name them: Keras' class names.
  public enum Name: String, CaseIterable, Codable, Sendable {
    case constant = "Constant"
    case exponential = "ExponentialDecay"
    case cosine = "CosineDecay"
    case inverseTime = "InverseTimeDecay"
    case polynomial = "PolynomialDecay"
    case piecewise = "PiecewiseConstantDecay"
    case reduceOnPlateau = "ReduceLROnPlateau"
  }

  private enum CodingKeys: String, CodingKey {
    case className = "class_name"
    case config
  }

  private struct Config: Codable {
    var decaySteps: Int?
    var decayRate: Double?
    var staircase: Bool?
    var warmupSteps: Int?
    var alpha: Double?
    var endLearningRate: Double?
    var power: Double?
    var cycle: Bool?
    var boundaries: [Double]?
    var values: [Double]?

    enum CodingKeys: String, CodingKey {
      case decaySteps = "decay_steps"
      case decayRate = "decay_rate"
      case staircase
      case warmupSteps = "warmup_steps"
      case alpha, power, cycle, boundaries, values
      case endLearningRate = "end_learning_rate"
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let text = try container.decode(String.self, forKey: .className)
    guard let name = Name(rawValue: text) else {
      let valid = Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .className, in: container, debugDescription: "unknown schedule \"\(text)\"; valid: \(valid)")
    }
    if name == .reduceOnPlateau {
      self = .reduceOnPlateau(try container.decode(ReduceOnPlateau.self, forKey: .config))
      return
    }
    let config = try container.decodeIfPresent(Config.self, forKey: .config) ?? Config()
    func decaySteps() throws -> Int {
      guard let steps = config.decaySteps, steps > 0, (config.warmupSteps ?? 0) >= 0 else {
        throw DecodingError.dataCorruptedError(
          forKey: .config, in: container, debugDescription: "expected decay_steps of at least 1")
      }
      return steps
    }
    switch name {
    case .constant, .reduceOnPlateau: self = .constant
    case .inverseTime:
      self = .inverseTime(
        decaySteps: try decaySteps(), decayRate: config.decayRate ?? 0.5, staircase: config.staircase ?? false
      )
    case .polynomial:
      self = .polynomial(
        decaySteps: try decaySteps(), end: config.endLearningRate ?? 0.0001, power: config.power ?? 1,
        cycle: config.cycle ?? false)
    case .piecewise:
      guard let boundaries = config.boundaries, let values = config.values,
        values.count == boundaries.count + 1
      else {
        throw DecodingError.dataCorruptedError(
          forKey: .config, in: container, debugDescription: "expected one value more than boundaries")
      }
      self = .piecewise(boundaries: boundaries, values: values)
    case .exponential:
      self = .exponential(
        decaySteps: try decaySteps(), decayRate: config.decayRate ?? 0.9, staircase: config.staircase ?? false
      )
    case .cosine:
      self = .cosine(
        decaySteps: try decaySteps(), warmupSteps: config.warmupSteps ?? 0, finalShare: config.alpha ?? 0)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .constant: try container.encode(Name.constant, forKey: .className)
    case .exponential(let decaySteps, let decayRate, let staircase):
      try container.encode(Name.exponential, forKey: .className)
      try container.encode(
        Config(decaySteps: decaySteps, decayRate: decayRate, staircase: staircase), forKey: .config)
    case .cosine(let decaySteps, let warmupSteps, let finalShare):
      try container.encode(Name.cosine, forKey: .className)
      try container.encode(
        Config(decaySteps: decaySteps, warmupSteps: warmupSteps, alpha: finalShare), forKey: .config)
    case .inverseTime(let decaySteps, let decayRate, let staircase):
      try container.encode(Name.inverseTime, forKey: .className)
      try container.encode(
        Config(decaySteps: decaySteps, decayRate: decayRate, staircase: staircase), forKey: .config)
    case .polynomial(let decaySteps, let end, let power, let cycle):
      try container.encode(Name.polynomial, forKey: .className)
      try container.encode(
        Config(decaySteps: decaySteps, endLearningRate: end, power: power, cycle: cycle), forKey: .config)
    case .piecewise(let boundaries, let values):
      try container.encode(Name.piecewise, forKey: .className)
      try container.encode(Config(boundaries: boundaries, values: values), forKey: .config)
    case .reduceOnPlateau(let plateau):
      try container.encode(Name.reduceOnPlateau, forKey: .className)
      try container.encode(plateau, forKey: .config)
    }
  }
}
