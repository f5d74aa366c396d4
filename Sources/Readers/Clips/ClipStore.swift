import Foundation
import Synchronization

/// Where the values of clips of one length lie: in memory, in files that are decoded when asked for, or in a mapped
/// cache.
package protocol ClipStore: Sendable {
  /// Appends one frame of a clip, `[height, width, channels]`.
  func append(frame time: Int, of clip: Int, to values: inout [Float]) throws
  /// The values of one frame.
  var frameSize: Int { get }
}

/// All values in one array, `[clip, time, height, width, channels]`.
package struct FlatClips: ClipStore {
  package let values: [Float]
  let frames: Int
  package let frameSize: Int

  package func append(frame time: Int, of clip: Int, to result: inout [Float]) {
    let start = (clip * frames + time) * frameSize
    result += values[start..<start + frameSize]
  }
}

/// Clips of whatever length, kept in memory or opened again when one of their frames is wanted, as samples of one
/// length.
final class GatheredClips: ClipStore {
  /// One clip as it was found.
  struct Clip: Sendable {
    let name: String
    let frames: Int
    /// The frames that any sample may need.
    var needed: Range<Int>
    /// Their values, where they are kept.
    var values: [Float]?
    let open: @Sendable () throws -> any FrameSource

    /// Forgets the frames that no sample needs.
    mutating func keep(_ frames: Range<Int>, frameSize: Int) {
      guard frames != needed else { return }
      values = values.map { values in
        let start = (frames.lowerBound - needed.lowerBound) * frameSize
        return Array(values[start..<start + frames.count * frameSize])
      }
      needed = frames
    }
  }

  /// What a sample is made of: for each of its frames the frame of a clip that stands there, or none.
  struct Sample: Sendable {
    let clip: Int
    let places: [Int?]
  }

  /// The frames of a clip that samples need, from the first to the last.
  static func needed(_ samples: [[Int?]]) -> Range<Int> {
    let places = samples.joined().compactMap { $0 }
    return (places.min() ?? 0)..<(places.max() ?? -1) + 1
  }

  let samples: [Sample]
  let shape: FrameShape
  private let clips: [Clip]
  /// The clips that were opened last.
  private let opened = Mutex<[(clip: Int, values: [Float])]>([])
  private static let capacity = 2

  init(_ clips: [Clip], samples: [Sample], shape: FrameShape) {
    self.clips = clips
    self.samples = samples
    self.shape = shape
  }

  var frameSize: Int { shape.count }

  /// Whether every clip is in memory.
  var isInMemory: Bool { clips.allSatisfy { $0.values != nil } }

  func append(frame time: Int, of sample: Int, to values: inout [Float]) throws {
    let sample = samples[sample]
    guard let place = sample.places[time] else {
      values.append(contentsOf: repeatElement(0, count: frameSize))
      return
    }
    let clip = try self.values(of: sample.clip)
    let start = (place - clips[sample.clip].needed.lowerBound) * frameSize
    values += clip[start..<start + frameSize]
  }

  private func values(of number: Int) throws -> [Float] {
    let clip = clips[number]
    if let values = clip.values { return values }
    if let found = opened.withLock({ $0.first { $0.clip == number }?.values }) { return found }
    // Not under the lock: other threads go on with other clips.
    let source = try clip.open()
    guard source.count == clip.frames, source.shape == shape else {
      throw DataError(
        .wrongShape, file: clip.name, expected: "\(clip.frames) frames of \(shape), as before",
        received: "\(source.count) of \(source.shape)",
        remedy: "The clip changed since it was opened: start again.")
    }
    let values = try Self.values(of: source, clip.needed)
    opened.withLock {
      if $0.count >= Self.capacity { $0.removeFirst() }
      $0.append((number, values))
    }
    return values
  }

  static func values(of source: any FrameSource, _ frames: Range<Int>) throws -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(frames.count * source.shape.count)
    for index in frames { values += try source.frame(at: index).values }
    return values
  }
}

/// Clips behind a mapped cache: what is decoded once is found there.
struct MappedClips: ClipStore {
  let cache: MappedCache
  let frames: Int

  var frameSize: Int { cache.shape.count }

  func append(frame time: Int, of clip: Int, to values: inout [Float]) throws {
    var mask: [Bool] = []
    try cache.append(Tile(covering: cache.shape), ofFrame: clip * frames + time, to: &values, &mask)
  }
}

/// The frames of all clips one after the other.
struct ClipFrames: FrameSource {
  let store: any ClipStore
  let clips: Int
  let frames: Int
  let shape: FrameShape
  let unit: PhysicalUnit

  var count: Int { clips * frames }
  var timestamps: [Date]? { nil }
  var nominalStep: Double? { nil }
  var events: [Range<Int>] { (0..<clips).map { $0 * frames..<($0 + 1) * frames } }

  func frame(at index: Int) throws -> Frame {
    try check(index: index)
    var values: [Float] = []
    values.reserveCapacity(shape.count)
    try store.append(frame: index % frames, of: index / frames, to: &values)
    return try Frame(shape: shape, values: values)
  }
}
