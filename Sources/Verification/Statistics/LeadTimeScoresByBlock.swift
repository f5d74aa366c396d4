/// Scores by lead time and threshold, gathered apart for each block, for ``BlockBootstrap``.
public struct LeadTimeScoresByBlock: Codable, Hashable, Sendable {
  public private(set) var labels: [String] = []
  /// The event of each block, in the order of `labels`; empty text where events are not told apart.
  public private(set) var events: [String] = []
  /// In the order of `labels`.
  public private(set) var scores: [LeadTimeScores] = []
  private let empty: LeadTimeScores

  /// - Throws: ``VerificationError`` without a lead time, or when a threshold is not a number.
  public init(leadTimes: [Double], thresholds: [Float]) throws(VerificationError) {
    empty = try LeadTimeScores(leadTimes: leadTimes, thresholds: thresholds)
  }

  public var leadTimes: [Double] { empty.leadTimes }
  public var thresholds: [Float] { empty.thresholds }

  /// Adds a batch of forecasts to a block, `[batch, time, height, width, channels]`.
  ///
  /// - Throws: ``VerificationError`` when the pixels do not divide into the frames of `samples` forecasts.
  public mutating func add(
    _ pairs: PixelPairs, samples: Int = 1, to label: String, event: String = ""
  ) throws(VerificationError) {
    try scores[place(of: label, event)].add(pairs, samples: samples)
  }

  /// Adds what has been gathered elsewhere to a block.
  ///
  /// - Precondition: the same lead times and thresholds.
  public mutating func merge(_ other: LeadTimeScores, into label: String, event: String = "") {
    scores[place(of: label, event)].merge(other)
  }

  /// - Precondition: the same lead times and thresholds.
  public mutating func merge(_ other: LeadTimeScoresByBlock) {
    for block in other.labels.indices {
      merge(other.scores[block], into: other.labels[block], event: other.events[block])
    }
  }

  /// All blocks together.
  public var pooled: LeadTimeScores { scores.reduce(empty) { $0.merged(with: $1) } }

  /// The contingency tables of one threshold, of one lead time or of all (`nil`).
  ///
  /// - Throws: ``VerificationError`` without a block.
  public func tables(lead: Int? = nil, threshold: Int) throws(VerificationError) -> BlockScores {
    try BlockScores(
      tables: zip(labels, scores).map { label, scores in
        (label, lead.map { scores.tables[$0][threshold] } ?? scores.pooledTables[threshold])
      }
    ).grouped { events[$0] }
  }

  /// The errors of one lead time or of all (`nil`).
  ///
  /// - Throws: ``VerificationError`` without a block.
  public func errors(lead: Int? = nil) throws(VerificationError) -> BlockScores {
    try BlockScores(
      errors: zip(labels, scores).map { label, scores in
        (label, lead.map { scores.errors[$0] } ?? scores.pooledErrors)
      }
    ).grouped { events[$0] }
  }

  private mutating func place(of label: String, _ event: String) -> Int {
    if let place = labels.firstIndex(of: label) { return place }
    labels.append(label)
    events.append(event)
    scores.append(empty)
    return labels.count - 1
  }
}
