import Readers
import Reports
import Verification

/// Scores with their intervals, from scores by block.
struct ForecastStatistics {
  let thresholds: [Float]
  let unit: PhysicalUnit
  let primary: NamedScore
  /// Up to which difference of the primary score two count as equally good.
  var margin: Double?
  /// Of the Diebold–Mariano test, in blocks.
  var horizon = 1
  var bootstrap = BlockBootstrap(resamples: 1000)

  /// Every score of the report: the CSI at each threshold, and the MSE.
  var all: [NamedScore] {
    thresholds.indices.map { NamedScore(csi: $0, thresholds: thresholds, unit: unit) }
      + [NamedScore(name: "MSE", score: .mse, source: .errors, primary: .mse)]
  }

  /// Contenders under a score, pooled over lead times.
  ///
  /// - Parameters:
  ///   - score: What is compared; equivalence is a matter of the one that decides.
  ///   - runs: By contender and then by seed.
  /// - Throws: `VerificationError` if they were not scored on the same blocks.
  func ranking(
    _ score: NamedScore, names: [String], _ runs: [[LeadTimeScoresByBlock]]
  ) throws -> Ranking {
    try Ranking(
      score.score, names: names, sums: runs.map { try $0.map { try score.sums($0) } }, bootstrap: bootstrap,
      margin: score.name == primary.name ? margin : nil, horizon: horizon)
  }

  /// A baseline in the score that decides, beside each contender.
  ///
  /// - Throws: `VerificationError` if they were not scored on the same blocks.
  func rivalry(
    _ name: String, _ baseline: LeadTimeScoresByBlock, _ runs: [[LeadTimeScoresByBlock]]
  ) throws -> BaselineRivalry {
    let sums = try primary.sums(baseline)
    let contenders = try runs.map { try $0.map { try primary.sums($0) } }
    return BaselineRivalry(
      name: name, value: primary.score.value(sums.pooled),
      comparisons: try contenders.map {
        try bootstrap.compare(primary.score, $0, [sums], margin: margin)
      }, tests: contenders.map { DieboldMariano(primary.score, $0, [sums], horizon: horizon) })
  }

  /// The primary score, seed by seed.
  func bySeed(_ scores: [LeadTimeScoresByBlock]) throws -> [Double?] {
    try scores.map { primary.score.value(try primary.sums($0).pooled) }
  }

  /// The scores of one model, a run for each seed, or of a baseline. Scores are means over the seeds with sampling
  /// intervals; counts are those of all seeds together.
  ///
  /// - Throws: `VerificationError` without a block.
  func result(_ runs: [LeadTimeScoresByBlock]) throws -> ForecastResult {
    let pooled = runs.map(\.pooled)
    let leads = pooled[0].leadTimes
    let together = pooled.dropFirst().reduce(pooled[0]) { $0.merged(with: $1) }
    return ForecastResult(
      pooled: try pixelScores(runs, together.pooledErrors, together.pooledTables, lead: nil),
      byLeadTime: try leads.indices.map { lead in
        LeadTimeResult(
          leadTime: leads[lead],
          scores: try pixelScores(runs, together.errors[lead], together.tables[lead], lead: lead))
      }, nonFiniteForecasts: together.tally.nonFiniteForecasts)
  }

  private func pixelScores(
    _ runs: [LeadTimeScoresByBlock], _ errors: ContinuousErrors, _ tables: [ContingencyTable], lead: Int?
  ) throws -> PixelScores {
    let mse = try bootstrap.estimate(.mse, of: runs.map { try $0.errors(lead: lead) })
    return PixelScores(
      pixels: errors.tally.valid, mse: mse.value, mseInterval: mse.reported, mae: errors.mae,
      meanError: errors.meanError,
      thresholds: try tables.enumerated().map { index, table in
        let csi = try bootstrap.estimate(
          .categorical(.csi), of: runs.map { try $0.tables(lead: lead, threshold: index) })
        return ThresholdScores(
          threshold: Double(meantBy: table.threshold), hits: table.hits, misses: table.misses,
          falseAlarms: table.falseAlarms, correctNegatives: table.correctNegatives, csi: csi.value,
          csiInterval: csi.reported, pod: table.pod, far: table.far, bias: table.bias)
      })
  }
}
