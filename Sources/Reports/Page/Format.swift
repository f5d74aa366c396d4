import Foundation
import Support

/// Numbers as the page shows them, the same in every locale.
enum Format {
  /// Three decimals, for scores between 0 and 1.
  static func score(_ value: Double) -> String {
    abs(value) < 1000 ? NumberText.fixed(value, 3) : significant(value)
  }

  /// Three significant digits.
  static func significant(_ value: Double) -> String {
    if value == 0 { return "0" }
    guard value.isFinite else { return "–" }
    let size = Int(log10(abs(value)).rounded(.down))
    if size >= 6 || size < -4 { return String(format: "%.2e", value) }
    return size >= 3 ? count(Int(value.rounded())) : NumberText.significant(value, 3)
  }

  /// A difference, with its sign.
  static func signed(_ value: Double) -> String {
    (value < 0 ? "−" : "+") + (abs(value) < 10 ? NumberText.fixed(abs(value), 3) : significant(abs(value)))
  }

  /// Two decimals; what rounds to an end is said to be beyond it.
  static func probability(_ value: Double) -> String {
    value < 0.01 ? "< 0.01" : value > 0.99 ? "> 0.99" : NumberText.fixed(value, 2)
  }

  /// As short as it can be written: 0.5, 2, 10.
  static func plain(_ value: Double) -> String {
    let isWhole = abs(value) < 1e6 && value == value.rounded()
    // Thresholds have passed through Float; its digits are the ones that were meant.
    let short = isWhole ? "\(Int(value))" : abs(value) < 1e30 ? "\(Float(value))" : "\(value)"
    return NumberText.typographic(short)
  }

  /// Groups of three digits, apart by a narrow space.
  static func count(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (value < 0 ? "−" : "") + ([digits] + groups).joined(separator: "\u{202F}")
  }

  /// With a metric prefix: 1.24 G.
  static func metric(_ value: Int) -> String {
    let prefixes: [(Double, String)] = [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")]
    for (size, prefix) in prefixes where Double(value) >= size {
      return significant(Double(value) / size) + "\u{202F}" + prefix
    }
    return count(value)
  }

  static func percent(_ fraction: Double) -> String {
    NumberText.percent(fraction, fraction > 0.1 || fraction == 0 ? 0 : 1)
  }

  /// The level of an interval: 95%, 99.17%.
  static func level(_ fraction: Double) -> String {
    var text = String(format: "%.2f", fraction * 100)
    while text.hasSuffix("0") || text.hasSuffix(".") {
      if text.removeLast() == "." { break }
    }
    return text + "%"
  }

  /// 35 ms, 1.25 s.
  static func brief(_ seconds: Double) -> String {
    seconds < 1 ? "\(significant(seconds * 1000)) ms" : "\(significant(seconds)) s"
  }

  /// 45 s, 12 min 30 s, 2 h 05 min.
  static func duration(_ seconds: Double) -> String {
    guard seconds < 1e9 else { return "\(significant(seconds)) s" }
    if seconds < 10 { return NumberText.fixed(max(seconds, 0), 1) + " s" }
    let total = Int(seconds.rounded())
    if total < 60 { return "\(total) s" }
    if total < 3600 { return "\(total / 60) min \(total % 60) s" }
    return String(format: "%d h %02d min", total / 3600, total % 3600 / 60)
  }

  static func date(_ date: Date) -> String {
    let text = date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
    return text.replacingOccurrences(of: "T", with: " ").prefix(16) + " UTC"
  }
}
