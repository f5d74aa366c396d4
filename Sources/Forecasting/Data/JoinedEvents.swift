import Foundation
import SequenceData

/// Several events as one sequence whose clock jumps from one to the next, so that no window spans two of them.
///
/// Within an event the times keep their distances; where the events do not follow each other in time (or have no
/// times), the clock is made up, and ``hasTrueTimes`` says so.
public struct JoinedEvents: FrameSource {
  public let sequences: [any FrameSource]
  /// The index of the first frame of each event.
  public let starts: [Int]
  public let count: Int
  public let timestamps: [Date]?
  public let nominalStep: Double?
  /// Whether the times are those of the data.
  public let hasTrueTimes: Bool

  /// - Throws: `DataError` if there is no event, or their sizes or units differ.
  public init(_ events: [any FrameSource]) throws {
    guard let first = events.first else {
      throw DataError(
        .noFrames, expected: "at least one sequence", received: "none", remedy: "Check the data.")
    }
    for event in events where event.shape != first.shape || event.unit != first.unit {
      throw DataError(
        .wrongShape, expected: "sequences of \(first.shape) in \(first.unit.rawValue) like the first",
        received: "one of \(event.shape) in \(event.unit.rawValue)",
        remedy: "Train on data of one size and unit, or resize them.")
    }
    var starts: [Int] = []
    var total = 0
    for event in events {
      starts.append(total)
      total += event.count
    }
    sequences = events
    self.starts = starts
    count = total
    guard events.count > 1 else {
      (timestamps, nominalStep) = (first.timestamps, first.nominalStep)
      hasTrueTimes = first.timestamps != nil
      return
    }
    let step = events.compactMap(\.nominalStep).first ?? 1
    nominalStep = step
    let known = events.compactMap(\.timestamps)
    let gap = step * 60 * 1.5
    let follow =
      known.count == events.count
      && zip(known, known.dropFirst()).allSatisfy { before, after in
        guard let last = before.last, let next = after.first else { return false }
        return next.timeIntervalSince(last) > gap
      }
    hasTrueTimes = follow
    if follow {
      timestamps = known.flatMap { $0 }
    } else {
      var clock = Date(timeIntervalSince1970: 0)
      var times: [Date] = []
      for event in events {
        let own =
          event.timestamps
          ?? (0..<event.count).map { Date(timeIntervalSince1970: Double($0) * step * 60) }
        guard let start = own.first, let end = own.last else { continue }
        times += own.map { clock.addingTimeInterval($0.timeIntervalSince(start)) }
        clock = clock.addingTimeInterval(end.timeIntervalSince(start) + 1000 * step * 60)
      }
      timestamps = times
    }
  }

  public var shape: FrameShape { sequences[0].shape }
  public var unit: PhysicalUnit { sequences[0].unit }
  public var grid: GridMetadata? { sequences[0].grid }

  public func frame(at index: Int) throws -> Frame {
    try check(index: index)
    let event = (starts.firstIndex { $0 > index } ?? starts.count) - 1
    return try sequences[event].frame(at: index - starts[event])
  }
}
