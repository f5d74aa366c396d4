/// Adadelta (Zeiler 2012) in Keras' form: a ← ρ·a + (1 − ρ)·g², s = −√(d + ε) / √(a + ε) · g,
/// d ← ρ·d + (1 − ρ)·s², w ← w + α·s.
public struct Adadelta: OptimizerRule {
  public static let name = OptimizerName.adadelta

  public var learningRate: Double
  public var rho: Double
  public var epsilon: Double
  public var weightDecay: Double?

  public init(
    learningRate: Double = 0.001, rho: Double = 0.95, epsilon: Double = 1e-7, weightDecay: Double? = nil
  ) {
    self.learningRate = learningRate
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var slots: [String] { ["accumulated_gradient", "accumulated_step"] }

  public func validate() throws {
    try requireCommonOptions()
    try require("rho", rho, rho >= 0 && rho <= 1, "in [0, 1]")
    try require("epsilon", epsilon, epsilon >= 0 && epsilon.isFinite, "≥ 0")
  }

  public func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient,
    slots: [UnsafeMutablePointer<Float>], count: Int, learningRate: Double, iteration: Int
  ) {
    let (rate, epsilon) = (Float(learningRate), Float(epsilon))
    let (rho, rest) = (Float(rho), Float(1 - rho))
    let (gradients, steps) = (slots[0], slots[1])
    forEachPart(of: count) { range in
      for i in range {
        let g = gradient[i]
        gradients[i] = rho * gradients[i] + rest * g * g
        let step = -(steps[i] + epsilon).squareRoot() / (gradients[i] + epsilon).squareRoot() * g
        steps[i] = rho * steps[i] + rest * step * step
        values[i] += rate * step
      }
    }
  }
}

extension Adadelta {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case rho
    case epsilon
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = Adadelta()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      rho: try config.value(.rho, default: standard.rho),
      epsilon: try config.value(.epsilon, default: standard.epsilon),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }
}
