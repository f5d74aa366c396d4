/// Gradient descent, with momentum if asked for: m ← μ·m − α·g, w ← w + m; Nesterov's form adds μ·m − α·g instead.
public struct SGD: OptimizerRule {
  public static let name = OptimizerName.sgd

  public var learningRate: Double
  public var momentum: Double
  public var nesterov: Bool
  public var weightDecay: Double?

  public init(
    learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double? = nil
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }

  public var slots: [String] { momentum > 0 ? ["momentum"] : [] }

  public func validate() throws {
    try requireCommonOptions()
    try require("momentum", momentum, momentum >= 0 && momentum <= 1, "in [0, 1]")
  }

  public func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient,
    slots: [UnsafeMutablePointer<Float>], count: Int, learningRate: Double, iteration: Int
  ) {
    let rate = Float(learningRate)
    guard let velocity = slots.first else {
      forEachPart(of: count) { range in
        for i in range { values[i] -= rate * gradient[i] }
      }
      return
    }
    let momentum = Float(momentum)
    forEachPart(of: count) { range in
      for i in range {
        let step = rate * gradient[i]
        let speed = momentum * velocity[i] - step
        velocity[i] = speed
        values[i] += nesterov ? momentum * speed - step : speed
      }
    }
  }
}

extension SGD {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case momentum, nesterov
    case weightDecay = "weight_decay"
  }

  public init(from decoder: any Decoder) throws {
    let config = try decoder.container(keyedBy: CodingKeys.self)
    let standard = SGD()
    self.init(
      learningRate: try config.value(.learningRate, default: standard.learningRate),
      momentum: try config.value(.momentum, default: standard.momentum),
      nesterov: try config.value(.nesterov, default: standard.nesterov),
      weightDecay: try config.decodeIfPresent(Double.self, forKey: .weightDecay))
  }
}

extension KeyedDecodingContainer {
  /// The value of an option, or its default if the configuration does not mention it.
  func value<Value: Decodable>(_ key: Key, default standard: Value) throws -> Value {
    try decodeIfPresent(Value.self, forKey: key) ?? standard
  }
}
