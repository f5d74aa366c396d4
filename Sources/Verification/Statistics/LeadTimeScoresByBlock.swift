/// Scores by lead time and threshold, gathered apart for each block, for ``BlockBootstrap``.
public struct LeadTimeScoresByBlock: Codable, Hashable, Sendable {
  public private(set) var labels: [String] = []
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
    _ pairs: PixelPairs, samples: Int = 1, to label: String
  ) throws(VerificationError) {
    try scores[place(of: label)].add(pairs, samples: samples)
  }

  /// Adds what has been gathered elsewhere to a block.
  ///
  /// - Precondition: the same lead times and thresholds.
  public mutating func merge(_ other: LeadTimeScores, into label: String) {
    scores[place(of: label)].merge(other)
  }

  /// - Precondition: the same lead times and thresholds.
  public mutating func merge(_ other: LeadTimeScoresByBlock) {
    for (label, scores) in zip(other.labels, other.scores) { merge(scores, into: label) }
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
      })
  }

  /// The errors of one lead time or of all (`nil`).
  ///
  /// - Throws: ``VerificationError`` without a block.
  public func errors(lead: Int? = nil) throws(VerificationError) -> BlockScores {
    try BlockScores(
      errors: zip(labels, scores).map { label, scores in
        (label, lead.map { scores.errors[$0] } ?? scores.pooledErrors)
      })
  }

  private mutating func place(of label: String) -> Int {
    if let place = labels.firstIndex(of: label) { return place }
    labels.append(label)
    scores.append(empty)
    return labels.count - 1
  }
}
