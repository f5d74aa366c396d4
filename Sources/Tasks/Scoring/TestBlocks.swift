import Sampling

/// Which test samples a bootstrap draws together, and which event they belong to.
///
/// In an event windows that start near one another share frames and weather, so a block is a stretch of time: as long as
/// a window where the test part holds enough of those, else half as long as the forecast, and not more of them than
/// needed. Blocks of one event say nothing about other events. Where several whole events are tested, each block lies in
/// one of them.
package struct TestBlocks {
  /// The test windows of one event.
  private struct Event {
    let frames: Range<Int>
    /// The first frames of its windows, in order.
    let starts: [Int]
    let blocks: Int
  }

  private let events: [Event]
  private let windowLength: Int
  package let count: Int
  /// The mean over the blocks.
  package let windowsPerBlock: Double

  /// - Parameters:
  ///   - starts: The first frame of every test window, ascending.
  ///   - events: The frames of each event of the test part; nil for one.
  package init(starts: [Int], windowLength: Int, forecastFrames: Int, events: [Range<Int>]? = nil) {
    let parts = (events ?? [0..<Int.max]).map { frames in (frames, starts.filter(frames.contains)) }
      .filter { !$0.1.isEmpty }
    let sizes = parts.map(\.1.count)
    let long = sizes.map { $0 / max(windowLength, 1) }
    let short = sizes.map { Int((Double($0) / Double(max(1, forecastFrames / 2))).rounded()) }
    let share = (Self.enough + max(parts.count, 1) - 1) / max(parts.count, 1)
    let areLongEnough = long.reduce(0, { $0 + max(1, $1) }) >= Self.enough
    let wanted =
      areLongEnough ? long.map { min($0, 200) } : short.map { min($0, share) }
    let counts = zip(wanted, sizes).map { min(max(1, $0), $1) }
    self.events = zip(parts, counts).map { Event(frames: $0.0, starts: $0.1, blocks: $1) }
    self.windowLength = windowLength
    count = max(1, counts.reduce(0, +))
    windowsPerBlock = Double(starts.count) / Double(count)
  }

  /// The blocks of a task's test part.
  package init(_ task: ForecastTask) {
    let windows = task.sequences.testWindows
    self.init(
      starts: windows?.starts ?? [], windowLength: windows?.length ?? 1,
      forecastFrames: task.settings.forecastFrames,
      events: task.sequences.split.rule == .time || task.sequences.split.test.count < 2
        ? nil : task.sequences.split.test)
  }

  /// From so many blocks on there is an interval.
  private static let enough = 10

  /// How many events are told apart; 1 where the test part is one.
  package var eventCount: Int { max(1, events.count) }

  /// How many blocks that follow one share frames with it.
  package var dependentBlocks: Int {
    guard windowsPerBlock > 0, let most = events.map(\.blocks).max() else { return 0 }
    return min(Int((Double(windowLength - 1) / windowsPerBlock).rounded(.up)), most - 1)
  }

  /// The event of a sample; empty text where there is one only.
  package func event(of sample: Sample) -> String {
    events.count > 1 ? "event \((place(of: sample) ?? 0) + 1)" : ""
  }

  package func label(of sample: Sample) -> String {
    guard let place = place(of: sample) else { return "block 1" }
    let event = events[place]
    let window = event.starts.firstIndex(of: sample.window.start) ?? 0
    let block = "block \(window * event.blocks / event.starts.count + 1)"
    return events.count > 1 ? "event \(place + 1), \(block)" : block
  }

  private func place(of sample: Sample) -> Int? {
    events.firstIndex { $0.frames.contains(sample.window.start) }
  }
}
