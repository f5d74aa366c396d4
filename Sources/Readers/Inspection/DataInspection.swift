import Foundation

/// What data hold: counts, sizes, times and the spread of the values.
public struct DataInspection: Codable, Equatable, Sendable {
  /// One sequence.
  public struct Event: Codable, Equatable, Sendable {
    public var frames: Int
    public var first: Date?
    public var last: Date?
    /// The usual minutes between frames.
    public var step: Double?
    /// How often time is missing between two neighbours, and how many frames would fill it.
    public var gaps: Int
    public var missingFrames: Int
  }

  /// A class of clips.
  public struct ClassCount: Codable, Equatable, Sendable {
    public var name: String
    public var clips: Int

    public init(name: String, clips: Int) {
      self.name = name
      self.clips = clips
    }
  }

  public var frames: Int
  public var height: Int
  public var width: Int
  public var channels: Int
  public var unit: PhysicalUnit
  public var events: [Event]
  public var classes: [ClassCount]
  /// How many groups a split keeps together; clips only.
  public var groups: Int?
  public var first: Date?
  public var last: Date?
  public var step: Double?
  public var projection: String?
  /// Kilometres.
  public var pixelWidth: Double?
  public var pixelHeight: Double?
  /// Frames that were read for the numbers below.
  public var framesRead: Int
  public var minimum: Double?
  public var mean: Double?
  public var maximum: Double?
  /// The share of values that are missing.
  public var missingShare: Double
  public var missingCount: Int
  /// The share of the valid values above ``wetThreshold``; rain only.
  public var wetShare: Double?
  /// What was left out because it could not be read.
  public var skipped: Int
  /// What bridging gaps and cutting out dry spells came to, where it was asked for.
  public var handling: HandlingCounts?
  /// The same in words, with auxiliary channels.
  public var remarks: [String]?

  /// A pixel counts as wet above this rain rate in mm/h.
  public static let wetThreshold: Float = 0.1

  /// Looks at data.
  ///
  /// - Parameters:
  ///   - data: As ``openData(at:options:skipped:)`` gives them.
  ///   - limit: Reads at most so many frames, spread evenly; all of them without it.
  ///   - skipped: Where opening noted what it left out.
  /// - Throws: ``DataError`` if a frame cannot be read.
  public init(
    _ data: OpenedData, limit: Int? = nil, skipped: SkipLog? = nil
  ) throws {
    let sources = try data.sources()
    guard let source = sources.first else {
      throw DataError(.noFrames, expected: "at least one frame", received: "none", remedy: "Name other data.")
    }
    frames = sources.reduce(0) { $0 + $1.count }
    (height, width, channels) = (source.shape.height, source.shape.width, source.shape.channels)
    unit = source.unit
    events = sources.flatMap { source in source.events.map { Self.event(source, $0) } }
    if case .clips(let clips) = data {
      classes = clips.classNames.enumerated().map { number, name in
        ClassCount(name: name, clips: clips.labels.count { $0 == number })
      }
      groups = Set(clips.groups).count
    } else {
      classes = []
    }
    first = events.compactMap(\.first).min()
    last = events.compactMap(\.last).max()
    step = events.first?.step
    projection = source.grid?.projection
    pixelWidth = source.grid?.pixelWidth
    pixelHeight = source.grid?.pixelHeight
    var tally = ValueTally()
    let stride = max(1, (frames + max(limit ?? frames, 1) - 1) / max(limit ?? frames, 1))
    var number = 0
    for source in sources {
      for index in 0..<source.count {
        if number % stride == 0 { tally.add(try source.frame(at: index)) }
        number += 1
      }
    }
    framesRead = tally.frames
    minimum = tally.valid > 0 ? Double(tally.minimum) : nil
    maximum = tally.valid > 0 ? Double(tally.maximum) : nil
    mean = tally.valid > 0 ? tally.sum / Double(tally.valid) : nil
    missingCount = tally.missing
    missingShare = Double(tally.missing) / Double(max(tally.missing + tally.valid, 1))
    wetShare =
      unit == .millimetresPerHour && tally.valid > 0 ? Double(tally.wet) / Double(tally.valid) : nil
    self.skipped = skipped?.count ?? 0
  }

  private static func event(_ source: any FrameSource, _ range: Range<Int>) -> Event {
    let times = source.timestamps.map { $0[range] }
    var event = Event(
      frames: range.count, first: times?.first, last: times?.last,
      step: source.nominalStep, gaps: 0, missingFrames: 0)
    guard let times, let step = source.nominalStep, step > 0 else { return event }
    for (next, time) in zip(times.dropFirst(), times) {
      let minutes = next.timeIntervalSince(time) / 60
      // The rule by which windows are cut; see WindowIndex.
      guard abs(minutes - step) > 0.1 * step else { continue }
      event.gaps += 1
      event.missingFrames += max(0, Int((minutes / step).rounded()) - 1)
    }
    return event
  }
}

/// Sums over frames.
private struct ValueTally {
  var frames = 0
  var valid = 0
  var missing = 0
  var wet = 0
  var sum = 0.0
  var minimum = Float.infinity
  var maximum = -Float.infinity

  mutating func add(_ frame: Frame) {
    frames += 1
    var (valid, wet, sum) = (0, 0, 0.0)
    var (low, high) = (minimum, maximum)
    frame.values.withUnsafeBufferPointer { values in
      frame.isValid.withUnsafeBufferPointer { mask in
        for index in values.indices where mask[index] {
          let value = values[index]
          valid += 1
          sum += Double(value)
          low = min(low, value)
          high = max(high, value)
          if value > DataInspection.wetThreshold { wet += 1 }
        }
      }
    }
    (minimum, maximum) = (low, high)
    self.valid += valid
    self.wet += wet
    self.sum += sum
    missing += frame.values.count - valid
  }
}
