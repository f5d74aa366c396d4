extension ContingencyTable {
  /// Heidke skill score: 2(hd − fm) / ((h + m)(m + d) + (h + f)(f + d)) with h hits, m misses, f false
  /// alarms, d correct negatives.
  ///
  /// At most 1, 0 without skill; nil for an empty table or one with a single outcome.
  public var hss: Double? {
    let (h, m, f) = (Double(hits), Double(misses), Double(falseAlarms))
    let d = Double(correctNegatives)
    return ratio(2 * (h * d - f * m), (h + m) * (m + d) + (h + f) * (f + d))
  }
}
