import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The options of focal losses (Lin et al. 2017); names and defaults are Keras'.
public struct FocalOptions: Hashable, Sendable {
  /// The weight of the positive class (binary, with `appliesClassBalancing`) or of all classes (categorical).
  public var alpha: Float
  /// How little easy cases count; 0 is the plain cross-entropy.
  public var gamma: Float
  public var fromLogits: Bool
  public var labelSmoothing: Float
  /// Binary: whether positives weigh α and negatives 1 − α.
  public var appliesClassBalancing: Bool

  public init(
    alpha: Float = 0.25, gamma: Float = 2, fromLogits: Bool = false, labelSmoothing: Float = 0,
    appliesClassBalancing: Bool = false
  ) {
    self.alpha = alpha
    self.gamma = gamma
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
    self.appliesClassBalancing = appliesClassBalancing
  }
}

extension Loss {
  /// With q the probability that the prediction gives to the target: (1 − q)^γ times the cross-entropy.
  static func binaryFocal(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, _ options: FocalOptions
  ) throws -> Measure {
    let name = Name.binaryFocalCrossentropy
    try requireEqualShapes(name, prediction, target, count)
    let (gamma, alpha, fromLogits) = (options.gamma, options.alpha, options.fromLogits)
    let isBalanced = options.appliesClassBalancing
    return try fusedMean(name, prediction, target, count) { p, t in
      let probability = fromLogits ? logistic(p[0]) : p[0]
      let rest = 1 - t[0] * probability - (1 - t[0]) * (1 - probability)
      let weight = isBalanced ? t[0] * alpha + (1 - t[0]) * (1 - alpha) : 1
      return weight * pow(rest, gamma) * crossentropy(probability, t[0])
    } slope: { p, t, factor, out in
      let probability = fromLogits ? logistic(p[0]) : p[0]
      let rest = 1 - t[0] * probability - (1 - t[0]) * (1 - probability)
      let weight = isBalanced ? t[0] * alpha + (1 - t[0]) * (1 - alpha) : 1
      let kept = clipped(probability)
      let steep = kept == probability ? (1 - t[0]) / (1 - kept) - t[0] / kept : 0
      let bend = gamma == 0 ? 0 : gamma * pow(rest, gamma - 1) * (1 - 2 * t[0])
      let slope = weight * (bend * crossentropy(probability, t[0]) + pow(rest, gamma) * steep)
      out[0] = slope * (fromLogits ? probability * (1 - probability) : 1) * factor
    }
  }

  @inline(__always)
  private static func logistic(_ x: Float) -> Float { 1 / (1 + Float.exponential(-x)) }

  @inline(__always)
  private static func crossentropy(_ p: Float, _ t: Float) -> Float {
    let kept = clipped(p)
    return -t * Float.logarithm(kept) - (1 - t) * Float.logarithm(1 - kept)
  }

  /// Probabilities are divided by their sum and clipped, as in the plain cross-entropy.
  static func categoricalFocal(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, _ options: FocalOptions
  ) throws -> Measure {
    let name = Name.categoricalFocalCrossentropy
    let classes = try requireClasses(name, prediction, count)
    try require(name, "a target", target.shape, toHave: prediction.shape)
    let (gamma, alpha, fromLogits) = (options.gamma, options.alpha, options.fromLogits)
    return try fusedMean(name, prediction, target, count, classes: classes, targetStride: classes) { p, t in
      let (offset, scale) = shares(p, classes, fromLogits)
      var value: Float = 0
      for k in 0..<classes {
        let share = clipped(self.share(p[k], offset, scale, fromLogits))
        value -= alpha * pow(1 - share, gamma) * t[k] * Float.logarithm(share)
      }
      return value
    } slope: { p, t, factor, out in
      let (offset, scale) = shares(p, classes, fromLogits)
      // With q = p / Σp: h = dL/dq where q was not clipped, and dL/dp = (h − Σ q·h) / Σp; of logits q·(h − Σ q·h).
      var inner: Float = 0
      for k in 0..<classes {
        let share = self.share(p[k], offset, scale, fromLogits)
        let isKept = clipped(share) == share
        let bend = gamma == 0 ? 0 : gamma * pow(1 - share, gamma - 1) * Float.logarithm(share)
        let slope = alpha * t[k] * (bend - pow(1 - share, gamma) / share)
        out[k] = isKept ? slope : share.isNaN ? share : 0
        inner += share * out[k]
      }
      for k in 0..<classes {
        let share = self.share(p[k], offset, scale, fromLogits)
        out[k] = (out[k] - inner) * (fromLogits ? share : scale) * factor
      }
    }
  }

  /// What turns a prediction into a share of classes: a logarithm to take off, or a factor.
  @inline(__always)
  private static func shares(
    _ p: Element, _ classes: Int, _ fromLogits: Bool
  ) -> (offset: Float, scale: Float) {
    fromLogits ? (logSumExp(p, classes), 1) : (0, 1 / sum(p, classes))
  }

  @inline(__always)
  private static func share(_ p: Float, _ offset: Float, _ scale: Float, _ fromLogits: Bool) -> Float {
    fromLogits ? Float.exponential(p - offset) : p * scale
  }
}
