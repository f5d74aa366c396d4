extension ContinuousErrors {
  /// Root of the mean squared error over all pixels pooled, in the field's unit; nil without a valid pixel.
  public var rmse: Double? { mse.map { $0.squareRoot() } }
}
