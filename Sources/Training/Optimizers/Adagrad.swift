/// Adagrad (Duchi et al. 2011) in Keras' form: a ← a + g², w ← w − α·g / √(a + ε); a begins with a positive number.
public struct Adagrad: OptimizerRule {
  public static let name = OptimizerName.adagrad

  public var learningRate: Double
  public var initialAccumulatorValue: Double
  public var epsilon: Double
  public var weightDecay: Double?

  public init(
    learningRate: Double = 0.001, initialAccumulatorValue: Double = 0.1, epsilon: Double = 1e-7,
    weightDecay: Double? = nil
  ) {
    self.learningRate = learningRate
    self.initialAccumulatorValue = initialAccumulatorValue
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var slots: [String] { ["accumulator"] }

  public func start(of slot: String) -> Float { Float(initialAccumulatorValue) }

  public func validate() throws {
    try requireCommonOptions()
    try require(
      "initial_accumulator_value", initialAccumulatorValue,
      initialAccumulatorValue >= 0 && initialAccumulatorValue.isFinite, "≥ 0")
    try require("epsilon", epsilon, epsilon >= 0 && epsilon.isFinite, "≥ 0")
  }

  public func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient,
    slots: [UnsafeMutablePointer<Float>], count: Int, learningRate: Double, iteration: Int
  ) {
    let (rate, epsilon) = (Float(learningRate), Float(epsilon))
    let sum = slots[0]
    forEachPart(of: count) { range in
      for i in range {
        let g = gradient[i]
        sum[i] += g * g
        values[i] -= rate * g / (sum[i] + epsilon).squareRoot()
      }
    }
  }
}

extension Adagrad {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case initialAccumulatorValue = "initial_accumulator_value"
    case epsilon
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Adagrad()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      initialAccumulatorValue: try config.value(
        .initialAccumulatorValue, default: standard.initialAccumulatorValue),
      epsilon: try config.value(.epsilon, default: standard.epsilon),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }
}
