/// File names in the order that people mean: `frame2` before `frame10`.
enum NaturalOrder {
  /// Whether `a` comes before `b`: runs of digits compare as numbers, all else by its characters.
  static func isBefore(_ a: String, _ b: String) -> Bool {
    var (x, y) = (Array(a.utf8)[...], Array(b.utf8)[...])
    while let first = x.first, let second = y.first {
      if isDigit(first), isDigit(second) {
        let (m, n) = (number(&x), number(&y))
        if m.count != n.count { return m.count < n.count }
        if m != n { return m.lexicographicallyPrecedes(n) }
      } else {
        if first != second { return first < second }
        x.removeFirst()
        y.removeFirst()
      }
    }
    // 01 and 1 are the same number; the names still need an order.
    return x.count != y.count ? x.count < y.count : a < b
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// The digits at the start without leading zeros.
  private static func number(_ text: inout ArraySlice<UInt8>) -> [UInt8] {
    let digits = text.prefix(while: isDigit)
    text = text.dropFirst(digits.count)
    return Array(digits.drop { $0 == 0x30 })
  }
}
