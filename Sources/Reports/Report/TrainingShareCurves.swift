/// How the score that decides grows with the training data.
package struct TrainingShareCurves: Codable, Hashable, Sendable {
  /// One contender.
  package struct Entry: Codable, Hashable, Sendable {
    package var name: String
    /// By share, ascending; the last is the whole training part.
    package var points: [SharePoint]
    /// Whether more data would help, in a sentence.
    package var sentence: String

    package init(name: String, points: [SharePoint], lowerIsBetter: Bool) {
      self.name = name
      self.points = points
      sentence = GainFromData(points, lowerIsBetter: lowerIsBetter).sentence(name)
    }
  }

  package var entries: [Entry]

  package init(entries: [Entry]) { self.entries = entries }
}

/// The score on the test part of a contender that was trained on a share of the training part.
package struct SharePoint: Codable, Hashable, Sendable {
  /// A score, the mean over the seeds.
  package struct Score: Codable, Hashable, Sendable {
    @Measured package var value: Double?
    @Nullable package var interval: ScoreInterval?
    /// Seed by seed.
    package var bySeed: [Double?]

    package init(value: Double?, interval: ScoreInterval?, bySeed: [Double?]) {
      self.interval = interval
      self.bySeed = bySeed.map { $0.flatMap { $0.isFinite ? $0 : nil } }
      self.value = value
    }
  }

  /// Above 0 and up to 1.
  package var share: Double
  package var score: Score

  package init(share: Double, score: Score) {
    self.share = share
    self.score = score
  }
}

/// What the second half of the training data brought.
package enum GainFromData: Hashable, Sendable {
  /// The score improved by this much, in every seed.
  case helped(Double)
  /// It changed by less than a hundredth, or seeds disagree.
  case levelled(Double)
  /// It got worse in every seed.
  case worsened(Double)
  /// One seed alone: what is seen may be chance.
  case oneSeed(Double)
  case unknown

  /// From half of the data to all of it.
  package init(_ points: [SharePoint], lowerIsBetter: Bool) {
    guard let half = points.first(where: { $0.share == 0.5 })?.score,
      let whole = points.first(where: { $0.share == 1 })?.score
    else {
      self = .unknown
      return
    }
    let sign = lowerIsBetter ? -1.0 : 1
    let pairs = zip(half.bySeed, whole.bySeed).compactMap { a, b in a.flatMap { a in b.map { (a, $0) } } }
    guard !pairs.isEmpty else {
      self = .unknown
      return
    }
    let gains = pairs.map { sign * ($0.1 - $0.0) }
    let gain = gains.reduce(0, +) / Double(gains.count)
    let size = pairs.reduce(0) { $0 + abs($1.0) } / Double(pairs.count)
    if pairs.count == 1 {
      self = .oneSeed(gain)
    } else if abs(gain) < 0.01 * size || !(gains.allSatisfy { $0 > 0 } || gains.allSatisfy { $0 < 0 }) {
      self = .levelled(gain)
    } else {
      self = gain > 0 ? .helped(gain) : .worsened(gain)
    }
  }

  func sentence(_ name: String) -> String {
    func amount(_ gain: Double) -> String { Format.significant(abs(gain)) }
    let step = "from half of the training data to all of it"
    switch self {
    case .helped(let gain):
      return
        "\(name) improved by \(amount(gain)) \(step), in every seed: more data of this kind would probably help."
    case .levelled:
      return
        "\(name) hardly changed \(step), or not alike in every seed: more data of this kind would probably help "
        + "little."
    case .worsened(let gain):
      return
        "\(name) lost \(amount(gain)) \(step), in every seed: more data of this kind is unlikely to help; the added "
        + "data may differ from the test."
    case .oneSeed(let gain):
      return
        "\(name) \(gain > 0 ? "improved by" : "lost") \(amount(gain)) \(step), in a single seed: with --seeds 3 or "
        + "more it would be known whether that is chance."
    case .unknown:
      return "\(name) has no score on half of the training data and on all of it."
    }
  }
}
