#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adamax (Kingma & Ba 2015) in Keras' form: m ← β₁·m + (1 − β₁)·g, u ← max(β₂·u, |g|),
/// w ← w − α / (1 − β₁ᵗ) · m / (u + ε).
public struct Adamax: OptimizerRule {
  public static let name = OptimizerName.adamax

  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double?

  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    weightDecay: Double? = nil
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var slots: [String] { ["m", "u"] }

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
    let rate = Float(learningRate / (1 - pow(beta1, Double(iteration))))
    let (rest1, beta2, epsilon) = (Float(1 - beta1), Float(beta2), Float(epsilon))
    let (m, u) = (slots[0], slots[1])
    forEachPart(of: count) { range in
      for i in range {
        let g = gradient[i]
        m[i] += (g - m[i]) * rest1
        u[i] = max(beta2 * u[i], abs(g))
        values[i] -= rate * m[i] / (u[i] + epsilon)
      }
    }
  }
}

extension Adamax {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case beta1 = "beta_1"
    case beta2 = "beta_2"
    case epsilon
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Adamax()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      beta1: try config.value(.beta1, default: standard.beta1),
      beta2: try config.value(.beta2, default: standard.beta2),
      epsilon: try config.value(.epsilon, default: standard.epsilon),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }
}
