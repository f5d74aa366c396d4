extension ContinuousErrors {
  /// Mean squared error over the valid pixels, in the square of the field's unit ((mm/h)² for rain).
  ///
  /// nil without a valid pixel. A mean over pixels; some papers sum over the pixels of a frame instead.
  public var mse: Double? { ratio(sumOfSquaredErrors, Double(tally.valid)) }
}
