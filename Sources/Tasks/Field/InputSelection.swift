import Foundation
import Readers

/// What to do where a frame that the model needs is late or missing.
public enum LateFramePolicy: String, CaseIterable, Codable, Sendable {
  /// Say which one, and forecast nothing.
  case refuse
  /// Take the last frame before it.
  case `repeat`
  /// Weigh the frames before and after it by their distance in time; the newest is repeated.
  case interpolate
}

/// The frames that a forecast starts from.
public struct InputFrames: Sendable {
  /// Oldest first.
  public let frames: [Frame]
  /// The time of the last of them: lead times count from here.
  public let reference: Date?
  /// Which had to be replaced, and by what, in words.
  public let replacements: [String]
}

/// Finds the frames that a forecast starts from.
public struct InputSelection: Sendable {
  /// When the forecast is made.
  public enum Reference: Equatable, Sendable {
    /// At the last frame there is.
    case latest
    /// At a time: with the frame that should be the newest by then.
    case time(Date)
    /// At the frame with this index.
    case frame(Int)
  }

  public var count: Int
  /// Minutes between the frames.
  public var step: Double?
  public var policy: LateFramePolicy

  public init(count: Int, step: Double?, policy: LateFramePolicy = .refuse) {
    self.count = count
    self.step = step
    self.policy = policy
  }

  /// Chooses and reads the frames.
  ///
  /// Frames count as on time within a tenth of the step. With a policy that replaces, up to half of the frames may
  /// be missing, the first never.
  ///
  /// - Throws: `ForecastingError` of kind `missingFrame` that names the times; what reading throws.
  public func frames(of source: any FrameSource, at reference: Reference = .latest) throws -> InputFrames {
    guard let times = source.timestamps, let last = times.last, let step = step ?? source.nominalStep,
      step > 0
    else {
      return try withoutTimes(source, reference)
    }
    let end: Date
    switch reference {
    case .latest: end = last
    case .time(let time):
      // The clock of the data ticks on from their last frame before that time.
      let tolerance = step * 6
      guard let before = times.last(where: { $0.timeIntervalSince(time) <= tolerance }) else {
        throw missingFrames([time], times)
      }
      let ticks = ((time.timeIntervalSince(before) + tolerance) / (step * 60)).rounded(.down)
      end = before.addingTimeInterval(max(0, ticks) * step * 60)
    case .frame(let index):
      try source.check(index: index)
      end = times[index]
    }
    let wanted = (0..<count).map { end.addingTimeInterval(Double($0 - count + 1) * step * 60) }
    let found = wanted.map { index(near: $0, in: times, tolerance: step * 6) }
    let missing = wanted.indices.filter { found[$0] == nil }
    guard missing.isEmpty || (policy != .refuse && 2 * missing.count <= count && found[0] != nil) else {
      throw missingFrames(missing.map { wanted[$0] }, times)
    }
    var frames: [Frame] = []
    var replacements: [String] = []
    for (position, time) in wanted.enumerated() {
      if let index = found[position] {
        frames.append(try source.frame(at: index))
        continue
      }
      let next = wanted.indices.first { $0 > position && found[$0] != nil }
      if policy == .interpolate, let next, let index = found[next], let before = frames.last {
        let share = 1 / Float(next - position + 1)
        frames.append(try before.mixed(with: source.frame(at: index), share: share, time: time))
        replacements.append("\(clock(time)) interpolated between its neighbours")
      } else if let before = frames.last {
        frames.append(
          try Frame(shape: before.shape, values: before.values, isValid: before.isValid, time: time))
        replacements.append("\(clock(time)) replaced by the frame before it")
      }
    }
    return InputFrames(frames: frames, reference: end, replacements: replacements)
  }

  private func withoutTimes(_ source: any FrameSource, _ reference: Reference) throws -> InputFrames {
    let last: Int
    switch reference {
    case .latest: last = source.count - 1
    case .frame(let index): last = index
    case .time(let time):
      throw ForecastingError(
        .invalidOption, in: "input", expected: "the index of a frame: these data have no times",
        received: clock(time), remedy: "Name the last frame to use, from 0 to \(source.count - 1).")
    }
    guard last < source.count, last - count + 1 >= 0 else {
      throw ForecastingError(
        .missingFrame, in: "input", expected: "\(count) frames up to number \(last)",
        received: "a sequence of \(source.count) frames, counted from 0",
        remedy: "Use a longer sequence or a later frame.")
    }
    return InputFrames(
      frames: try (last - count + 1...last).map { try source.frame(at: $0) },
      reference: source.timestamps?[last], replacements: [])
  }

  /// The frame nearest to a time, if it is near enough; times ascend.
  private func index(near time: Date, in times: [Date], tolerance: Double) -> Int? {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    let near = [low - 1, low].filter(times.indices.contains)
      .min { abs(times[$0].timeIntervalSince(time)) < abs(times[$1].timeIntervalSince(time)) }
    return near.flatMap { abs(times[$0].timeIntervalSince(time)) <= tolerance ? $0 : nil }
  }

  private func missingFrames(_ missing: [Date], _ times: [Date]) -> ForecastingError {
    let some = missing.prefix(4).map(clock).joined(separator: ", ")
    let remedy =
      policy == .refuse
      ? "Wait for them, choose another time with --at, or allow replacements with --late-frame repeat or "
        + "interpolate."
      : "At most half of the frames may be replaced, and not the first: choose another time with --at."
    return ForecastingError(
      .missingFrame, in: "input",
      expected: "\(count) frames in a row, among them \(some)" + (missing.count > 4 ? ", …" : ""),
      received: "\(times.count) frames from \(clock(times[0])) to \(clock(times[times.count - 1])) without "
        + (missing.count == 1 ? "it" : "them"), remedy: remedy)
  }
}

extension Frame {
  /// (1 − share) of this frame and a share of another, where both are valid.
  func mixed(with other: Frame, share: Float, time: Date?) throws -> Frame {
    try Frame(
      shape: shape, values: zip(values, other.values).map { $0 + share * ($1 - $0) },
      isValid: zip(isValid, other.isValid).map { $0 && $1 }, time: time)
  }
}

/// A time in UTC as ISO 8601 has it, to the minute: `2010-08-26 06:05 UTC`.
func clock(_ date: Date) -> String {
  let text = date.formatted(.iso8601.dateTimeSeparator(.space))
  return String(text.prefix(16)) + " UTC"
}
