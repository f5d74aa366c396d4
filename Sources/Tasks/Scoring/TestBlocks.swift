import Sampling

/// Which test samples a bootstrap draws together.
///
/// In a single event windows that start near one another share frames and weather, so a block is a stretch of
/// time: as long as a window where the test part holds enough of those, else half as long as the forecast and not more than
/// eight of them. Blocks of one event say nothing about other events. Where several whole events are tested, each of
/// them is a block.
package struct TestBlocks {
  /// The first frames of the test windows, in order.
  private let starts: [Int]
  private let events: [Range<Int>]?
  package let count: Int
  package let windowsPerBlock: Double

  /// - Parameter starts: The first frame of every test window, ascending.
  package init(starts: [Int], windowLength: Int, forecastFrames: Int, events: [Range<Int>]? = nil) {
    self.starts = starts
    self.events = events
    if let events {
      count = max(1, events.count)
      windowsPerBlock = Double(starts.count) / Double(count)
      return
    }
    let long = starts.count / max(windowLength, 1)
    let short = Int((Double(starts.count) / Double(max(1, forecastFrames / 2))).rounded())
    let wanted = long >= Self.enough ? min(long, 200) : min(short, Self.enough)
    count = min(max(1, wanted), max(starts.count, 1))
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

  /// From so many blocks on an interval is trusted.
  private static let enough = 8

  /// Whether blocks are events.
  package var areEvents: Bool { events != nil }

  package func label(of sample: Sample) -> String {
    if let event = events?.firstIndex(where: { $0.contains(sample.window.start) }) {
      return "event \(event + 1)"
    }
    let place = starts.firstIndex(of: sample.window.start) ?? 0
    return "block \(place * count / max(starts.count, 1) + 1)"
  }
}
