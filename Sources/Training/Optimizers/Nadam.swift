#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adam with Nesterov's momentum (Dozat 2016) in Keras' form: μₜ = β₁·(1 − 0.96ᵗ / 2) and Πₜ = μ₁ · … · μₜ,
/// w ← w − α · (μₜ₊₁·m / (1 − Πₜ₊₁) + (1 − μₜ)·g / (1 − Πₜ)) / (√(v / (1 − β₂ᵗ)) + ε).
public struct Nadam: OptimizerRule {
  public static let name = OptimizerName.nadam

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

  public var slots: [String] { ["m", "v"] }

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
    let product = momentumProduct(steps: iteration)
    let next = momentum(iteration + 1)
    let ofMean = Float(learningRate * next / (1 - product * next))
    let ofGradient = Float(learningRate * (1 - momentum(iteration)) / (1 - product))
    let correction = Float(1 / (1 - pow(beta2, Double(iteration))))
    let (rest1, rest2, epsilon) = (Float(1 - beta1), Float(1 - beta2), Float(epsilon))
    let (m, v) = (slots[0], slots[1])
    forEachPart(of: count) { range in
      for i in range {
        let g = gradient[i]
        m[i] += (g - m[i]) * rest1
        v[i] += (g * g - v[i]) * rest2
        values[i] -= (ofMean * m[i] + ofGradient * g) / ((v[i] * correction).squareRoot() + epsilon)
      }
    }
  }

  /// Πₜ after so many steps; Keras keeps it in its files.
  package func momentumProduct(steps: Int) -> Double {
    (0..<steps).reduce(1.0) { $0 * momentum($1 + 1) }
  }

  private func momentum(_ step: Int) -> Double { beta1 * (1 - 0.5 * pow(0.96, Double(step))) }
}

extension Nadam {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case beta1 = "beta_1"
    case beta2 = "beta_2"
    case epsilon
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Nadam()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      beta1: try config.value(.beta1, default: standard.beta1),
      beta2: try config.value(.beta2, default: standard.beta2),
      epsilon: try config.value(.epsilon, default: standard.epsilon),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }
}
