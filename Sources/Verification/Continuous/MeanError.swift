extension ContinuousErrors {
  /// Mean of forecast − observation, in the field's unit; positive where the forecast is too high on average.
  ///
  /// nil without a valid pixel.
  public var meanError: Double? { ratio(sumOfErrors, Double(tally.valid)) }
}
