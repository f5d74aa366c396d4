extension ContingencyTable {
  /// Equitable threat score (Gilbert skill score): the CSI with the hits of pure chance taken off,
  /// (hits − r) / (hits + misses + falseAlarms − r) with r = (hits + misses)(hits + falseAlarms) / n.
  ///
  /// −1/3 to 1, 0 without skill; nil for an empty table or one where chance explains everything.
  public var ets: Double? {
    guard tally.valid > 0 else { return nil }
    let chance = Double(hits + misses) * Double(hits + falseAlarms) / Double(tally.valid)
    return ratio(Double(hits) - chance, Double(hits + misses + falseAlarms) - chance)
  }
}
