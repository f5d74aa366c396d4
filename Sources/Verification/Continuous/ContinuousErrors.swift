/// Sums of forecast minus observation, from which the continuous scores follow. Sums are kept in `Double`.
public struct ContinuousErrors: PixelScore {
  /// Σ (forecast − observation).
  public private(set) var sumOfErrors: Double = 0
  /// Σ |forecast − observation|.
  public private(set) var sumOfAbsoluteErrors: Double = 0
  /// Σ (forecast − observation)².
  public private(set) var sumOfSquaredErrors: Double = 0
  /// Pixels seen so far; the means divide by `tally.valid`.
  public private(set) var tally = PixelTally()

  public init() {}

  public mutating func add(_ pairs: PixelPairs) {
    var (sum, absolute, squares) = (0.0, 0.0, 0.0)
    let added = pairs.forEachValid { forecast, observation in
      let error = Double(forecast) - Double(observation)
      sum += error
      absolute += abs(error)
      squares += error * error
    }
    sumOfErrors += sum
    sumOfAbsoluteErrors += absolute
    sumOfSquaredErrors += squares
    tally.merge(added)
  }

  public mutating func merge(_ other: ContinuousErrors) {
    sumOfErrors += other.sumOfErrors
    sumOfAbsoluteErrors += other.sumOfAbsoluteErrors
    sumOfSquaredErrors += other.sumOfSquaredErrors
    tally.merge(other.tally)
  }
}
