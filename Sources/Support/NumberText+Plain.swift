import Foundation

extension NumberText {
  /// As short as it can be written: 0.5, 2, 10.
  package static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  /// As ``plain(_:)``, of the number rounded to a number of significant digits.
  package static func plain(_ value: Double, digits: Int) -> String {
    if value == value.rounded() { return plain(value) }
    return plain(Double(general(value, digits)) ?? value)
  }

  /// The text with a minus sign for a hyphen.
  package static func typographic(_ text: String) -> String { text.replacingOccurrences(of: "-", with: "−") }
}
