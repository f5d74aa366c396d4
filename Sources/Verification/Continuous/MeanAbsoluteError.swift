extension ContinuousErrors {
  /// Mean absolute error over the valid pixels, in the field's unit; nil without a valid pixel.
  public var mae: Double? { ratio(sumOfAbsoluteErrors, Double(tally.valid)) }
}
