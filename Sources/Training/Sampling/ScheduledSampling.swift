#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the probability falls that a decoder in training reads the true frame before, and not its own forecast of it
/// (Bengio et al. 2015, "Scheduled sampling for sequence prediction with recurrent neural networks").
public enum SamplingDecay: String, CaseIterable, Codable, Sendable {
  /// It stays at 1: teacher forcing.
  case none
  /// ε(i) = 1 − i / N until it is 0.
  case linear
  /// ε(i) = 0.01^(i / N), that is kⁱ with 1% left at step N.
  case exponential
  /// The inverse sigmoid ε(i) = k / (k + exp(i / k)), with k ln k = N / 2: a half at step N / 2, 1 / (1 + k) at N.
  case sigmoid
}

/// When a decoder in training reads its own forecasts.
public struct ScheduledSampling: Hashable, Codable, Sendable {
  public var decay: SamplingDecay
  /// N, the number of steps after which it reads (nearly) nothing but its own forecasts. 1 with a linear decay is
  /// training on own forecasts from the second step on.
  public var steps: Int

  public init(_ decay: SamplingDecay, steps: Int) {
    self.decay = decay
    self.steps = steps
  }

  /// ε, the probability of the true frame at a step, counted from 0.
  public func truthProbability(step: Int) -> Double {
    let share = Double(max(step, 0)) / Double(max(steps, 1))
    switch decay {
    case .none: return 1
    case .linear: return max(0, 1 - share)
    case .exponential: return pow(0.01, share)
    case .sigmoid:
      let k = steepness
      return k / (k + exp(Double(max(step, 0)) / k))
    }
  }

  /// k of the inverse sigmoid, by Newton's method: k ln k is convex for k ≥ 1.
  private var steepness: Double {
    let half = Double(max(steps, 1)) / 2
    var k = half + 2
    for _ in 0..<40 { k = max(1, k - (k * log(k) - half) / (log(k) + 1)) }
    return k
  }

  /// In a few words, for a report.
  public var summary: String {
    decay == .none
      ? "none: the true frame before is read in training"
      : "\(decay.rawValue) over \(steps) steps from true frames to the model's own"
  }
}
