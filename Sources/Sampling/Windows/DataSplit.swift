import Foundation
import Readers
import TensorCore

/// Training, validation and test parts of one or several events, as ranges of frames, none in two parts.
public struct DataSplit: Equatable, Codable, Sendable {
  /// What was kept together.
  public enum Rule: String, Codable, CaseIterable, Sendable {
    /// A stretch of time: see ``TimeSplit``.
    case time
    /// Whole events.
    case event
    /// Whole groups of events.
    case group
    /// Windows that are far enough from each other.
    case window
  }

  /// In which order events are dealt out.
  public enum Order: Equatable, Codable, Sendable {
    /// By the time of the first frame: the test is what came last.
    case time
    /// By chance.
    case shuffled(seed: UInt64)
  }

  public let rule: Rule
  public let training: [Range<Int>]
  public let validation: [Range<Int>]
  public let test: [Range<Int>]
  /// Whether validation shares its frames with training and is kept apart by its tiles.
  public let validatesOnHeldOutTiles: Bool
  /// How many events were left out because they are shorter than a window.
  public let shortEvents: Int

  /// The frames of the training part.
  public var trainingFrames: [Int] { training.flatMap { $0 } }

  /// A split in time.
  public init(_ split: TimeSplit) {
    rule = .time
    training = [split.training]
    validation = [split.validation]
    test = [split.test]
    validatesOnHeldOutTiles = split.validatesOnHeldOutTiles
    shortEvents = 0
  }

  init(
    _ rule: Rule, _ parts: [[Range<Int>]], validatesOnHeldOutTiles: Bool = false, shortEvents: Int = 0
  ) {
    self.rule = rule
    (training, validation, test) = (parts[0], parts[1], parts[2])
    self.validatesOnHeldOutTiles = validatesOnHeldOutTiles
    self.shortEvents = shortEvents
  }

  /// Splits by event: every event lies in one part.
  ///
  /// - Parameters:
  ///   - source: Its `FrameSource/events` are dealt out; those shorter than a window are left out.
  ///   - groups: One number for each event; events of a group stay together (the same storm, the same radar).
  ///   - inputFrames: Frames that are observed.
  ///   - forecastFrames: Frames to forecast.
  ///   - trainFraction: The share for training and validation.
  ///   - validationFraction: The share of that for validation.
  ///   - hasTest: Whether there is a test; without it everything is for training and validation.
  ///   - gapFrames: How many frames lie between events of different parts at least; the forecast length by default.
  ///   - holdsOutTiles: Of two events the first is for training and validation, and the second is the test. Validation is
  ///     then on tiles that training never sees, or on the last part of the first event.
  ///   - sharesEvents: Of three events or more, whether training and validation share theirs, validation on tiles that
  ///     training never sees.
  ///   - order: `.time` where all events have times and by chance where not, unless stated.
  ///   - seed: What random choices depend on.
  /// - Throws: `DataError` if there are fewer than two events or groups, fractions leave nothing for a part, or
  ///   an event of the test begins within a forecast after one of training or validation ends (or the other way
  ///   round) on the same grid.
  public init(
    byEventsOf source: some FrameSource, groups: [Int]? = nil, inputFrames: Int, forecastFrames: Int,
    trainFraction: Double = 0.6, validationFraction: Double = 0.2, hasTest: Bool = true,
    gapFrames: Int? = nil, holdsOutTiles: Bool = false,
    sharesEvents: Bool = false, order: Order? = nil, seed: UInt64 = 1
  ) throws {
    try WindowIndex.check(inputFrames: inputFrames, forecastFrames: forecastFrames)
    let events = source.events
    guard groups.map({ $0.count == events.count }) ?? true else {
      throw DataError(
        .invalidOption, expected: "one group for each of the \(events.count) events",
        received: "\(groups?.count ?? 0)", remedy: "Name the group of every event.")
    }
    let groups = groups ?? Array(events.indices)
    let long = events.indices.filter { events[$0].count >= inputFrames + forecastFrames }
    var seen: Set<Int> = []
    var units = long.map { groups[$0] }.filter { seen.insert($0).inserted }
    switch order ?? (source.timestamps == nil ? .shuffled(seed: seed) : .time) {
    case .shuffled(let seed):
      var random = RandomStream(seed: seed).substream("events")
      units = random.permutation(units.count).map { units[$0] }
    case .time:
      if let times = source.timestamps {
        func start(_ group: Int) -> Date {
          long.filter { groups[$0] == group }.map { times[events[$0].lowerBound] }.min() ?? .distantPast
        }
        units = units.map { ($0, start($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
      }
    }
    if !hasTest, units.count == 2, holdsOutTiles {
      let all = long.map { events[$0] }
      self.init(
        .event, [all, all, []], validatesOnHeldOutTiles: true, shortEvents: events.count - long.count)
      return
    }
    if hasTest, units.count == 2 {
      let (first, second) = (
        long.filter { groups[$0] == units[0] }.map { events[$0] },
        long.filter { groups[$0] == units[1] }.map { events[$0] }
      )
      let parts = try Self.parts(
        of: first, test: second, window: inputFrames + forecastFrames,
        share: validationFraction / max(trainFraction + validationFraction, 0.01),
        holdsOutTiles: holdsOutTiles)
      try Self.checkDistance(
        [first, [], second], of: source, gapFrames: max(gapFrames ?? 0, forecastFrames))
      self.init(
        Set(groups).count == events.count ? .event : .group, parts, validatesOnHeldOutTiles: holdsOutTiles,
        shortEvents: events.count - long.count)
      return
    }
    let sizes =
      hasTest
      ? try Self.sizes(units.count, trainFraction, validationFraction, of: "events")
      : try Self.sizesWithoutTest(units.count, validationFraction)
    let part = Dictionary(
      uniqueKeysWithValues: units.enumerated().map { place, group in
        (group, place < sizes.training ? 0 : place < sizes.training + sizes.validation ? 1 : 2)
      })
    var parts: [[Range<Int>]] = [[], [], []]
    for index in long { parts[part[groups[index]] ?? 0].append(events[index]) }
    if sharesEvents {
      parts[0] = (parts[0] + parts[1]).sorted { $0.lowerBound < $1.lowerBound }
      parts[1] = parts[0]
    }
    try Self.checkDistance(parts, of: source, gapFrames: max(gapFrames ?? 0, forecastFrames))
    self.init(
      Set(groups).count == events.count ? .event : .group, parts, validatesOnHeldOutTiles: sharesEvents,
      shortEvents: events.count - long.count)
  }

  /// Splits windows by chance, which is refused unless they stand apart.
  ///
  /// Windows that share frames, or whose targets follow each other closely, make a test that the model has all but
  /// seen; scores then tell how well it remembers.
  ///
  /// - Throws: `DataError` of kind `leakage` if two windows of an event are nearer than a forecast.
  public init(
    randomly windows: WindowIndex, trainFraction: Double = 0.6, validationFraction: Double = 0.2,
    seed: UInt64
  ) throws {
    let apart = windows.length + windows.forecastFrames
    if let (a, b) = zip(windows.starts, windows.starts.dropFirst()).first(where: { $1 - $0 < apart }) {
      throw DataError(
        .leakage,
        expected: "windows that start at least \(apart) frames from each other (their length and a forecast)",
        received: "two that start \(b - a) frames apart, sharing \(max(0, windows.length - (b - a))) frames",
        remedy:
          "Split by time, by event or by group: after a random split of overlapping windows the test has "
          + "been seen in training.")
    }
    let sizes = try Self.sizes(windows.count, trainFraction, validationFraction, of: "windows")
    var random = RandomStream(seed: seed).substream("windows")
    let order = random.permutation(windows.count)
    let bounds = [
      0, sizes.training, sizes.training + sizes.validation, windows.count,
    ]
    self.init(
      .window,
      (0..<3).map { part in
        order[bounds[part]..<bounds[part + 1]].sorted().map { windows[$0].frames }
      })
  }

  /// Training and validation out of the same events: other tiles of all their frames, or the end of the last of them.
  private static func parts(
    of events: [Range<Int>], test: [Range<Int>], window: Int, share: Double, holdsOutTiles: Bool
  ) throws -> [[Range<Int>]] {
    if holdsOutTiles { return [events, events, test] }
    guard let last = events.last else { return [[], [], test] }
    let length = max(window, Int((share * Double(last.count)).rounded(.down)))
    guard last.count - length >= window else {
      throw DataError(
        .tooFewFrames, expected: "an event of at least \(2 * window) frames for training and validation",
        received: "\(last.count)",
        remedy:
          "Use shorter windows with --input-frames and --forecast-frames, or smaller tiles with --tile-size so that "
          + "some can be held out.")
    }
    let training = Array(events.dropLast()) + [last.lowerBound..<last.upperBound - length]
    return [training, [last.upperBound - length..<last.upperBound], test]
  }

  private static func sizes(
    _ count: Int, _ train: Double, _ validation: Double, of what: String
  ) throws -> (training: Int, validation: Int) {
    guard train > 0, validation > 0, train + validation < 1 else {
      throw DataError(
        .invalidOption, expected: "positive fractions that leave something for the test",
        received: "\(train) and \(validation)", remedy: "Choose for example 0.6 and 0.2.")
    }
    guard count >= 3 else {
      throw DataError(
        .tooFewFrames,
        expected: "\(what == "events" ? "two" : "three") \(what) of at least a window's length",
        received: "\(count)",
        remedy:
          "Add data, shorten the windows with --input-frames and --forecast-frames, or split one long sequence by "
          + "time with --split time.")
    }
    let training = min(max(1, Int((train * Double(count)).rounded())), count - 2)
    return (
      training, min(max(1, Int((validation * Double(count)).rounded())), count - training - 1)
    )
  }

  private static func sizesWithoutTest(
    _ count: Int, _ validation: Double
  ) throws -> (training: Int, validation: Int) {
    guard count >= 2 else {
      throw DataError(
        .tooFewFrames, expected: "two events of at least a window's length", received: "\(count)",
        remedy: "Add data, shorten the windows, or split by time.")
    }
    let validated = min(max(1, Int((validation * Double(count)).rounded())), count - 1)
    return (count - validated, validated)
  }

  /// Refuses parts that touch in time: the end of one hour's file and the start of the next are one event.
  private static func checkDistance(
    _ parts: [[Range<Int>]], of source: some FrameSource, gapFrames: Int
  ) throws {
    guard let times = source.timestamps, let step = source.nominalStep else { return }
    let spans = parts.enumerated().flatMap { part, ranges in
      ranges.map { (part: part, start: times[$0.lowerBound], end: times[$0.upperBound - 1]) }
    }.sorted { $0.start < $1.start }
    for (a, b) in zip(spans, spans.dropFirst()) where a.part != b.part {
      let minutes = b.start.timeIntervalSince(a.end) / 60
      // Events that overlap in time are of different places.
      guard minutes > 0, minutes < Double(gapFrames) * step else { continue }
      throw DataError(
        .leakage,
        expected: "events of different parts at least \(gapFrames) frames (a forecast or more) apart",
        received: "\(a.end) and \(b.start)",
        remedy: "Give one sequence and split by time, or put neighbouring events into one group.")
    }
  }
}
