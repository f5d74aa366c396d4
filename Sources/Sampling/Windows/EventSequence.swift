import Foundation
import Readers

/// Several sequences one after the other as one, each an event that no window leaves.
///
/// Times ascend within an event; whole events may lie in any order, overlap, or have no times at all.
public struct EventSequence: FrameSource {
  public let sources: [any FrameSource]
  /// Where each sequence starts, and the number of all frames at the end.
  private let starts: [Int]
  public let timestamps: [Date]?
  public let events: [Range<Int>]

  /// - Throws: `DataError` if there is no sequence, or sizes, units or steps differ.
  public init(_ sources: [any FrameSource]) throws {
    guard let first = sources.first else {
      throw DataError(
        .noFrames, expected: "at least one event", received: "none", remedy: "Pass the sequences.")
    }
    for source in sources {
      guard source.shape == first.shape, source.unit == first.unit else {
        throw DataError(
          .wrongShape, expected: "events of \(first.shape) in \(first.unit.rawValue) like the first",
          received: "one of \(source.shape) in \(source.unit.rawValue)",
          remedy: "Resize or crop them alike, or use one after the other.")
      }
      if let step = source.nominalStep, let usual = first.nominalStep, abs(step - usual) > 0.1 * usual {
        throw DataError(
          .badValue, expected: "events with frames every \(usual) minutes like the first",
          received: "one every \(step)", remedy: "Take every nth frame of the faster one.")
      }
    }
    self.sources = sources
    starts = sources.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let times = sources.compactMap(\.timestamps)
    timestamps = times.count == sources.count ? times.flatMap { $0 } : nil
    let starts = starts
    events = sources.indices.flatMap { index in
      sources[index].events.map { $0.lowerBound + starts[index]..<$0.upperBound + starts[index] }
    }
  }

  public var count: Int { starts[starts.count - 1] }

  /// Whether every frame has a time and the sequences follow each other, with a pause longer than a step between
  /// them: then a time stands for one frame alone.
  public var hasOneClock: Bool {
    let known = sources.compactMap(\.timestamps)
    let pause = (nominalStep ?? 0) * 60 * 1.5
    return known.count == sources.count
      && zip(known, known.dropFirst()).allSatisfy { before, after in
        guard let last = before.last, let next = after.first else { return false }
        return next.timeIntervalSince(last) > pause
      }
  }
  public var shape: FrameShape { sources[0].shape }
  public var nominalStep: Double? { sources.lazy.compactMap(\.nominalStep).first }
  public var unit: PhysicalUnit { sources[0].unit }
  public var grid: GridMetadata? { sources[0].grid }

  public var readsParts: Bool { sources.allSatisfy(\.readsParts) }

  public func frame(at index: Int) throws -> Frame {
    let (source, place) = try place(of: index)
    return try source.frame(at: place)
  }

  public func append(
    _ tile: Tile, ofFrame index: Int, to values: inout [Float], _ isValid: inout [Bool]
  ) throws {
    let (source, place) = try place(of: index)
    try source.append(tile, ofFrame: place, to: &values, &isValid)
  }

  private func place(of index: Int) throws -> (source: any FrameSource, index: Int) {
    try check(index: index)
    let number = sequence(ofFrame: index)
    return (sources[number], index - starts[number])
  }

  /// The number of the sequence that a frame belongs to.
  func sequence(ofFrame index: Int) -> Int {
    // The last sequence that starts at or before the frame; empty ones start where the next does.
    var (low, high) = (0, sources.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= index { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
