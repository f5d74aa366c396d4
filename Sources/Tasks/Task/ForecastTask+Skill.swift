import Layers
import Readers
import Sampling
import TensorCore
import Verification

extension ForecastTask {
  /// Thresholds in mm/h at which a model's skill is stored.
  package static let skillThresholds: [Float] = [0.5, 1, 2, 5]

  /// How good a model of rain is on the validation part, beside the baselines on the same pixels; `nil` for other data.
  ///
  /// - Throws: What reading and the model throw.
  public func skill(of model: ModelGraph) throws -> ModelSkill? {
    guard sequences.source.unit == .millimetresPerHour else { return nil }
    let baselines = Baseline.all(self)
    let forecasters = [ModelForecaster(model: model, task: self)] + baselines.map(\.forecaster)
    let empty = try LeadTimeScores(leadTimes: leadTimes, thresholds: Self.skillThresholds)
    var scores = [LeadTimeScores](repeating: empty, count: forecasters.count)
    let validation = sequences.validation
    for index in 0..<validation.batchesPerEpoch {
      try Task.checkCancellation()
      let observed = try validation.physicalBatch(index: index)
      let normalized = try validation.batch(index: index)
      let mask = TileScoring.commonMask(observed).values.map { $0 > 0 }
      for (place, forecaster) in forecasters.enumerated() {
        try scores[place].add(
          forecast: forecaster.forecast(observed, normalized: normalized).values,
          observation: observed.target.values, mask: mask, samples: observed.samples.count)
      }
    }
    return try ModelSkill(
      part: .validation, unit: sequences.source.unit, scores: scores[0],
      baselines: Array(zip(baselines.map(\.name), scores.dropFirst())))
  }

  /// Notes with the skill of a trained model among them, so that its forecasts can say how good they are.
  ///
  /// - Throws: What reading and the model throw.
  public func adding(
    skillOf model: ModelGraph, to notes: [String: String]
  ) throws -> [String: String] {
    try skill(of: model).map { try ForecastNotes.adding($0, to: notes) } ?? notes
  }
}
