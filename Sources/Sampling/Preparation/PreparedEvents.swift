import Foundation
import Readers

/// Sequences as they were opened, after gaps were bridged and dry spells cut out, with auxiliary channels: what every
/// command that trains, scores or forecasts starts from.
public struct PreparedEvents: Sendable {
  /// Frames of something else that models see beside the field.
  public struct Extra: Sendable {
    /// What it is called: the name of its file or folder.
    public let name: String
    /// One source for each sequence; a single one of one frame for what never changes.
    let sources: [any FrameSource]

    /// Whether it is one frame for all times.
    public var isStatic: Bool { sources.count == 1 && sources[0].count == 1 }
    public var channels: Int { sources[0].shape.channels }
    public var unit: PhysicalUnit { sources[0].unit }

    /// The frames beside one sequence.
    public func source(_ sequence: Int) -> any FrameSource { isStatic ? sources[0] : sources[sequence] }
  }

  public let sources: [any FrameSource]
  /// What a split by group keeps together: a number for each sequence.
  public let groups: [Int]?
  public let extras: [Extra]
  public let handling: SequenceHandling
  public let counts: HandlingCounts
  /// For each sequence and frame the last frame that it was made from; `nil` where every frame is its own.
  let madeFrom: [[Int]]?

  /// Handles sequences as stated. With dry spells every frame is read once.
  ///
  /// - Parameters:
  ///   - events: The sequences of the field.
  ///   - groups: A number for each, where some shall stay together.
  ///   - extras: A name and the sequences of auxiliary channels: a single frame, frames at the times of the field, or
  ///     as many frames as the field has.
  ///   - handling: Gaps and dry spells.
  /// - Throws: `DataError` if there is no sequence, times are needed and unknown, or extra channels have another size
  ///   or other times; whatever reading throws.
  public init(
    _ events: [any FrameSource], groups: [Int]? = nil,
    extras: [(name: String, sources: [any FrameSource])] = [],
    handling: SequenceHandling = SequenceHandling()
  ) throws {
    guard let first = events.first else {
      throw DataError(
        .noFrames, expected: "at least one sequence", received: "none", remedy: "Name the data.")
    }
    guard groups.map({ $0.count == events.count }) ?? true else {
      throw DataError(
        .invalidOption, expected: "one group for each of the \(events.count) sequences",
        received: "\(groups?.count ?? 0)", remedy: "Name the group of every sequence.")
    }
    var aligned = try extras.map { try Self.aligned($0.sources, to: events, name: $0.name, like: first) }
    var counts = HandlingCounts()
    var sources = events
    var madeFrom: [[Int]]?
    if handling.gaps != .drop {
      let bridged = try events.map { try BridgedSource($0, policy: handling.gaps) }
      for source in bridged {
        counts.bridgedFrames += source.bridgedFrames
        counts.openGaps += source.openGaps
        counts.framesOffTheClock += source.framesOffTheClock
      }
      sources = bridged
      if case .interpolate = handling.gaps { madeFrom = bridged.map(\.madeFrom) }
      aligned = try aligned.map { extra in
        extra.count == 1 && extra[0].count == 1
          ? extra : try extra.map { try BridgedSource($0, policy: handling.gaps) }
      }
    }
    if let dry = handling.dry {
      let cut = try Self.cut(sources, dry)
      counts.dryFrames = cut.reduce(0) { $0 + $1.dryFrames }
      counts.wetEvents = cut.reduce(0) { $0 + $1.events.count }
      sources = cut
    }
    self.init(
      sources: sources, groups: groups,
      extras: zip(extras, aligned).map { Extra(name: $0.name, sources: $1) },
      handling: handling, counts: counts, madeFrom: madeFrom)
  }

  /// One sequence as it is.
  public init(_ sequence: any FrameSource) {
    self.init(
      sources: [sequence], groups: nil, extras: [], handling: SequenceHandling(), counts: HandlingCounts(),
      madeFrom: nil)
  }

  private init(
    sources: [any FrameSource], groups: [Int]?, extras: [Extra], handling: SequenceHandling,
    counts: HandlingCounts, madeFrom: [[Int]]?
  ) {
    self.sources = sources
    self.groups = groups
    self.extras = extras
    self.handling = handling
    self.counts = counts
    self.madeFrom = madeFrom
  }

  /// The same on a coarser grid.
  ///
  /// - Throws: `DataError` if the factor does not fit the frames.
  public func averaged(by factor: Int) throws -> PreparedEvents {
    guard factor > 1 else { return self }
    return PreparedEvents(
      sources: try sources.map { try DownsampledSource($0, factor: factor) }, groups: groups,
      extras: try extras.map { extra in
        Extra(name: extra.name, sources: try extra.sources.map { try DownsampledSource($0, factor: factor) })
      }, handling: handling, counts: counts, madeFrom: madeFrom)
  }

  /// A number for each event of the joined sequences, where there are groups.
  var groupsOfEvents: [Int]? {
    groups.map { groups in
      zip(sources, groups).flatMap { [Int](repeating: $1, count: $0.events.count) }
    }
  }

  /// Leaves out the windows whose input holds a frame that was interpolated from one after the input: a forecast would
  /// look ahead.
  ///
  /// - Throws: `DataError` if no window remains.
  public func leavingOutLookahead(_ windows: WindowIndex) throws -> WindowIndex {
    guard let madeFrom else { return windows }
    var joined: [Int] = []
    for places in madeFrom {
      let start = joined.count
      joined += places.map { $0 + start }
    }
    return try windows.leavingOut { window in window.input.contains { joined[$0] > window.lastInput } }
  }

  /// Refuses to forecast from frames of which one was interpolated from a frame after them.
  ///
  /// - Parameters:
  ///   - frames: How many frames a forecast reads.
  ///   - time: The time of the last of them.
  ///   - sequence: The number of their sequence.
  /// - Throws: `DataError` of kind `leakage`.
  public func checkKnown(_ frames: Int, until time: Date, in sequence: Int) throws {
    guard let madeFrom, let last = sources[sequence].timestamps?.lastIndex(where: { $0 <= time }) else {
      return
    }
    let input = max(0, last - frames + 1)...last
    guard input.allSatisfy({ madeFrom[sequence][$0] <= last }) else {
      throw DataError(
        .leakage, expected: "\(frames) frames that are known by \(time)",
        received: "one that is interpolated from a frame after them",
        remedy:
          "Choose another time, bridge gaps by the last frame (--gaps repeat), or leave --gaps out and allow "
          + "--late-frame repeat.")
    }
  }

  private static func cut(
    _ sources: [any FrameSource], _ dry: SegmentedSource.DrySpell
  ) throws -> [SegmentedSource] {
    var cut: [SegmentedSource] = []
    var firstError: (any Error)?
    for source in sources {
      // A sequence that is dry throughout makes no event; that all are is an error.
      do { cut.append(try SegmentedSource(source, maximumGap: 1_000_000, dry: dry)) } catch let error
        as DataError where error.kind == .badValue && sources.count > 1
      {
        firstError = firstError ?? error
        cut.append(SegmentedSource(dryThroughout: source))
      }
    }
    if let firstError, cut.allSatisfy({ $0.events.isEmpty }) { throw firstError }
    return cut
  }

  private static func aligned(
    _ sources: [any FrameSource], to events: [any FrameSource], name: String, like field: any FrameSource
  ) throws -> [any FrameSource] {
    let joined: EventSequence
    do { joined = try EventSequence(sources) } catch let error as DataError {
      throw DataError(
        error.kind, file: name, expected: error.expected, received: error.received, remedy: error.remedy)
    }
    guard joined.shape.height == field.shape.height, joined.shape.width == field.shape.width else {
      throw DataError(
        .wrongShape, file: name,
        expected: "extra channels of \(field.shape.height)×\(field.shape.width) pixels, as the field has",
        received: "\(joined.shape.height)×\(joined.shape.width)",
        remedy: "Give them on the grid of the field; --crop and --size are applied to both.")
    }
    if joined.count == 1 { return [joined] }
    let total = events.reduce(0) { $0 + $1.count }
    let areTimed = joined.timestamps != nil && events.allSatisfy { $0.timestamps != nil }
    guard areTimed || joined.count == total else {
      throw DataError(
        .wrongShape, file: name,
        expected: "one frame, \(total) frames as the field has, or frames with times",
        received: "\(joined.count) frames" + (joined.timestamps == nil ? " without times" : ""),
        remedy: "Give as many frames, or name --interval and --start.")
    }
    var first = 0
    return try events.map { event in
      defer { first += event.count }
      return try AlignedSource(joined, to: event, first: first, name: name)
    }
  }
}
