import Contenders
import Readers
import Sampling
import Verification

/// A background by its name in options.
public enum BackgroundChoice: String, CaseIterable, Codable, Sendable {
  /// The better one of extrapolation and S-PROG on the training and validation parts.
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

  /// How many windows decide, at most, spread evenly.
  private static let windows = 24

  /// The nowcast with the higher mean of pooled CSIs over whole fields; extrapolation if they are equal, as where nothing
  /// rains. Neither is trained, so that the windows of training and validation tell alike; validation tiles alone would be
  /// few.
  ///
  /// - Throws: What reading throws; `MotionError`.
  static func better(
    on sequences: PreparedSequences, fields: WindowFields
  ) throws -> ForecastBackground {
    let validation = sequences.validation.samples.map(\.window)
    let all = Set(validation + (0..<sequences.trainingWindows.count).map { sequences.trainingWindows[$0] })
      .sorted { $0.start < $1.start }
    let chosen = (0..<min(windows, all.count)).map { all[$0 * all.count / min(windows, all.count)] }
    let empty = try LeadTimeScores(
      leadTimes: (1...sequences.layout.forecastFrames).map(Double.init), thresholds: thresholds)
    var scores = [ForecastBackground.advected: empty, .sprog: empty]
    for window in chosen {
      let target = try window.target.map { try sequences.source.frame(at: $0).firstChannel }
      let (observation, mask) = (target.flatMap(\.values), target.flatMap(\.isValid))
      for background in scores.keys {
        guard let method = background.nowcast else { continue }
        try scores[background]?.add(
          forecast: Array(fields.nowcast(method, of: window).joined()), observation: observation, mask: mask,
          samples: 1)
      }
    }
    func skill(_ background: ForecastBackground) -> Double {
      let known = scores[background]?.pooledTables.compactMap(\.csi) ?? []
      return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
    }
    return skill(.sprog) > skill(.advected) ? .sprog : .advected
  }
}
