import Foundation
import Readers
import Sampling
import Tasks

/// What the parts of the data cover, in words.
struct DataExtent {
  let sequences: PreparedSequences

  /// What a part of the split covers.
  func text(_ parts: [Range<Int>]) -> String {
    parts.count == 1
      ? period(parts[0]) : "\(parts.count) events of \(parts.reduce(0) { $0 + $1.count }) frames"
  }

  /// Where validation takes its samples from.
  var validation: String {
    sequences.split.validatesOnHeldOutTiles
      ? "\(sequences.validationTiles.count) tiles of the training period that training never sees"
      : text(sequences.split.validation)
  }

  /// The period that a range of frames covers.
  private func period(_ frames: Range<Int>) -> String {
    guard let times = sequences.source.timestamps, let last = frames.last else {
      return "frames \(frames.lowerBound + 1) to \(frames.upperBound)"
    }
    return "\(Self.clock(times[frames.lowerBound])) to \(Self.clock(times[last])) UTC"
  }

  /// A time of day in UTC, with its date.
  static func clock(_ date: Date) -> String {
    date.formatted(
      .verbatim(
        "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)",
        locale: Locale(identifier: "en_GB_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
    )
  }
}
