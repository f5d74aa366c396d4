/// Counts of forecast against observed events, pixel by pixel, at one threshold.
///
/// An event is a value **above** the threshold (`>`, as in pysteps): a pixel exactly on it is none. Compared
/// in float32, the precision of the fields.
///
/// |                    | observed  | not observed        |
/// |--------------------|-----------|---------------------|
/// | **forecast**       | `hits`    | `falseAlarms`       |
/// | **not forecast**   | `misses`  | `correctNegatives`  |
///
/// Tables are pooled, ratios are not averaged: the CSI of two merged tables is the CSI of all their pixels.
public struct ContingencyTable: PixelScore {
  /// Events lie above this value, in the unit of the fields (mm/h for rain).
  public let threshold: Float
  /// Forecast and observed.
  public private(set) var hits: Int
  /// Observed, not forecast.
  public private(set) var misses: Int
  /// Forecast, not observed.
  public private(set) var falseAlarms: Int
  /// Neither forecast nor observed.
  public private(set) var correctNegatives: Int
  /// Pixels seen so far; `tally.valid` is the sum of the four counts.
  public private(set) var tally: PixelTally

  /// An empty table, or one that starts from known counts.
  public init(
    threshold: Float, hits: Int = 0, misses: Int = 0, falseAlarms: Int = 0, correctNegatives: Int = 0
  ) {
    self.threshold = threshold
    self.hits = hits
    self.misses = misses
    self.falseAlarms = falseAlarms
    self.correctNegatives = correctNegatives
    self.tally = PixelTally(valid: hits + misses + falseAlarms + correctNegatives)
  }

  public mutating func add(_ pairs: PixelPairs) {
    let threshold = threshold
    var (forecastEvents, observedEvents, both) = (0, 0, 0)
    let added = pairs.forEachValid { forecast, observation in
      let f = forecast > threshold ? 1 : 0
      let o = observation > threshold ? 1 : 0
      forecastEvents += f
      observedEvents += o
      both += f & o
    }
    hits += both
    misses += observedEvents - both
    falseAlarms += forecastEvents - both
    correctNegatives += added.valid - forecastEvents - observedEvents + both
    tally.merge(added)
  }

  /// - Precondition: both tables have the same threshold.
  public mutating func merge(_ other: ContingencyTable) {
    precondition(threshold == other.threshold, "Tables of \(threshold) and \(other.threshold) do not mix.")
    hits += other.hits
    misses += other.misses
    falseAlarms += other.falseAlarms
    correctNegatives += other.correctNegatives
    tally.merge(other.tally)
  }
}
