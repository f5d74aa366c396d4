/// Scores of a forecast on the test part, on the common mask.
package struct ForecastResult: Codable, Hashable, Sendable {
  /// All lead times pooled: counts added up, not ratios averaged.
  package var pooled: PixelScores
  /// In the order of lead times.
  package var byLeadTime: [LeadTimeResult]
  /// Pixels whose forecast was no number; they are missing from the scores, and the page says so.
  package var nonFiniteForecasts: Int

  package init(pooled: PixelScores, byLeadTime: [LeadTimeResult], nonFiniteForecasts: Int = 0) {
    self.pooled = pooled
    self.byLeadTime = byLeadTime
    self.nonFiniteForecasts = nonFiniteForecasts
  }
}

/// The scores at one lead time.
package struct LeadTimeResult: Codable, Hashable, Sendable {
  /// After the last input frame, in ``DataDescription/leadTimeUnit``.
  package var leadTime: Double
  package var scores: PixelScores

  package init(leadTime: Double, scores: PixelScores) {
    self.leadTime = leadTime
    self.scores = scores
  }
}

/// Scores over a set of pixels. Errors are in the unit of the data, (mm/h)² for the MSE of rain.
package struct PixelScores: Codable, Hashable, Sendable {
  /// Pixels that count.
  package var pixels: Int
  /// Mean squared error.
  @Measured package var mse: Double?
  /// 95% interval of the MSE; nil where it was not computed.
  @Nullable package var mseInterval: ScoreInterval?
  /// Mean absolute error.
  @Measured package var mae: Double?
  /// Mean of forecast − observation.
  @Measured package var meanError: Double?
  /// By threshold, in ascending order; the same thresholds everywhere in a report.
  package var thresholds: [ThresholdScores]

  package init(
    pixels: Int, mse: Double?, mseInterval: ScoreInterval? = nil, mae: Double? = nil,
    meanError: Double? = nil, thresholds: [ThresholdScores]
  ) {
    self.pixels = pixels
    self.mse = mse
    self.mseInterval = mseInterval
    self.mae = mae
    self.meanError = meanError
    self.thresholds = thresholds
  }
}

/// Scores of the events above one threshold, with the counts they come from.
package struct ThresholdScores: Codable, Hashable, Sendable {
  /// Events lie above it (`>`), in the unit of the data.
  package var threshold: Double
  /// Forecast and observed.
  package var hits: Int
  /// Observed, not forecast.
  package var misses: Int
  /// Forecast, not observed.
  package var falseAlarms: Int
  /// Neither.
  package var correctNegatives: Int
  /// Critical success index.
  @Measured package var csi: Double?
  /// 95% interval of the CSI; nil where it was not computed.
  @Nullable package var csiInterval: ScoreInterval?
  /// Probability of detection.
  @Measured package var pod: Double?
  /// False alarm ratio.
  @Measured package var far: Double?
  /// Frequency bias.
  @Measured package var bias: Double?
  /// Equitable threat score: the CSI without the hits of chance, from the counts.
  @Measured package private(set) var ets: Double?
  /// Heidke skill score, from the counts.
  @Measured package private(set) var hss: Double?

  package init(
    threshold: Double, hits: Int, misses: Int, falseAlarms: Int, correctNegatives: Int, csi: Double?,
    csiInterval: ScoreInterval? = nil, pod: Double?, far: Double?, bias: Double?
  ) {
    self.threshold = threshold
    self.hits = hits
    self.misses = misses
    self.falseAlarms = falseAlarms
    self.correctNegatives = correctNegatives
    self.csi = csi
    self.csiInterval = csiInterval
    self.pod = pod
    self.far = far
    self.bias = bias
    let (h, m, f) = (Double(hits), Double(misses), Double(falseAlarms))
    let d = Double(correctNegatives)
    let all = h + m + f + d
    let chance = all > 0 ? (h + m) * (h + f) / all : 0
    // Division by zero gives no finite number, which is stored as undefined.
    ets = (h - chance) / (h + m + f - chance)
    hss = 2 * (h * d - f * m) / ((h + m) * (m + d) + (h + f) * (f + d))
  }
}

/// A 95% interval.
package struct ScoreInterval: Codable, Hashable, Sendable {
  package let lower: Double
  package let upper: Double

  /// nil where a bound is not finite: there is no such interval.
  package init?(lower: Double, upper: Double) {
    guard lower.isFinite, upper.isFinite else { return nil }
    self.lower = lower
    self.upper = upper
  }
}
