import Readers

/// How sequences are divided and cut into samples.
public struct SequenceLayout: Equatable, Sendable {
  /// How many frames are observed and how many are forecast.
  public var inputFrames: Int
  public var forecastFrames: Int
  /// The side of the square tiles, in pixels after averaging.
  public var tileSize: Int
  /// How many pixels are averaged into one along each axis.
  public var downsampling = 1
  /// What a split keeps together; `nil` for whole events where two or more are long enough, and time where not.
  public var rule: SplitRule?
  /// Frames between the parts; the forecast length by default, and never less.
  public var gapFrames: Int?
  /// The share for training and validation: by default 0.48 of the time (the rest is a gap and the test) or 0.8 of the
  /// events. 1 leaves no test.
  public var trainFraction: Double?
  /// Where validation takes its samples from.
  public var validation = ValidationRule.automatic
  /// The share of the tiles, or of what training and validation have together, that is for validation.
  public var validationShare = 0.2
  public var batchSize = 8
  public var batchesPerEpoch = 20
  /// What the order of untimed events depends on.
  public var seed: UInt64 = 1
  /// The probability of taking a training tile where it is dry; see ``TileSampler/dryAcceptance``. By default that of the
  /// sampler for rain, and 1 for everything else, which is not rare.
  public var dryAcceptance: Float?
  /// Whether inputs get one more channel that tells valid pixels from missing ones.
  public var addsMaskChannel = false
  /// Frames that stay in memory take at most so many bytes.
  public var cacheBytes = 512 << 20

  public init(inputFrames: Int, forecastFrames: Int, tileSize: Int) {
    self.inputFrames = inputFrames
    self.forecastFrames = forecastFrames
    self.tileSize = tileSize
  }
}

/// Where validation takes its samples from, where one stretch of time is for training and validation.
public enum ValidationRule: String, CaseIterable, Codable, Sendable {
  /// Tiles where the frame has room for four, the last frames where not.
  case automatic
  /// All of the training period, on tiles that training never sees.
  case tiles
  /// The last frames of the training period, on all tiles.
  case time
}

/// What a split of sequences keeps together.
public enum SplitRule: String, CaseIterable, Codable, Sendable {
  /// Training, validation and test follow each other in time, with a gap.
  case time
  /// Every event lies in one part.
  case event
  /// All events of a group lie in one part.
  case group
}

extension DataSplit {
  /// Divides sequences as a layout says: the one rule for everything that trains or scores.
  ///
  /// - Parameters:
  ///   - source: The sequences, joined.
  ///   - groups: A number for each event, where groups are kept together.
  ///   - layout: Lengths, shares and the rule.
  ///   - holdsOutTiles: Whether a split in time validates on tiles that training never sees; otherwise on its end.
  /// - Throws: `DataError` if a part would be too short, parts stand too close, or the groups are unknown.
  public init(
    of source: some FrameSource, groups: [Int]? = nil, layout: SequenceLayout, holdsOutTiles: Bool
  ) throws {
    let fraction = layout.trainFraction
    if let fraction, !(fraction > 0 && fraction <= 1) {
      throw DataError(
        .invalidOption, expected: "a training fraction above 0 and up to 1", received: "\(fraction)",
        remedy: "Choose the share for training and validation, such as 0.8.")
    }
    let window = layout.inputFrames + layout.forecastFrames
    let long = source.events.count { $0.count >= window }
    let rule = layout.rule ?? (long >= 2 ? .event : .time)
    if rule == .group, groups == nil {
      throw DataError(
        .invalidOption, expected: "several paths, each a group whose events stay together",
        received: "one", remedy: "Name a folder for each group, or split by event.")
    }
    guard rule == .time else {
      let hasTest = fraction != 1
      guard !hasTest || fraction == nil || long != 2 else {
        throw DataError(
          .invalidOption,
          expected: "no share for training where there are two events: the first trains, the second tests",
          received: "--train-fraction \(fraction ?? 0)",
          remedy: "Leave it out, split by time with --split time, or give more events.")
      }
      let seen = fraction ?? 0.8
      try self.init(
        byEventsOf: source, groups: rule == .group ? groups : nil, inputFrames: layout.inputFrames,
        forecastFrames: layout.forecastFrames, trainFraction: fraction == nil ? 0.6 : 0.75 * seen,
        validationFraction: fraction == nil || !hasTest ? 0.2 : 0.25 * seen, hasTest: hasTest,
        gapFrames: layout.gapFrames, holdsOutTiles: holdsOutTiles,
        sharesEvents: layout.validation == .tiles, seed: layout.seed)
      return
    }
    guard fraction != 1 else {
      try self.init(allOf: source.count, window: window, holdsOutTiles: holdsOutTiles)
      return
    }
    do {
      self.init(
        try TimeSplit(
          frameCount: source.count, inputFrames: layout.inputFrames, forecastFrames: layout.forecastFrames,
          trainFraction: fraction ?? 0.48, gapFrames: layout.gapFrames,
          validation: holdsOutTiles ? .heldOutTiles : .lastFraction(layout.validationShare)))
    } catch let error as DataError where error.kind == .tooFewFrames {
      throw DataError(
        error.kind, expected: error.expected, received: error.received,
        remedy: SplitSuggestion(frames: source.count, layout: layout, holdsOutTiles: holdsOutTiles).text)
    }
  }

  /// Everything for training and validation.
  private init(allOf count: Int, window: Int, holdsOutTiles: Bool) throws {
    let last = holdsOutTiles ? 0 : max(window, count / 5)
    guard count - last >= window else {
      throw DataError(
        .tooFewFrames, expected: "at least \(window + last) frames", received: "\(count)",
        remedy: "Use fewer input or forecast frames, or a longer sequence.")
    }
    let training = 0..<count - last
    self.init(
      .time, [[training], [holdsOutTiles ? training : count - last..<count], []],
      validatesOnHeldOutTiles: holdsOutTiles)
  }

  /// The frames that training or validation see, from the first to the last.
  public var seen: Range<Int> {
    let parts = training + validation
    return (parts.map(\.lowerBound).min() ?? 0)..<(parts.map(\.upperBound).max() ?? 0)
  }
}
