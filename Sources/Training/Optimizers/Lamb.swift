#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lamb (You et al. 2020) in Keras' form: Adam's step r, as long in relation to the parameter as the learning rate
/// says: w ← w − α·|w| / |r| · r.
public struct Lamb: OptimizerRule {
  public static let name = OptimizerName.lamb

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
    let correction1 = Float(1 / (1 - pow(beta1, Double(iteration))))
    let correction2 = Float(1 / (1 - pow(beta2, Double(iteration))))
    let (rest1, rest2, epsilon) = (Float(1 - beta1), Float(1 - beta2), Float(epsilon))
    let (m, v) = (slots[0], slots[1])
    // Norms in one order, whatever the number of threads.
    var (weights, steps) = (0.0, 0.0)
    for i in 0..<count {
      let g = gradient[i]
      m[i] += (g - m[i]) * rest1
      v[i] += (g * g - v[i]) * rest2
      let step = Double(m[i] * correction1 / ((v[i] * correction2).squareRoot() + epsilon))
      weights += Double(values[i]) * Double(values[i])
      steps += step * step
    }
    let ratio = weights > 0 && steps > 0 ? (weights / steps).squareRoot() : 1
    let rate = Float(ratio * learningRate)
    forEachPart(of: count) { range in
      for i in range {
        values[i] -= rate * (m[i] * correction1 / ((v[i] * correction2).squareRoot() + epsilon))
      }
    }
  }
}

extension Lamb {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case beta1 = "beta_1"
    case beta2 = "beta_2"
    case epsilon
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Lamb()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      beta1: try config.value(.beta1, default: standard.beta1),
      beta2: try config.value(.beta2, default: standard.beta2),
      epsilon: try config.value(.epsilon, default: standard.epsilon),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }
}
