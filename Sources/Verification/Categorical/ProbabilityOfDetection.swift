extension ContingencyTable {
  /// Probability of detection (hit rate): hits / (hits + misses).
  ///
  /// 0 to 1, higher is better; nil where nothing was observed.
  public var pod: Double? { ratio(Double(hits), Double(hits + misses)) }
}
