import Foundation

extension NumberText {
  /// A number of significant digits, and never an exponent: 0.0123, 2.00, 1240.
  package static func significant(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "–" }
    guard value != 0 else { return "0" }
    // The exponent after rounding: 9.996 is 10.0.
    let scientific = String(format: "%.\(max(0, digits - 1))e", value)
    let exponent = scientific.split(separator: "e").last.flatMap { Int($0) } ?? 0
    return fixed(value, max(0, digits - 1 - exponent))
  }

  /// At most a number of significant digits, with an exponent where a number is very large or small: 0.25, 1.2e-07.
  package static func general(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)g", value)
  }
}
