#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adamax (Kingma & Ba 2015) in Keras' form: m ← β₁·m + (1 − β₁)·g, u ← max(β₂·u, |g|),
/// w ← w − α / (1 − β₁ᵗ) · m / (u + ε).
public struct Adamax: MomentRule {
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
