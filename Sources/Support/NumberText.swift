import Foundation

/// Numbers as people read them, the same in every locale.
package enum NumberText {}

extension NumberText {
  /// So many decimals: 0.617.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    let text = String(format: "%.\(max(0, decimals))f", value)
    // Nothing is left of a small negative number but its sign.
    let isNothing = value.isFinite && !text.contains { ("1"..."9").contains($0) }
    return isNothing && text.hasPrefix("-") ? String(text.dropFirst()) : text
  }

  /// As ``fixed(_:_:)``, in percent: 12.5%.
  package static func percent(_ share: Double, _ decimals: Int) -> String {
    fixed(100 * share, decimals) + "%"
  }
}
