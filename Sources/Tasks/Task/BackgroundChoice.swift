import Contenders
import Readers
import Sampling
import Verification

/// A background by its name in options.
public enum BackgroundChoice: String, CaseIterable, Codable, Sendable {
  /// The better one of extrapolation and S-PROG on the validation part.
  case automatic
  case lastFrame = "last-frame"
  case extrapolation
  case sprog = "s-prog"

  /// What settings choose, or leave to the data.
  public init(_ settings: ForecastSettings) {
    guard !settings.choosesBackground else {
      self = .automatic
      return
    }
    switch settings.background {
    case .lastFrame: self = .lastFrame
    case .advected: self = .extrapolation
    case .sprog: self = .sprog
    }
  }

  /// Thresholds in mm/h of the CSIs that decide, each as much as the others.
  static let thresholds: [Float] = [0.5, 1, 2]

  /// The nowcast with the higher mean of pooled CSIs on the validation tiles; extrapolation if they are equal, as where
  /// nothing rains.
  ///
  /// - Throws: What reading throws; `MotionError`.
  static func better(
    on sequences: PreparedSequences, fields: WindowFields
  ) throws -> ForecastBackground {
    func skill(_ background: ForecastBackground) throws -> Double {
      guard let method = background.nowcast else { return 0 }
      let validation = sequences.validation
      var scores = try LeadTimeScores(
        leadTimes: (1...sequences.layout.forecastFrames).map(Double.init), thresholds: thresholds)
      for index in 0..<validation.batchesPerEpoch {
        let observed = try validation.physicalBatch(index: index)
        try scores.add(
          forecast: fields.nowcast(method, for: observed.samples).values, observation: observed.target.values,
          mask: observed.targetMask.values.map { $0 > 0 }, samples: observed.samples.count)
      }
      let known = scores.pooledTables.compactMap(\.csi)
      return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
    }
    return try skill(.sprog) > skill(.advected) ? .sprog : .advected
  }
}
