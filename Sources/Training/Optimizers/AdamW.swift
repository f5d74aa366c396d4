/// Adam with decoupled weight decay (Loshchilov & Hutter 2019): before each update w ← w − α·λ·w.
///
/// As in Keras every trained parameter decays, biases included.
public struct AdamW: OptimizerRule {
  public static let name = OptimizerName.adamW

  /// Keras' λ where none is given.
  public static let standardWeightDecay = 0.004

  private var adam: Adam

  public init(
    learningRate: Double = 0.001, weightDecay: Double = standardWeightDecay, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-7, amsgrad: Bool = false
  ) {
    adam = Adam(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad,
      weightDecay: weightDecay)
  }

  public var learningRate: Double {
    get { adam.learningRate }
    set { adam.learningRate = newValue }
  }
  public var weightDecay: Double? { adam.weightDecay }
  public var beta1: Double { adam.beta1 }
  public var beta2: Double { adam.beta2 }
  public var epsilon: Double { adam.epsilon }
  public var amsgrad: Bool { adam.amsgrad }
  public var slots: [String] { adam.slots }

  public func validate() throws { try adam.validate() }

  public func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient,
    slots: [UnsafeMutablePointer<Float>], count: Int, learningRate: Double, iteration: Int
  ) {
    adam.update(
      values, by: gradient, slots: slots, count: count, learningRate: learningRate, iteration: iteration)
  }
}

extension AdamW {
  public init(from decoder: any Decoder) throws {
    adam = try Adam(from: decoder, weightDecay: Self.standardWeightDecay)
  }

  public func encode(to encoder: any Encoder) throws { try adam.encode(to: encoder) }
}
