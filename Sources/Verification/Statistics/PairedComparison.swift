/// Two forecasts of the same data under one score, with the interval of their difference.
public struct PairedComparison: Codable, Hashable, Sendable {
  /// What may be said of the difference.
  public enum Conclusion: String, CaseIterable, Codable, Sendable {
    /// The interval lies on the side of the first.
    case firstIsBetter
    case secondIsBetter
    /// The interval holds zero.
    case noClearDifference
    /// There is no interval: fewer than ``BlockBootstrap/fewestBlocks`` blocks, or an undefined score.
    case cannotSay
  }

  /// The name of the score.
  public let score: String
  public let higherIsBetter: Bool
  public let first: ScoreEstimate
  public let second: ScoreEstimate
  /// first − second; its seeds are the differences seed by seed, where both sides have equally many.
  public let difference: ScoreEstimate
  /// How probable it is that the difference matters; nil without a margin or an interval.
  public let equivalence: PracticalEquivalence?

  public init(
    score: String, higherIsBetter: Bool, first: ScoreEstimate, second: ScoreEstimate,
    difference: ScoreEstimate, equivalence: PracticalEquivalence? = nil
  ) {
    self.score = score
    self.higherIsBetter = higherIsBetter
    self.first = first
    self.second = second
    self.difference = difference
    self.equivalence = equivalence
  }

  /// What the interval of the difference allows to say about the population of events, blocks and seeds.
  public var conclusion: Conclusion {
    guard let interval = difference.interval else { return .cannotSay }
    if interval.contains(0) { return .noClearDifference }
    return (interval.lower > 0) == higherIsBetter ? .firstIsBetter : .secondIsBetter
  }

  /// Whether the sign of the difference is the same for every seed; nil for fewer than two.
  public var seedsAgree: Bool? {
    let values = difference.seeds.values.compactMap { $0 }
    guard values.count > 1, values.count == difference.seeds.values.count else { return nil }
    return values.allSatisfy { $0 > 0 } || values.allSatisfy { $0 < 0 }
  }

  /// The conclusion as a sentence.
  public func sentence(first firstName: String, second secondName: String) -> String {
    switch conclusion {
    case .firstIsBetter: return "\(firstName) is better than \(secondName) in \(score)."
    case .secondIsBetter: return "\(secondName) is better than \(firstName) in \(score)."
    case .noClearDifference:
      return "No clear difference between \(firstName) and \(secondName) in \(score)."
    case .cannotSay:
      let blocks = difference.blocks == 1 ? "1 block is" : "\(difference.blocks) blocks are"
      return "Nothing can be said about \(score): "
        + (difference.hasFewBlocks
          ? "\(blocks) fewer than the \(BlockBootstrap.fewestBlocks) that an interval needs."
          : "it is undefined in too many resamples.")
    }
  }
}
