import Foundation
import HDF5

/// Times that stand beside an array as texts, such as `date` in the files of TaxiBJ: `2013070101` is the first half
/// hour of 1 July 2013.
package enum ArrayDates {
  /// What such data sets are called.
  static let names = ["date", "dates", "time", "times", "timestamp", "timestamps"]

  /// The texts of the first such data set beside `dataset` that has one for each of `count` frames.
  static func texts(in file: HDF5File, beside dataset: String, count: Int) throws -> [String]? {
    let parts = dataset.split(separator: "/").dropLast()
    for name in names {
      let path = (parts + [Substring(name)]).joined(separator: "/")
      guard path != dataset, file.exists(path), let texts = try? file.texts(in: path), texts.count == count
      else { continue }
      return texts
    }
    return nil
  }

  /// The moments that texts mean; `nil` if they are no dates.
  ///
  /// Ten digits end in an hour from 00 to 23, or in the number of a slot of the day, counted from 01: of half an hour
  /// where a number above 24 occurs, of an hour where 24 does. What could be both needs the interval.
  ///
  /// - Throws: ``DataError`` if they could mean two things, or do not ascend.
  package static func dates(_ texts: [String], interval: Double?, file: String) throws -> [Date]? {
    guard let times = try moments(texts, interval: interval, file: file) else { return nil }
    if let place = zip(times, times.dropFirst()).enumerated().first(where: { $0.element.0 >= $0.element.1 }) {
      throw DataError(
        .duplicateTime, file: file, expected: "dates that ascend",
        received: "“\(texts[place.offset + 1])” after “\(texts[place.offset])”",
        remedy: "Sort the frames, or pass --start and --interval.")
    }
    return times
  }

  private static func moments(_ texts: [String], interval: Double?, file: String) throws -> [Date]? {
    guard let length = texts.first?.utf8.count,
      texts.allSatisfy({ $0.utf8.count == length })
    else { return nil }
    let areDigits = texts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    guard areDigits else { return TimePattern.times(in: texts) }
    switch length {
    case 8: return all(texts, "%Y%m%d")
    case 10: return try slots(texts, interval: interval, file: file)
    case 12: return all(texts, "%Y%m%d%H%M")
    case 14: return all(texts, "%Y%m%d%H%M%S")
    default: return nil
    }
  }

  private static func all(_ texts: [String], _ pattern: String) -> [Date]? {
    guard let pattern = try? TimePattern(pattern) else { return nil }
    let times = texts.compactMap { pattern.date(in: $0) }
    return times.count == texts.count ? times : nil
  }

  private static func slots(_ texts: [String], interval: Double?, file: String) throws -> [Date]? {
    guard let days = all(texts, "%Y%m%d") else { return nil }
    let numbers = texts.compactMap { Int($0.suffix(2)) }
    guard let most = numbers.max(), let least = numbers.min(), numbers.count == texts.count else {
      return nil
    }
    if least == 0 { return most < 24 ? zip(days, numbers).map { $0 + 3600 * Double($1) } : nil }
    let minutes: Double
    if let interval {
      minutes = interval
    } else if most > 24 {
      minutes = 30
    } else if most == 24 {
      minutes = 60
    } else {
      throw DataError(
        .badValue, file: file, expected: "the minutes between frames",
        received: "dates such as “\(texts[0])”, whose end may be an hour or a part of the day",
        remedy: "Pass --interval: 30 for 48 parts a day, counted from 01.")
    }
    guard Double(most) * minutes <= 1440 else {
      throw DataError(
        .badValue, file: file, expected: "at most \(Int(1440 / minutes)) frames of \(minutes) minutes a day",
        received: "“\(texts[numbers.firstIndex(of: most) ?? 0])”",
        remedy: "Pass the --interval that fits.")
    }
    return zip(days, numbers).map { $0 + 60 * minutes * Double($1 - 1) }
  }
}
