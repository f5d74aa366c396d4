#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lamb (You et al. 2020) in Keras' form: Adam's step r, as long in relation to the parameter as the learning rate
/// says: w ← w − α·|w| / |r| · r.
public struct Lamb: MomentRule {
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
