import Foundation

/// Where the time of a frame stands in its file's name.
///
/// A pattern has the codes of `strptime`: `%Y` (four digits), `%y` (two: 20yy), `%m`, `%d`, `%j` (day of the year),
/// `%H`, `%M`, `%S`; `*` is any run of characters; everything else stands for itself. It may match anywhere in the
/// name. Times are UTC.
public struct TimePattern: Sendable {
  private enum Part { case field(Field), any, text(Character) }

  private enum Field: Character, CaseIterable {
    case year = "Y"
    case shortYear = "y"
    case month = "m"
    case day = "d"
    case dayOfYear = "j"
    case hour = "H"
    case minute = "M"
    case second = "S"

    var digits: Int { self == .year ? 4 : self == .dayOfYear ? 3 : 2 }
  }

  private let parts: [Part]

  /// Decodes a pattern.
  ///
  /// - Throws: ``DataError`` for an unknown code, or without year and day.
  public init(_ text: String) throws {
    var parts: [Part] = []
    var characters = Array(text)[...]
    while let character = characters.popFirst() {
      switch character {
      case "%":
        let code = characters.popFirst()
        if code == "%" {
          parts.append(.text("%"))
        } else if let code, let field = Field(rawValue: code) {
          parts.append(.field(field))
        } else {
          throw Self.invalid(text)
        }
      case "*": parts.append(.any)
      default: parts.append(.text(character))
      }
    }
    let fields = Set(parts.compactMap { if case .field(let field) = $0 { field } else { nil } })
    guard fields.contains(.year) || fields.contains(.shortYear),
      fields.contains(.dayOfYear) || fields.isSuperset(of: [.month, .day])
    else { throw Self.invalid(text) }
    self.parts = parts
  }

  private static func invalid(_ text: String) -> DataError {
    DataError(
      .invalidOption, expected: "a pattern such as rain_%Y%m%d%H%M, with year and day",
      received: "“\(text)”",
      remedy: "Codes are "
        + Field.allCases.map { "%\($0.rawValue)" }.joined(separator: ", ") + "; * is anything.")
  }

  /// The time in a name, if the pattern is in it.
  public func date(in name: String) -> Date? {
    let characters = Array(name)
    for start in characters.indices {
      if let found = match(characters[start...], parts[...], [:]) { return found }
    }
    return nil
  }

  private func match(
    _ text: ArraySlice<Character>, _ parts: ArraySlice<Part>, _ values: [Field: Int]
  ) -> Date? {
    guard let part = parts.first else { return Self.date(values) }
    let rest = parts.dropFirst()
    switch part {
    case .text(let character):
      return text.first == character ? match(text.dropFirst(), rest, values) : nil
    case .any:
      for skipped in 0...text.count {
        if let found = match(text.dropFirst(skipped), rest, values) { return found }
      }
      return nil
    case .field(let field):
      let digits = text.prefix(field.digits)
      guard digits.count == field.digits, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
        let value = Int(String(digits))
      else { return nil }
      var values = values
      values[field] = value
      return match(text.dropFirst(field.digits), rest, values)
    }
  }

  private static func date(_ values: [Field: Int]) -> Date? {
    guard let year = values[.year] ?? values[.shortYear].map({ 2000 + $0 }) else { return nil }
    return UTC.date(
      year: year, month: values[.month] ?? 1, day: values[.dayOfYear] ?? values[.day] ?? 1,
      isDayOfYear: values[.dayOfYear] != nil, hour: values[.hour] ?? 0, minute: values[.minute] ?? 0,
      second: values[.second] ?? 0)
  }

  /// Patterns that are looked for without being named: dates that cannot be mistaken for a number.
  static let usual: [TimePattern] = [
    "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d_%H%M%S", "%Y%m%d_%H%M", "%Y%m%d-%H%M%S", "%Y%m%d-%H%M",
    "%Y%m%dT%H%M%S", "%Y%m%dT%H%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d_%H-%M-%S", "%Y-%m-%d_%H-%M",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d-%H%M",
  ].compactMap { try? TimePattern($0) }

  /// The times in all names by the first usual pattern that finds a different one in each; `nil` if none does.
  static func times(in names: [String]) -> [Date]? {
    for pattern in usual {
      guard let first = names.first, let time = pattern.date(in: first), isPlausible(time) else { continue }
      let times = names.compactMap { pattern.date(in: $0) }
      if times.count == names.count, Set(times).count == times.count, times.allSatisfy(isPlausible) {
        return times
      }
    }
    return nil
  }

  private static func isPlausible(_ date: Date) -> Bool {
    // 1950 to 2100: radar and satellites.
    (-631_152_000.0...4_102_444_800).contains(date.timeIntervalSince1970)
  }
}

/// Dates by their parts.
enum UTC {
  /// A date, or `nil` if there is no such day or hour.
  static func date(
    year: Int, month: Int, day: Int, isDayOfYear: Bool = false, hour: Int, minute: Int, second: Int
  ) -> Date? {
    guard (1...9999).contains(year), (1...12).contains(month), (0...24).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day >= 1, day <= (isDayOfYear ? (isLeap ? 366 : 365) : lengths[month - 1]) else { return nil }
    // Days from 1970 by counting leap years (H. Hinnant, "chrono-compatible low-level date algorithms").
    let passed = isDayOfYear ? day - 1 : lengths.prefix(month - 1).reduce(0, +) + day - 1
    let years = year - 1
    let days = years * 365 + years / 4 - years / 100 + years / 400 - 719_162 + passed
    return Date(timeIntervalSince1970: Double(((days * 24 + hour) * 60 + minute) * 60 + second))
  }
}
