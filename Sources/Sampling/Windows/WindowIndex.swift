import Foundation
import Readers

/// The frames of one sample: `input` is given to a model, `target` is what it shall say.
public struct Window: Hashable, Sendable {
  public let input: Range<Int>
  public let target: Range<Int>

  public init(input: Range<Int>, target: Range<Int>) {
    self.input = input
    self.target = target
  }

  /// The index of the first frame.
  public var start: Int { input.lowerBound }
  /// The index of the last observed frame: the moment at which the forecast is made.
  public var lastInput: Int { input.upperBound - 1 }
  /// All frames, input and target.
  public var frames: Range<Int> { input.lowerBound..<target.upperBound }
}

/// All windows of `inputFrames + forecastFrames` consecutive frames in a part of a sequence, none of them across
/// a gap in time.
public struct WindowIndex: Equatable, Sendable {
  public let inputFrames: Int
  public let forecastFrames: Int
  /// The index of the first frame of every window, ascending.
  public private(set) var starts: [Int]
  /// How many windows were left out because frames are missing within.
  public let droppedByGaps: Int
  /// How many windows were left out because they would leave an event.
  public let droppedByEvents: Int
  /// How many windows were left out because their input was interpolated from frames after it.
  public private(set) var droppedByLookahead = 0

  /// The length of a window in frames.
  public var length: Int { inputFrames + forecastFrames }
  public var count: Int { starts.count }

  /// Finds the windows.
  ///
  /// Two frames are consecutive if their times differ by the nominal step within a tenth of it; without times
  /// all frames count as evenly spaced.
  ///
  /// - Parameters:
  ///   - source: The sequence.
  ///   - frames: The part of the sequence to look at; all of it by default.
  ///   - inputFrames: How many frames of a window are observed.
  ///   - forecastFrames: How many frames of a window are forecast.
  ///   - stride: The distance between the starts of candidate windows.
  /// - Throws: `DataError` if the part is too short for one window, or every window spans a gap.
  public init(
    of source: some FrameSource, frames: Range<Int>? = nil, inputFrames: Int, forecastFrames: Int,
    stride: Int = 1
  ) throws {
    let frames = frames ?? 0..<source.count
    guard frames.lowerBound >= 0, frames.upperBound <= source.count else {
      throw DataError(
        .tooFewFrames, expected: "frames within 0 ..< \(source.count)", received: "\(frames)",
        remedy: "Choose a part of the sequence.")
    }
    try self.init(
      of: source, parts: [frames], inputFrames: inputFrames, forecastFrames: forecastFrames, stride: stride)
  }

  /// Finds the windows in several parts of a sequence, none across two events of it or two parts; see
  /// ``init(of:frames:inputFrames:forecastFrames:stride:)``.
  public init(
    of source: some FrameSource, parts: [Range<Int>], inputFrames: Int, forecastFrames: Int, stride: Int = 1
  ) throws {
    try self.init(
      timestamps: source.timestamps, nominalStep: source.nominalStep, events: source.events, parts: parts,
      inputFrames: inputFrames, forecastFrames: forecastFrames, stride: stride)
  }

  /// Finds the windows from the times of the frames alone; see
  /// ``init(of:frames:inputFrames:forecastFrames:stride:)``.
  public init(
    timestamps: [Date]?, nominalStep: Double?, frames: Range<Int>, inputFrames: Int, forecastFrames: Int,
    stride: Int = 1
  ) throws {
    try self.init(
      timestamps: timestamps, nominalStep: nominalStep, events: [frames], parts: [frames],
      inputFrames: inputFrames, forecastFrames: forecastFrames, stride: stride)
  }

  private init(
    timestamps: [Date]?, nominalStep: Double?, events: [Range<Int>], parts: [Range<Int>], inputFrames: Int,
    forecastFrames: Int, stride: Int
  ) throws {
    try Self.check(inputFrames: inputFrames, forecastFrames: forecastFrames)
    guard stride >= 1 else {
      throw DataError(
        .invalidOption, expected: "a stride of at least one frame", received: "\(stride)",
        remedy: "Choose a positive number.")
    }
    self.inputFrames = inputFrames
    self.forecastFrames = forecastFrames
    let length = inputFrames + forecastFrames
    let count = timestamps?.count ?? Int.max
    if let part = parts.first(where: { $0.lowerBound < 0 || $0.upperBound > count }) {
      throw DataError(
        .tooFewFrames, expected: "frames within 0 ..< \(count)", received: "\(part)",
        remedy: "Choose a part of the sequence.")
    }
    let pieces = parts.flatMap { part in events.map { $0.clamped(to: part) } }.filter { !$0.isEmpty }
    guard let longest = pieces.map(\.count).max(), longest >= length else {
      throw DataError(
        .tooFewFrames,
        expected: "at least \(length) frames (\(inputFrames) input + \(forecastFrames) forecast)",
        received: pieces.count > 1
          ? "events of at most \(pieces.map(\.count).max() ?? 0)" : "\(pieces.first?.count ?? 0)",
        remedy: "Use fewer input or forecast frames, or a longer sequence.")
    }
    var starts: [Int] = []
    var (candidates, gapCount) = (0, 0)
    for piece in pieces {
      let gaps = Self.gaps(in: timestamps, nominalStep: nominalStep, frames: piece)
      // gapsBefore[i]: how many gaps lie between the first frame and frame i of the piece.
      let gapsBefore = gaps.reduce(into: [0]) { $0.append($0[$0.count - 1] + ($1 ? 1 : 0)) }
      gapCount += gapsBefore[gapsBefore.count - 1]
      guard piece.count >= length else { continue }
      for offset in Swift.stride(from: 0, through: piece.count - length, by: stride) {
        candidates += 1
        if gapsBefore[offset] == gapsBefore[offset + length - 1] { starts.append(piece.lowerBound + offset) }
      }
    }
    guard !starts.isEmpty else {
      throw DataError(
        .tooFewFrames,
        expected: "\(length) frames in a row (\(inputFrames) input + \(forecastFrames) forecast)",
        received: "\(pieces.reduce(0) { $0 + $1.count }) frames with \(gapCount) gaps and no such run",
        remedy: "Use fewer input or forecast frames, or fill the gaps.")
    }
    self.starts = starts
    droppedByGaps = candidates - starts.count
    let whole = parts.reduce(0) { $0 + max(0, $1.count - length + stride) / stride }
    droppedByEvents = max(0, whole - candidates)
  }

  /// The windows without some of them, which are counted in ``droppedByLookahead``.
  ///
  /// - Throws: `DataError` if none remains.
  func leavingOut(_ looksAhead: (Window) -> Bool) throws -> WindowIndex {
    var windows = self
    windows.starts = starts.filter { !looksAhead(window(startingAt: $0)) }
    windows.droppedByLookahead += starts.count - windows.starts.count
    guard !windows.starts.isEmpty else {
      throw DataError(
        .tooFewFrames, expected: "a window whose input is known before its forecast begins",
        received: "\(starts.count), each with a frame interpolated from later ones",
        remedy: "Bridge gaps by the last frame or a mask, or leave them.")
    }
    return windows
  }

  /// Some of the windows, by the first frame.
  func keeping(_ some: Set<Int>) -> WindowIndex {
    var windows = self
    windows.starts = starts.filter { some.contains($0) }
    return windows
  }

  /// Refuses lengths that make no window.
  static func check(inputFrames: Int, forecastFrames: Int) throws {
    let sane = 1...1_000_000
    guard sane.contains(inputFrames), sane.contains(forecastFrames) else {
      throw DataError(
        .invalidOption, expected: "at least one input frame and one forecast frame",
        received: "\(inputFrames) input frames and \(forecastFrames) forecast frames",
        remedy: "Choose positive numbers.")
    }
  }

  /// One window.
  public subscript(index: Int) -> Window { window(startingAt: starts[index]) }

  /// The window that starts at a frame.
  public func window(startingAt start: Int) -> Window {
    Window(input: start..<start + inputFrames, target: start + inputFrames..<start + length)
  }

  /// For each pair of neighbours in `frames` whether time is missing between them.
  private static func gaps(in timestamps: [Date]?, nominalStep: Double?, frames: Range<Int>) -> [Bool] {
    guard let timestamps, let step = nominalStep, step > 0 else {
      return [Bool](repeating: false, count: max(0, frames.count - 1))
    }
    return frames.dropLast().map { index in
      let minutes = timestamps[index + 1].timeIntervalSince(timestamps[index]) / 60
      return abs(minutes - step) > 0.1 * step
    }
  }
}
