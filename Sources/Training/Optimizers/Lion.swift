/// Lion (Chen et al. 2023) in Keras' form: w ← w − α·sign(β₁·m + (1 − β₁)·g), m ← β₂·m + (1 − β₂)·g.
public struct Lion: OptimizerRule {
  public static let name = OptimizerName.lion

  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var weightDecay: Double?

  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Double? = nil
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
  }

  public var slots: [String] { ["momentum"] }

  public func validate() throws {
    try requireCommonOptions()
    try require("beta_1", beta1, beta1 >= 0 && beta1 < 1, "in [0, 1)")
    try require("beta_2", beta2, beta2 >= 0 && beta2 < 1, "in [0, 1)")
  }

  public func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient,
    slots: [UnsafeMutablePointer<Float>], count: Int, learningRate: Double, iteration: Int
  ) {
    let rate = Float(learningRate)
    let (keep1, rest1, keep2, rest2) = (Float(beta1), Float(1 - beta1), Float(beta2), Float(1 - beta2))
    let m = slots[0]
    forEachPart(of: count) { range in
      for i in range {
        let g = gradient[i]
        let direction = m[i] * keep1 + g * rest1
        values[i] -= direction > 0 ? rate : direction < 0 ? -rate : direction
        m[i] = m[i] * keep2 + g * rest2
      }
    }
  }
}

extension Lion {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case beta1 = "beta_1"
    case beta2 = "beta_2"
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Lion()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      beta1: try config.value(.beta1, default: standard.beta1),
      beta2: try config.value(.beta2, default: standard.beta2),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }
}
