/// A rule with Adam's options (Kingma & Ba 2015) and no others.
public protocol MomentRule: OptimizerRule {
  /// How slowly the mean of the gradients and that of their sizes change, each in [0, 1).
  var beta1: Double { get }
  var beta2: Double { get }
  /// Keeps the divisor from zero.
  var epsilon: Double { get }

  init(learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double?)
}

/// The options' names in files.
public enum MomentCodingKeys: String, CodingKey {
  case learningRate = "learning_rate"
  case beta1 = "beta_1"
  case beta2 = "beta_2"
  case epsilon
  case weightDecay = "weight_decay"
}

extension MomentRule {
  public func validate() throws {
    try requireCommonOptions()
    try require("beta_1", beta1, beta1 >= 0 && beta1 < 1, "in [0, 1)")
    try require("beta_2", beta2, beta2 >= 0 && beta2 < 1, "in [0, 1)")
    try require("epsilon", epsilon, epsilon >= 0 && epsilon.isFinite, "≥ 0")
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: MomentCodingKeys.self)
    let standard = Adam()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      beta1: try config.value(.beta1, default: standard.beta1),
      beta2: try config.value(.beta2, default: standard.beta2),
      epsilon: try config.value(.epsilon, default: standard.epsilon),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }

  public func encode(to encoder: any Encoder) throws {
    var config = encoder.container(keyedBy: MomentCodingKeys.self)
    try config.encode(learningRate, forKey: .learningRate)
    try config.encode(beta1, forKey: .beta1)
    try config.encode(beta2, forKey: .beta2)
    try config.encode(epsilon, forKey: .epsilon)
    try config.encodeIfPresent(weightDecay, forKey: .weightDecay)
  }
}
