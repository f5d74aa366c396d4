#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adam with Nesterov's momentum (Dozat 2016) in Keras' form: μₜ = β₁·(1 − 0.96ᵗ / 2) and Πₜ = μ₁ · … · μₜ,
/// w ← w − α · (μₜ₊₁·m / (1 − Πₜ₊₁) + (1 − μₜ)·g / (1 − Πₜ)) / (√(v / (1 − β₂ᵗ)) + ε).
public struct Nadam: MomentRule {
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
