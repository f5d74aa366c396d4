#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Follow the regularised leader (McMahan et al. 2013) in Keras' form.
public struct Ftrl: OptimizerRule {
  public static let name = OptimizerName.ftrl

  public var learningRate: Double
  public var learningRatePower: Double
  public var initialAccumulatorValue: Double
  public var l1: Double
  public var l2: Double
  public var l2Shrinkage: Double
  public var beta: Double
  public var weightDecay: Double?

  public init(
    learningRate: Double = 0.001, learningRatePower: Double = -0.5, initialAccumulatorValue: Double = 0.1,
    l1: Double = 0, l2: Double = 0, l2Shrinkage: Double = 0, beta: Double = 0, weightDecay: Double? = nil
  ) {
    self.learningRate = learningRate
    self.learningRatePower = learningRatePower
    self.initialAccumulatorValue = initialAccumulatorValue
    self.l1 = l1
    self.l2 = l2
    self.l2Shrinkage = l2Shrinkage
    self.beta = beta
    self.weightDecay = weightDecay
  }

  public var slots: [String] { ["accumulator", "linear"] }

  public func start(of slot: String) -> Float { slot == "accumulator" ? Float(initialAccumulatorValue) : 0 }

  public func validate() throws {
    try requireCommonOptions()
    try require(
      "learning_rate_power", learningRatePower, learningRatePower <= 0 && learningRatePower.isFinite, "≤ 0")
    try require(
      "initial_accumulator_value", initialAccumulatorValue,
      initialAccumulatorValue >= 0 && initialAccumulatorValue.isFinite, "≥ 0")
    try require("l1_regularization_strength", l1, l1 >= 0 && l1.isFinite, "≥ 0")
    try require("l2_regularization_strength", l2, l2 >= 0 && l2.isFinite, "≥ 0")
    try require(
      "l2_shrinkage_regularization_strength", l2Shrinkage, l2Shrinkage >= 0 && l2Shrinkage.isFinite, "≥ 0")
    try require("beta", beta, beta >= 0 && beta.isFinite, "≥ 0")
  }

  public func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient,
    slots: [UnsafeMutablePointer<Float>], count: Int, learningRate: Double, iteration: Int
  ) {
    let (rate, power) = (Float(learningRate), Float(-learningRatePower))
    let (l1, shrinkage) = (Float(l1), Float(2 * l2Shrinkage))
    let l2 = Float(2 * (l2 + beta / (2 * learningRate)))
    let (sum, linear) = (slots[0], slots[1])
    forEachPart(of: count) { range in
      for i in range {
        let g = gradient[i]
        let next = sum[i] + g * g
        let (before, after) = (pow(sum[i], power), pow(next, power))
        linear[i] += g + shrinkage * values[i] - (after - before) / rate * values[i]
        values[i] = (min(max(linear[i], -l1), l1) - linear[i]) / (after / rate + l2)
        sum[i] = next
      }
    }
  }
}

extension Ftrl {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case learningRatePower = "learning_rate_power"
    case initialAccumulatorValue = "initial_accumulator_value"
    case l1 = "l1_regularization_strength"
    case l2 = "l2_regularization_strength"
    case l2Shrinkage = "l2_shrinkage_regularization_strength"
    case beta
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Ftrl()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      learningRatePower: try config.value(.learningRatePower, default: standard.learningRatePower),
      initialAccumulatorValue: try config.value(
        .initialAccumulatorValue, default: standard.initialAccumulatorValue),
      l1: try config.value(.l1, default: standard.l1),
      l2: try config.value(.l2, default: standard.l2),
      l2Shrinkage: try config.value(.l2Shrinkage, default: standard.l2Shrinkage),
      beta: try config.value(.beta, default: standard.beta),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }
}
