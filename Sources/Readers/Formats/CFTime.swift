import Foundation

/// Times as CF conventions write them: numbers in `seconds since 1970-01-01 00:00:00 UTC`.
struct CFTime {
  let secondsPerUnit: Double
  let origin: Date

  /// Decodes the units; `nil` if they are not of this form, or months and years, whose length is not fixed.
  init?(_ units: String, calendar: String? = nil) {
    guard ["standard", "gregorian", "proleptic_gregorian", nil].contains(calendar?.lowercased()),
      let match = units.firstMatch(
        of:
          /^\s*([A-Za-z]+)\s+since\s+(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?\s*(.*)$/
      ),
      let year = Int(match.2), let month = Int(match.3), let day = Int(match.4),
      let origin = UTC.date(
        year: year, month: month, day: day, hour: match.5.flatMap { Int($0) } ?? 0,
        minute: match.6.flatMap { Int($0) } ?? 0, second: match.7.flatMap { Int($0) } ?? 0)
    else { return nil }
    let unit = match.1.lowercased()
    switch unit {
    case "seconds", "second", "secs", "sec", "s": secondsPerUnit = 1
    case "minutes", "minute", "mins", "min": secondsPerUnit = 60
    case "hours", "hour", "hrs", "hr", "h": secondsPerUnit = 3600
    case "days", "day", "d": secondsPerUnit = 86400
    case "milliseconds", "millisecond", "msec", "ms": secondsPerUnit = 0.001
    default: return nil
    }
    guard let shift = Self.shift(String(match.8)) else { return nil }
    self.origin = origin - shift
  }

  /// `UTC`, `Z`, `+2:00` or nothing, in seconds.
  private static func shift(_ text: String) -> Double? {
    let zone = text.trimmingCharacters(in: .whitespaces).uppercased()
    if ["", "UTC", "Z", "GMT"].contains(zone) { return 0 }
    guard let match = zone.wholeMatch(of: /([+-]?)(\d{1,2}):?(\d{2})?/), let hours = Double(match.2) else {
      return nil
    }
    let seconds = 3600 * hours + 60 * (match.3.flatMap { Double($0) } ?? 0)
    return match.1 == "-" ? -seconds : seconds
  }

  func date(_ number: Double) -> Date? {
    guard number.isFinite, abs(number) * secondsPerUnit < 1e12 else { return nil }
    // To the millisecond, so that days as fractions come out as the moments they were meant to be.
    return Date(
      timeIntervalSince1970: ((origin.timeIntervalSince1970 + number * secondsPerUnit) * 1000).rounded()
        / 1000)
  }
}
