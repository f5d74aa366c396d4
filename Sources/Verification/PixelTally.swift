/// How many pixels a score has seen, and why the others were left out.
///
/// A forecast that is not a number is left out of the sums, as in pysteps, but it is counted here so that a
/// report can say so: a model that fails on the hard pixels must not look better for it.
public struct PixelTally: Codable, Hashable, Sendable {
  /// Pixels that entered the score.
  public var valid: Int
  /// Pixels that the mask declares missing.
  public var masked: Int
  /// Valid by the mask, but the forecast is NaN or infinite.
  public var nonFiniteForecasts: Int
  /// Valid by the mask and finite in the forecast, but the observation is NaN or infinite: a mask that does
  /// not belong to the data.
  public var nonFiniteObservations: Int

  public init(
    valid: Int = 0, masked: Int = 0, nonFiniteForecasts: Int = 0, nonFiniteObservations: Int = 0
  ) {
    self.valid = valid
    self.masked = masked
    self.nonFiniteForecasts = nonFiniteForecasts
    self.nonFiniteObservations = nonFiniteObservations
  }

  /// All pixels, used or not.
  public var total: Int { valid + masked + nonFiniteForecasts + nonFiniteObservations }

  public mutating func merge(_ other: PixelTally) {
    valid += other.valid
    masked += other.masked
    nonFiniteForecasts += other.nonFiniteForecasts
    nonFiniteObservations += other.nonFiniteObservations
  }
}
