#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the learning rate changes while training goes on.
///
/// A schedule keeps nothing to itself: the rate is a function of the step and of the epochs so far, so a resumed
/// training goes on with the same one. Definitions are Keras'.
public enum LearningRateSchedule: Hashable, Sendable {
  /// The optimizer's own rate throughout.
  case constant
  /// rate · decayRate^(step / decaySteps); with `staircase` the exponent is rounded down.
  case exponential(decaySteps: Int, decayRate: Double, staircase: Bool = false)
  /// A linear rise over `warmupSteps`, then half a cosine down to `finalShare` of the rate over `decaySteps`
  /// (Loshchilov & Hutter 2017).
  case cosine(decaySteps: Int, warmupSteps: Int = 0, finalShare: Double = 0)
  /// rate / (1 + decayRate · step / decaySteps); with `staircase` the quotient is rounded down.
  case inverseTime(decaySteps: Int, decayRate: Double, staircase: Bool = false)
  /// From the rate to `end` along (1 − step / decaySteps)^power; with `cycle` over ever longer spans, after each of
  /// which it starts anew.
  case polynomial(decaySteps: Int, end: Double = 0.0001, power: Double = 1, cycle: Bool = false)
  /// `values[i]` up to and including step `boundaries[i]`, the last value after them; the optimizer's own rate is
  /// not asked.
  case piecewise(boundaries: [Double], values: [Double])
  /// Times `factor` whenever `patience` epochs brought no improvement, but never below `minimum`.
  case reduceOnPlateau(ReduceOnPlateau = ReduceOnPlateau())

  /// When to lower the rate because training has stalled; names and defaults are Keras'.
  public struct ReduceOnPlateau: Hashable, Codable, Sendable {
    public var factor: Double
    /// Epochs without improvement.
    public var patience: Int
    /// By how much a loss must be lower to count as improvement.
    public var minimumImprovement: Double
    /// Epochs after a reduction in which none is counted.
    public var cooldown: Int
    public var minimum: Double

    public init(
      factor: Double = 0.1, patience: Int = 10, minimumImprovement: Double = 1e-4, cooldown: Int = 0,
      minimum: Double = 0
    ) {
      self.factor = factor
      self.patience = patience
      self.minimumImprovement = minimumImprovement
      self.cooldown = cooldown
      self.minimum = minimum
    }

    enum CodingKeys: String, CodingKey {
      case factor, patience
      case minimumImprovement = "min_delta"
      case cooldown
      case minimum = "min_lr"
    }

    /// The rate after epochs with these monitored losses.
    func rate(initial: Double, losses: [Double]) -> Double {
      var (rate, best, waited, coolingDown) = (initial, Double.infinity, 0, 0)
      for loss in losses {
        if coolingDown > 0 {
          coolingDown -= 1
          waited = 0
        }
        if loss < best - minimumImprovement {
          best = loss
          waited = 0
        } else if coolingDown == 0 {
          waited += 1
          if waited >= patience, rate > minimum {
            rate = max(rate * factor, minimum)
            coolingDown = cooldown
            waited = 0
          }
        }
      }
      return rate
    }
  }

  /// The learning rate of a step.
  ///
  /// - Parameters:
  ///   - initial: The optimizer's own rate.
  ///   - step: How many steps were made before.
  ///   - losses: The monitored loss (validation's, or training's where there is none) of each epoch so far.
  public func rate(initial: Double, step: Int, losses: [Double]) -> Double {
    switch self {
    case .constant: return initial
    case .exponential(let decaySteps, let decayRate, let staircase):
      let exponent = Double(step) / Double(decaySteps)
      return initial * pow(decayRate, staircase ? exponent.rounded(.down) : exponent)
    case .cosine(let decaySteps, let warmupSteps, let finalShare):
      if step < warmupSteps { return initial * Double(step) / Double(warmupSteps) }
      let share = min(1, Double(step - warmupSteps) / Double(decaySteps))
      return initial * ((1 - finalShare) * (1 + cos(Double.pi * share)) / 2 + finalShare)
    case .inverseTime(let decaySteps, let decayRate, let staircase):
      let quotient = Double(step) / Double(decaySteps)
      return initial / (1 + decayRate * (staircase ? quotient.rounded(.down) : quotient))
    case .polynomial(let decaySteps, let end, let power, let cycle):
      let spans = cycle && step > 0 ? (Double(step) / Double(decaySteps)).rounded(.up) : 1
      let span = Double(decaySteps) * spans
      return (initial - end) * pow(1 - min(Double(step), span) / span, power) + end
    case .piecewise(let boundaries, let values):
      let index = boundaries.firstIndex { Double(step) <= $0 } ?? boundaries.count
      return values.indices.contains(index) ? values[index] : initial
    case .reduceOnPlateau(let plateau): return plateau.rate(initial: initial, losses: losses)
    }
  }
}
