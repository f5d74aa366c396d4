/// An interval that is meant to hold the true value of a score in `confidence` of all repetitions.
public struct ScoreInterval: Codable, Hashable, Sendable {
  public let lower: Double
  public let upper: Double
  /// 0.95 for a 95 % interval.
  public let confidence: Double

  public init(lower: Double, upper: Double, confidence: Double) {
    self.lower = lower
    self.upper = upper
    self.confidence = confidence
  }

  /// Whether a value lies inside, the ends included.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// How a score differs between training runs that differ in their seed alone.
public struct SeedSpread: Codable, Hashable, Sendable {
  /// The score of each seed, all blocks pooled; nil where it is undefined.
  public let values: [Double?]

  public init(_ values: [Double?]) { self.values = values }

  private var defined: [Double] { values.compactMap { $0 } }

  /// nil when one of the values is undefined, or there is none.
  public var mean: Double? {
    let all = defined
    return all.count == values.count && !all.isEmpty ? all.reduce(0, +) / Double(all.count) : nil
  }
  /// With n − 1 in the denominator; nil for fewer than two seeds.
  public var standardDeviation: Double? {
    guard let mean, values.count > 1 else { return nil }
    let squares = defined.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
  public var minimum: Double? { defined.min() }
  public var maximum: Double? { defined.max() }
}

/// A score or a difference of two, with its interval and, to look at, its spread over the seeds.
public struct ScoreEstimate: Codable, Hashable, Sendable {
  /// All blocks pooled, the mean over the seeds; nil where it is undefined.
  public let value: Double?
  /// Over events, blocks and seeds; nil below ``BlockBootstrap/fewestBlocks`` blocks or where too many resamples are
  /// undefined.
  public let interval: ScoreInterval?
  /// Over the training runs.
  public let seeds: SeedSpread
  public let blocks: Int
  /// Events that the blocks belong to; 1 where they are not told apart.
  public let events: Int
  /// What the interval rests on, in effective units less one; nil without an interval.
  public let degreesOfFreedom: Int?
  /// Resamples in which the score has no value, such as a CSI without any event.
  public let undefinedResamples: Int

  public init(
    value: Double?, interval: ScoreInterval?, seeds: SeedSpread, blocks: Int, events: Int = 1,
    degreesOfFreedom: Int? = nil, undefinedResamples: Int
  ) {
    self.value = value
    self.interval = interval
    self.seeds = seeds
    self.blocks = blocks
    self.events = events
    self.degreesOfFreedom = degreesOfFreedom
    self.undefinedResamples = undefinedResamples
  }

  /// Whether there are too few blocks for an interval.
  public var hasFewBlocks: Bool { blocks < BlockBootstrap.fewestBlocks }
}
