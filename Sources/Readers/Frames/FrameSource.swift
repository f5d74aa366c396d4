import Foundation

/// A sequence of frames of one shape, read when asked for.
///
/// A format becomes readable by conforming to this protocol (or, where one file holds one frame, to the smaller
/// ``FrameFileReader``); windows, tiles, normalisers and batches then work as they are.
public protocol FrameSource: Sendable {
  /// The number of frames.
  var count: Int { get }
  /// The size that every frame has.
  var shape: FrameShape { get }
  /// The time of each frame, ascending within an event, or `nil` where time is unknown and frames count as
  /// evenly spaced.
  var timestamps: [Date]? { get }
  /// The usual distance between frames in minutes, where time is known.
  var nominalStep: Double? { get }
  /// What the values mean.
  var unit: PhysicalUnit { get }
  /// Where the pixels lie, where the files say so.
  var grid: GridMetadata? { get }
  /// The parts that belong together, ascending and without a frame in common: no window leaves one. A sequence is
  /// one event unless it says otherwise; frames outside of all events are in no window.
  var events: [Range<Int>] { get }

  /// Whether a part of a frame is read as quickly as its size suggests, so that nobody need keep whole frames for it.
  var readsParts: Bool { get }

  /// Reads one frame.
  ///
  /// - Throws: ``DataError`` if there is no such frame or its file cannot be read.
  func frame(at index: Int) throws -> Frame

  /// Appends the values and the mask of a part of a frame, row by row. A source that can read a part without the
  /// whole does so.
  ///
  /// - Throws: ``DataError`` if there is no such frame or part, or its file cannot be read.
  func append(
    _ tile: Tile, ofFrame index: Int, to values: inout [Float], _ isValid: inout [Bool]
  ) throws
}

extension FrameSource {
  public var grid: GridMetadata? { nil }
  public var events: [Range<Int>] { [0..<count] }
  public var readsParts: Bool { false }

  public func append(
    _ tile: Tile, ofFrame index: Int, to values: inout [Float], _ isValid: inout [Bool]
  ) throws {
    try frame(at: index).append(tile, to: &values, &isValid)
  }

  /// Refuses an index outside the sequence.
  package func check(index: Int) throws {
    guard index >= 0, index < count else {
      throw DataError(
        .tooFewFrames, expected: "a frame index in 0 ..< \(count)", received: "\(index)",
        remedy: "Ask for frames that the sequence has.")
    }
  }
}

/// The usual distance of ascending times in minutes: the median, so that a few gaps do not change it.
package func medianStep(of times: [Date]) -> Double? {
  guard times.count > 1 else { return nil }
  let steps = zip(times.dropFirst(), times).map { $0.timeIntervalSince($1) / 60 }.sorted()
  return steps[steps.count / 2]
}
