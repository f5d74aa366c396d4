import Foundation

/// What the pixels of a KNMI image mean.
enum KNMIQuantity {
  /// Precipitation in mm over the interval of the image.
  case accumulation
  /// Precipitation in mm/h.
  case rate

  /// Decodes `image_geo_parameter`, such as `ACCUMULATED_PRECIPITATION_[MM]`.
  init?(parameter: String) {
    let text = parameter.uppercased()
    if text.hasSuffix("[MM]") {
      self = .accumulation
    } else if text.hasSuffix("[MM/H]") || text.hasSuffix("[MM/HR]") {
      self = .rate
    } else {
      return nil
    }
  }

  /// What values are multiplied with to become mm/h; the interval is in minutes.
  func hoursFactor(interval: Double?, file: String) throws -> Double {
    switch self {
    case .rate: return 1
    case .accumulation:
      guard let interval else {
        throw DataError(
          .badValue, file: file, expected: "product_datetime_end after product_datetime_start",
          received: "an interval of no length", remedy: "Without the interval, mm cannot become mm/h.")
      }
      return 60 / interval
    }
  }
}

/// The linear calibration of a KNMI image, GEO = gain · PV + offset.
struct KNMIFormula: Equatable {
  let gain: Double
  let offset: Double

  /// Decodes `GEO=0.01*PV+0.0`, also with spaces, without an offset, and with `+-32.0` for a negative one.
  init?(_ text: String) {
    let parts = text.uppercased().filter { !$0.isWhitespace }.components(separatedBy: "=")
    guard parts.count == 2, parts[0] == "GEO" else { return nil }
    let terms = parts[1].components(separatedBy: "*PV")
    guard terms.count == 2, let gain = Double(terms[0]) else { return nil }
    var rest = Substring(terms[1])
    if rest.hasPrefix("+") { rest = rest.dropFirst() }
    guard let offset = rest.isEmpty ? 0 : Double(rest) else { return nil }
    guard gain.isFinite, gain != 0, offset.isFinite else { return nil }
    self.gain = gain
    self.offset = offset
  }
}

/// Times as KNMI writes them: `26-AUG-2010;00:05:00.000`, UTC.
enum KNMITime {
  private static let months = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
  ]

  static func date(from text: String) -> Date? {
    let parts = text.uppercased().split(separator: ";")
    guard parts.count == 2 else { return nil }
    let day = parts[0].split(separator: "-")
    let clock = parts[1].split(separator: ":")
    guard day.count == 3, clock.count == 3,
      let dayOfMonth = Int(day[0]), let month = months.firstIndex(of: String(day[1])), let year = Int(day[2]),
      let hour = Int(clock[0]), let minute = Int(clock[1]), let second = Double(clock[2]),
      (1900...2200).contains(year), (0...23).contains(hour), (0...59).contains(minute),
      second >= 0, second < 61
    else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let components = DateComponents(
      year: year, month: month + 1, day: dayOfMonth, hour: hour, minute: minute)
    guard components.isValidDate(in: calendar), let date = calendar.date(from: components) else { return nil }
    return date.addingTimeInterval(second)
  }
}
