extension ContingencyTable {
  /// False alarm ratio: falseAlarms / (hits + falseAlarms).
  ///
  /// 0 to 1, lower is better; nil where nothing was forecast. Not the false alarm *rate*, whose denominator
  /// is the observed non-events.
  public var far: Double? { ratio(Double(falseAlarms), Double(hits + falseAlarms)) }
}
