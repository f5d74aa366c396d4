import Foundation
import Readers

/// Another sequence on an even clock: where a frame is missing or late, what a ``GapPolicy`` puts in its place.
///
/// The clock of an event starts at its first frame and ticks with the nominal step. A frame within a tenth of a step
/// of a tick is taken as it is. Gaps longer than the policy allows are left open: an event ends there and the next
/// begins.
public struct BridgedSource: FrameSource {
  private enum Content: Equatable {
    case frame(Int)
    case again(Int)
    case between(Int, Int, weight: Float)
    case missing
  }

  private let base: any FrameSource
  private let contents: [Content]
  private let times: [Date]
  public let events: [Range<Int>]
  /// How many frames were put in.
  public let bridgedFrames: Int
  /// How many gaps were too long.
  public let openGaps: Int
  /// How many frames were left out because they lie between two ticks of the clock.
  public let framesOffTheClock: Int

  /// - Throws: `DataError` if the times are unknown or the policy makes no sense.
  public init(_ base: any FrameSource, policy: GapPolicy) throws {
    guard let timestamps = base.timestamps, let step = base.nominalStep, step > 0 else {
      throw DataError(
        .invalidOption, expected: "frames with times, to find gaps by", received: "a sequence without",
        remedy: "Give the time pattern of the file names, or use no gap policy.")
    }
    if policy != .drop, policy.longest < 1 {
      throw DataError(
        .invalidOption, expected: "gaps of at least one frame to bridge", received: "\(policy.longest)",
        remedy: "Use a positive number, or drop the windows.")
    }
    self.base = base
    var builder = Builder(step: step * 60, policy: policy, timestamps: timestamps)
    for event in base.events { builder.add(event) }
    contents = builder.contents
    times = builder.times
    events = builder.events
    openGaps = builder.openGaps
    bridgedFrames = contents.count {
      if case .frame = $0 { false } else { true }
    }
    let taken = Set(
      contents.compactMap { content -> Int? in
        if case .frame(let index) = content { index } else { nil }
      })
    framesOffTheClock = base.events.reduce(0) { $0 + $1.count } - taken.count
  }

  /// For each frame the last one that has to be there before it can be made: itself, or where it is interpolated the
  /// first tick by which the frame after the gap is known.
  var madeFrom: [Int] {
    let tolerance = (base.nominalStep ?? 0) * 6
    guard let known = base.timestamps else { return Array(contents.indices) }
    return contents.enumerated().map { place, content in
      guard case .between(_, let after, _) = content else { return place }
      var last = place
      while last < contents.count, times[last].timeIntervalSince(known[after]) < -tolerance { last += 1 }
      return last
    }
  }

  public var count: Int { contents.count }
  public var shape: FrameShape { base.shape }
  public var timestamps: [Date]? { times }
  public var nominalStep: Double? { base.nominalStep }
  public var unit: PhysicalUnit { base.unit }
  public var grid: GridMetadata? { base.grid }

  public func frame(at index: Int) throws -> Frame {
    try check(index: index)
    let time = times[index]
    switch contents[index] {
    case .frame(let place): return try base.frame(at: place)
    case .again(let place):
      let frame = try base.frame(at: place)
      return try Frame(shape: shape, values: frame.values, isValid: frame.isValid, time: time)
    case .missing:
      return try Frame(
        shape: shape, values: [Float](repeating: 0, count: shape.count),
        isValid: [Bool](repeating: false, count: shape.count), time: time)
    case .between(let before, let after, let weight):
      let (a, b) = (try base.frame(at: before), try base.frame(at: after))
      return try Frame(
        shape: shape, values: zip(a.values, b.values).map { $0 + weight * ($1 - $0) },
        isValid: zip(a.isValid, b.isValid).map { $0 && $1 }, time: time)
    }
  }

  private struct Builder {
    let step: Double
    let policy: GapPolicy
    let timestamps: [Date]
    var contents: [Content] = []
    var times: [Date] = []
    var events: [Range<Int>] = []
    var openGaps = 0

    mutating func add(_ event: Range<Int>) {
      var next = event.lowerBound
      while next < event.upperBound {
        let start = contents.count
        next = stretch(from: next, before: event.upperBound)
        events.append(start..<contents.count)
        if next < event.upperBound { openGaps += 1 }
      }
    }

    /// Appends ticks from a frame on until a gap that is too long; the frame after it, or the end.
    private mutating func stretch(from first: Int, before end: Int) -> Int {
      let origin = timestamps[first]
      append(.frame(first), origin)
      var last = first
      var tick = 1
      while last + 1 < end {
        let time = origin.addingTimeInterval(Double(tick) * step)
        // The last frame that is not later than this tick, within the tolerance.
        while last + 1 < end, timestamps[last + 1].timeIntervalSince(time) < -0.1 * step { last += 1 }
        guard last + 1 < end else { return end }
        let away = timestamps[last + 1].timeIntervalSince(time)
        if away <= 0.1 * step {
          last += 1
          append(.frame(last), time)
        } else {
          let between = timestamps[last + 1].timeIntervalSince(timestamps[last])
          guard between <= (Double(policy.longest) + 1.1) * step, policy.longest > 0 else { return last + 1 }
          switch policy {
          case .drop: return last + 1
          case .repeatLast: append(.again(last), time)
          case .mask: append(.missing, time)
          case .interpolate:
            let weight = Float(time.timeIntervalSince(timestamps[last]) / between)
            append(.between(last, last + 1, weight: weight), time)
          }
        }
        tick += 1
      }
      return end
    }

    private mutating func append(_ content: Content, _ time: Date) {
      contents.append(content)
      times.append(time)
    }
  }
}
