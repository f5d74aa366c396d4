/// RMSprop (Hinton 2012) in Keras' form: v ← ρ·v + (1 − ρ)·g², w ← w − α·g / √(v + ε).
///
/// `centered` takes the square of the mean gradient off v; with `momentum` the steps are summed up,
/// s ← μ·s + α·g / √(v + ε), w ← w − s.
public struct RMSprop: OptimizerRule {
  public static let name = OptimizerName.rmsProp

  public var learningRate: Double
  public var rho: Double
  public var momentum: Double
  public var epsilon: Double
  public var centered: Bool
  public var weightDecay: Double?

  public init(
    learningRate: Double = 0.001, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
    centered: Bool = false, weightDecay: Double? = nil
  ) {
    self.learningRate = learningRate
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
    self.weightDecay = weightDecay
  }

  public var slots: [String] {
    ["v"] + (centered ? ["mean"] : []) + (momentum > 0 ? ["momentum"] : [])
  }

  public func validate() throws {
    try requireCommonOptions()
    try require("rho", rho, rho >= 0 && rho <= 1, "in [0, 1]")
    try require("momentum", momentum, momentum >= 0 && momentum <= 1, "in [0, 1]")
    try require("epsilon", epsilon, epsilon >= 0 && epsilon.isFinite, "≥ 0")
  }

  public func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient,
    slots: [UnsafeMutablePointer<Float>], count: Int, learningRate: Double, iteration: Int
  ) {
    let rate = Float(learningRate)
    let (rho, rest, epsilon) = (Float(rho), Float(1 - rho), Float(epsilon))
    let momentum = Float(momentum)
    let v = slots[0]
    let mean = centered ? slots[1] : nil
    let sum = momentum > 0 ? slots[slots.count - 1] : nil
    forEachPart(of: count) { range in
      for i in range {
        let g = gradient[i]
        v[i] = rho * v[i] + rest * g * g
        var spread = v[i]
        if let mean {
          mean[i] = rho * mean[i] + rest * g
          spread -= mean[i] * mean[i]
        }
        let step = rate * g / (spread + epsilon).squareRoot()
        if let sum {
          sum[i] = momentum * sum[i] + step
          values[i] -= sum[i]
        } else {
          values[i] -= step
        }
      }
    }
  }
}

extension RMSprop {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case rho, momentum, epsilon, centered
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = RMSprop()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      rho: try config.value(.rho, default: standard.rho),
      momentum: try config.value(.momentum, default: standard.momentum),
      epsilon: try config.value(.epsilon, default: standard.epsilon),
      centered: try config.value(.centered, default: standard.centered),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }
}
