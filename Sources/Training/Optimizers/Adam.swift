#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adam (Kingma & Ba 2015) in Keras' form: m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g²,
/// w ← w − α·√(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).
///
/// With `amsgrad` the largest v so far takes the place of v (Reddi et al. 2018).
public struct Adam: OptimizerRule {
  public static let name = OptimizerName.adam

  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var amsgrad: Bool
  public var weightDecay: Double?

  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    amsgrad: Bool = false, weightDecay: Double? = nil
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.amsgrad = amsgrad
    self.weightDecay = weightDecay
  }

  public var slots: [String] { ["m", "v"] + (amsgrad ? ["largest_v"] : []) }

  public func validate() throws {
    try requireCommonOptions()
    try require("beta_1", beta1, beta1 >= 0 && beta1 < 1, "in [0, 1)")
    try require("beta_2", beta2, beta2 >= 0 && beta2 < 1, "in [0, 1)")
    try require("epsilon", epsilon, epsilon >= 0 && epsilon.isFinite, "≥ 0")
  }

  public func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient,
    slots: [UnsafeMutablePointer<Float>], count: Int, learningRate: Double, iteration: Int
  ) {
    // The corrections are taken in Double: 1 − 0.999 in float32 is off by 5e-5 of itself.
    let correction = (1 - pow(beta2, Double(iteration))).squareRoot() / (1 - pow(beta1, Double(iteration)))
    let rate = Float(learningRate * correction)
    let (rest1, rest2, epsilon) = (Float(1 - beta1), Float(1 - beta2), Float(epsilon))
    let (m, v) = (slots[0], slots[1])
    let largest = amsgrad ? slots[2] : nil
    let step = AdamStep(rate: rate, rest1: rest1, rest2: rest2, epsilon: epsilon)
    forEachPart(of: count) { range in step.update(values, by: gradient, m, v, largest, range) }
  }
}

extension Adam {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case beta1 = "beta_1"
    case beta2 = "beta_2"
    case epsilon, amsgrad
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    try self.init(from: decoder, weightDecay: nil)
  }

  init(from decoder: any Decoder, weightDecay: Double?) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Adam()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      beta1: try config.value(.beta1, default: standard.beta1),
      beta2: try config.value(.beta2, default: standard.beta2),
      epsilon: try config.value(.epsilon, default: standard.epsilon),
      amsgrad: try config.value(.amsgrad, default: standard.amsgrad),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay) ?? weightDecay)
  }
}
