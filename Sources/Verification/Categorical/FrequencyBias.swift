extension ContingencyTable {
  /// Frequency bias: (hits + falseAlarms) / (hits + misses).
  ///
  /// 1 is best, above 1 means that events are forecast too often; nil where nothing was observed.
  public var bias: Double? { ratio(Double(hits + falseAlarms), Double(hits + misses)) }
}
