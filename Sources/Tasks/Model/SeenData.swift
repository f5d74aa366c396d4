import Foundation
import Readers
import Sampling

/// Which frames a training saw, to keep them out of a test: of the same data whatever its order, and of other data at the
/// same time.
public struct SeenData: Codable, Equatable, Sendable {
  /// The times that training and validation saw, where known.
  public var from: Date?
  public var until: Date?
  /// How many frames (from the first) they saw, for data without times or split.
  public var frames: Int?
  /// How the data were divided, where known.
  public var split: StoredSplit?

  /// The windows that this training did not see.
  ///
  /// - Parameters:
  ///   - windows: Windows of `source`.
  ///   - gap: Minutes between what was seen and what is unseen, at least; and the same in frames.
  /// - Returns: The first frame of each, or `nil` where nothing is known of what was seen.
  /// - Throws: What reading throws.
  func unseen(
    _ windows: WindowIndex, of source: EventSequence, gap: (minutes: Double, frames: Int)
  ) throws -> [Int]? {
    if let ranges = try split?.unseen(in: source) {
      return windows.starts.filter { start in
        let frames = windows.window(startingAt: start).frames
        return ranges.contains { $0.lowerBound <= frames.lowerBound && frames.upperBound <= $0.upperBound }
      }
    }
    if source.hasOneClock, let times = source.timestamps {
      guard let from, let until else { return nil }
      return windows.starts.filter { start in
        let frames = windows.window(startingAt: start).frames
        return times[frames.lowerBound].timeIntervalSince(until) > gap.minutes * 60
          || from.timeIntervalSince(times[frames.upperBound - 1]) > gap.minutes * 60
      }
    }
    // Events that are known by their frames, and are none of those seen.
    if split?.prints != nil { return windows.starts }
    let seen = frames ?? source.count
    return windows.starts.filter { $0 >= seen + (source.events.count > 1 ? 0 : gap.frames) }
  }
}

/// How a training's data were divided.
public struct StoredSplit: Codable, Equatable, Sendable {
  public let rule: DataSplit.Rule
  public let test: [Range<Int>]
  /// How many frames and events the data had.
  public let frames: Int
  public let events: Int
  /// Each event's frames, and a text that tells it from others: its length, times, and first and last frame.
  public let ranges: [Range<Int>]?
  public let prints: [String]?

  /// - Throws: What reading the first and last frames throws.
  public init(_ split: DataSplit, of source: some FrameSource) throws {
    rule = split.rule
    test = split.test
    frames = source.count
    events = source.events.count
    ranges = source.events
    prints = try Self.prints(of: source)
  }

  /// Whether a source holds the same events in the same order.
  func isSame(as source: some FrameSource) throws -> Bool {
    guard source.count == frames, source.events.count == events else { return false }
    return try prints == nil || prints == Self.prints(of: source)
  }

  /// What of a source the training did not see, if it saw some of its events: their test parts, and the events that it did
  /// not have. `nil` where it has none of them. An event is the same by its pixels, or, as on another grid, by its length
  /// and start.
  func unseen(in source: some FrameSource) throws -> [Range<Int>]? {
    guard let prints, let ranges else {
      return source.count == frames && source.events.count == events && rule != .time ? test : nil
    }
    let own = try Self.prints(of: source)
    var left = Array(prints.enumerated())
    let places = own.map { print -> Int? in
      left.firstIndex { $0.element == print }.map { left.remove(at: $0).offset }
    }
    var found = false
    var unseen: [Range<Int>] = []
    for (number, event) in source.events.enumerated() {
      // An event on another grid has other pixels; one of the same length and start may be any of those.
      let known =
        places[number].map { [$0] }
        ?? left.filter { Self.isSameTime($0.element, own[number]) }.map(\.offset)
      guard !known.isEmpty else {
        unseen.append(event)
        continue
      }
      found = true
      let tests = known.map { place in
        test.filter { ranges[place].lowerBound <= $0.lowerBound && $0.upperBound <= ranges[place].upperBound }
          .map { $0.lowerBound - ranges[place].lowerBound..<$0.upperBound - ranges[place].lowerBound }
      }
      guard let first = tests.first, tests.allSatisfy({ $0 == first }) else { continue }
      unseen += first.map { event.lowerBound + $0.lowerBound..<event.lowerBound + $0.upperBound }
    }
    return found ? unseen : nil
  }

  /// Whether two prints are of events with as many frames that start at the same time.
  private static func isSameTime(_ print: String, _ other: String) -> Bool {
    let (parts, others) = (print.split(separator: " "), other.split(separator: " "))
    return parts.count == 3 && others.count == 3 && parts[..<2] == others[..<2]
  }

  private static func prints(of source: some FrameSource) throws -> [String] {
    try source.events.map { event in
      guard let last = event.last else { return "empty" }
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for index in Set([event.lowerBound, last]).sorted() {
        for value in try source.frame(at: index).firstChannel.values {
          hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3
        }
      }
      let times = source.timestamps.map { "\($0[event.lowerBound].timeIntervalSince1970)" } ?? ""
      return "\(event.count) \(times) \(String(hash, radix: 16))"
    }
  }
}
