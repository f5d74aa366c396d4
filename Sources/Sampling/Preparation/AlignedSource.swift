import Foundation
import Readers

/// Frames of another source, one for each frame of a field and with its times.
struct AlignedSource: FrameSource {
  private let base: any FrameSource
  private let indices: [Int]
  let timestamps: [Date]?
  let nominalStep: Double?
  let events: [Range<Int>]

  /// The frames of `base` at the times of a field, within a tenth of a step; without times the frames from `first` on.
  ///
  /// - Parameters:
  ///   - base: Where the frames come from.
  ///   - field: What they shall lie beside.
  ///   - first: The frame of `base` that belongs to the field's first, where times are unknown.
  ///   - name: What `base` is called in an error.
  /// - Throws: `DataError` that names the time for which there is no frame.
  init(_ base: any FrameSource, to field: any FrameSource, first: Int, name: String) throws {
    self.base = base
    timestamps = field.timestamps
    nominalStep = field.nominalStep
    events = field.events
    guard let times = base.timestamps, let wanted = field.timestamps else {
      guard first + field.count <= base.count else {
        throw DataError(
          .tooFewFrames, file: name, expected: "a frame for each frame of the field",
          received: "\(base.count) frames", remedy: "Give as many frames, or files with times.")
      }
      indices = Array(first..<first + field.count)
      return
    }
    let tolerance = (field.nominalStep ?? 1) * 6
    let order = times.indices.sorted { times[$0] < times[$1] }
    indices = try wanted.map { time in
      var (low, high) = (0, order.count)
      while low < high {
        let middle = (low + high) / 2
        if times[order[middle]] < time { low = middle + 1 } else { high = middle }
      }
      let near = [low - 1, low].filter(order.indices.contains).map { order[$0] }
        .min { abs(times[$0].timeIntervalSince(time)) < abs(times[$1].timeIntervalSince(time)) }
      guard let near, abs(times[near].timeIntervalSince(time)) <= tolerance else {
        let span = order.isEmpty ? "none" : "\(times[order[0]]) to \(times[order[order.count - 1]])"
        throw DataError(
          .badValue, file: name, expected: "a frame at every time of the field, among them \(time)",
          received: "\(times.count) frames, \(span), without it",
          remedy: "Give the same times, or a single frame for what never changes.")
      }
      return near
    }
  }

  var count: Int { indices.count }
  var shape: FrameShape { base.shape }
  var unit: PhysicalUnit { base.unit }
  var grid: GridMetadata? { base.grid }

  func frame(at index: Int) throws -> Frame {
    try check(index: index)
    let frame = try base.frame(at: indices[index])
    guard let timestamps else { return frame }
    return try Frame(
      shape: frame.shape, values: frame.values, isValid: frame.isValid, time: timestamps[index])
  }
}
