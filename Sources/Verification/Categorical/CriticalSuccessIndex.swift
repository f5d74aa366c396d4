extension ContingencyTable {
  /// Critical success index (threat score): hits / (hits + misses + falseAlarms).
  ///
  /// 0 to 1, higher is better; nil where nothing was forecast or observed.
  public var csi: Double? { ratio(Double(hits), Double(hits + misses + falseAlarms)) }
}
