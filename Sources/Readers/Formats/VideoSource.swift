import Foundation
import Synchronization
import VideoFiles

/// The frames of one video, or of an animated GIF, decoded in order as they are asked for.
///
/// Frames count as evenly spaced. Going backwards starts over from the first frame, so that the same frame has the
/// same numbers whatever was read before; put a ``CachedSource`` in front where frames are read again and again.
struct VideoSource: FrameSource {
  let file: URL
  let count: Int
  let shape: FrameShape
  let unit: PhysicalUnit
  /// Which decoded frames are frames of this sequence, ascending.
  private let chosen: [Int]
  private let reading: PictureReading
  private let colour: PictureColour
  private let position = PositionedDecoder()

  var timestamps: [Date]? { nil }
  var nominalStep: Double? { nil }

  /// Goes through the video once to count its frames.
  ///
  /// - Throws: ``DataError`` if it is damaged or holds no frame.
  init(_ file: URL, options: DataOptions) throws {
    self.file = file
    reading = PictureReading(options)
    colour = options.grey ? .grey : .asStored
    unit = reading.unit.frameUnit
    let decoder = try videoErrors { [colour] in try VideoDecoder(file, colour: colour) }
    var (total, times, rate) = (0, [Double](), decoder.frameRate)
    var first: DecodedPicture?
    try videoErrors {
      while let picture = try decoder.next() {
        if first == nil { first = picture }
        times.append(picture.seconds ?? Double(total) / (rate ?? 25))
        total += 1
      }
    }
    rate = rate ?? 25
    guard let first else { throw Self.empty(file) }
    shape = FrameShape(height: first.height, width: first.width, channels: first.channels)
    chosen = VideoTiming.frames(of: times, rate: rate ?? 25, wanted: options.frameRate)
    count = chosen.count
  }

  func frame(at index: Int) throws -> Frame {
    try check(index: index)
    let picture = try videoErrors { try position.picture(chosen[index], of: file, colour: colour) }
    let (size, values) = try reading.values(PictureFile.Values(picture), interval: nil, file: file.path)
    guard size == shape else {
      throw DataError(
        .wrongShape, file: file.path, expected: "frames of \(shape)", received: "one of \(size)",
        remedy: "Cut the video where its size changes.")
    }
    return try Frame(shape: shape, values: values)
  }

  static func empty(_ file: URL) -> DataError {
    DataError(
      .noFrames, file: file.path, expected: "at least one frame", received: "none",
      remedy: "The video is truncated or damaged: play it to see.")
  }
}

/// A decoder that remembers where it is.
private final class PositionedDecoder: Sendable {
  private struct State {
    var decoder: VideoDecoder?
    var next = 0
  }

  private let state = Mutex(State())

  func picture(_ index: Int, of file: URL, colour: PictureColour) throws -> DecodedPicture {
    try state.withLock { state in
      if state.decoder == nil || index < state.next {
        state.decoder = try VideoDecoder(file, colour: colour)
        state.next = 0
      }
      guard let decoder = state.decoder else { throw VideoSource.empty(file) }
      while state.next < index {
        state.next += 1
        guard try decoder.skip() else { break }
      }
      state.next += 1
      guard let picture = try decoder.next() else {
        state.decoder = nil
        throw DataError(
          .corrupt, file: file.path, expected: "a frame \(index)", received: "the end of the video",
          remedy: "The file changed since it was opened: open it again.")
      }
      return picture
    }
  }
}

/// Which frames of a video are taken for a frame rate.
enum VideoTiming {
  /// For each moment k / wanted the last frame shown by then; all frames without a wish.
  static func frames(of times: [Double], rate: Double, wanted: Double?) -> [Int] {
    guard let wanted, let first = times.first, let last = times.last else { return Array(times.indices) }
    let end = last - first + 1 / max(rate, 1e-6)
    var (chosen, place) = ([Int](), 0)
    // A thousandth of a frame, so that rounded times count as what they were meant to be.
    let slack = 1e-3 / max(rate, 1e-6)
    var moment = 0
    while Double(moment) / wanted < end - slack, moment < 1 << 24 {
      while place + 1 < times.count, times[place + 1] - first <= Double(moment) / wanted + slack {
        place += 1
      }
      chosen.append(place)
      moment += 1
    }
    return chosen
  }
}

extension VideoSource {
  /// A whole clip decoded once; `frameRate` and the unit as elsewhere.
  static func inMemory(_ file: URL, options: DataOptions) throws -> any FrameSource {
    let reading = PictureReading(options)
    return try videoErrors {
      let decoder = try VideoDecoder(file, colour: options.grey ? .grey : .asStored)
      var (frames, times) = ([Frame](), [Double]())
      while let picture = try decoder.next() {
        let (shape, values) = try reading.values(PictureFile.Values(picture), interval: nil, file: file.path)
        frames.append(try Frame(shape: shape, values: values))
        times.append(picture.seconds ?? Double(times.count) / (decoder.frameRate ?? 25))
      }
      guard !frames.isEmpty else { throw empty(file) }
      let chosen = VideoTiming.frames(of: times, rate: decoder.frameRate ?? 25, wanted: options.frameRate)
      return try FrameArray(chosen.map { frames[$0] }, unit: reading.unit.frameUnit)
    }
  }
}
