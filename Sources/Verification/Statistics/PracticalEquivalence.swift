/// How probable it is that a difference matters: that one side is better by more than a margin, or that both are within
/// it.
///
/// The margin is named beforehand, in units of the score, and the probabilities are shares of a ``BlockBootstrap``'s
/// resamples, corrected for few units as its interval is. They add up to 1. The three regions are those of the test of
/// practical equivalence of Benavoli et al. (2017, "Time for a change: a tutorial for comparing multiple classifiers
/// through Bayesian analysis"), here from a bootstrap.
public struct PracticalEquivalence: Codable, Hashable, Sendable {
  public let margin: Double
  /// That the first is better by more than the margin.
  public let firstIsBetter: Double
  /// That the two differ by no more than the margin.
  public let equivalent: Double
  /// That the second is better by more than the margin.
  public let secondIsBetter: Double

  public init(margin: Double, firstIsBetter: Double, equivalent: Double, secondIsBetter: Double) {
    self.margin = margin
    self.firstIsBetter = firstIsBetter
    self.equivalent = equivalent
    self.secondIsBetter = secondIsBetter
  }

  /// From this probability on, something is taken for granted.
  public static let sure = 0.95

  /// Whether the two are equally good for practical purposes.
  public var isEquivalent: Bool { equivalent >= Self.sure }
}
