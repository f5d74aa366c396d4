import Readers
import Reports
import Sampling
import Tasks
import TensorCore
import Verification

/// Scores of whole fields on a part of the test data: SSIM, PSNR, fractions skill by scale, sharpness.
struct ForecastFieldScores {
  let task: ForecastTask
  let options: ForecastComparisonOptions

  /// Waves that count for sharpness, in pixels.
  private static let waves = (shortest: 2.0, longest: 8.0)

  /// The side of the patches whose harmonics (8, 4, 8/3 and 2 pixels) are those of all usual architectures.
  private static let patch = 8

  /// - Throws: What reading, forecasting or scoring throws.
  func scores(of forecasters: [(name: String, forecaster: any TileForecaster)]) throws -> FieldScores {
    let test = try task.test()
    let all = test.batchesPerEpoch
    let count = min(all, options.comparison.isQuick ? 4 : 24)
    let batches = (0..<count).map { $0 * all / count }
    let range = try options.dataRange ?? observedRange(test, batches)
    let side = task.settings.tileSize
    let scales = [1, 5, 17].filter { $0 == 1 || $0 * 2 <= side }
    let size = side * side
    let empty = try FieldLeadTimeScores(
      leadTimes: task.leadTimes, height: side, width: side,
      options: .init(
        dataRange: range > 0 ? range : nil, thresholds: options.thresholds, scales: scales,
        pools: options.pools, spectra: side > 1, patches: true))
    var scores = [FieldLeadTimeScores](repeating: empty, count: forecasters.count)
    var samples = 0
    for index in batches {
      try Task.checkCancellation()
      let observed = try test.physicalBatch(index: index)
      let normalized = try test.batch(index: index)
      let mask = TileScoring.commonMask(observed)
      samples += observed.samples.count
      for (position, (_, forecaster)) in forecasters.enumerated() {
        let forecast = try forecaster.forecast(observed, normalized: normalized)
        guard forecast.count == observed.samples.count * task.settings.forecastFrames * size else { continue }
        try forecast.withUnsafeValues { forecast in
          try observed.target.withUnsafeValues { observation in
            try mask.withUnsafeValues { mask in
              try scores[position].add(
                PixelPairs(forecast: forecast, observation: observation, mask: .floats(mask)),
                samples: observed.samples.count)
            }
          }
        }
      }
    }
    return FieldScores(
      dataRange: range, explanation: explanation(range, samples),
      entries: zip(forecasters, scores).map { FieldScores.Entry(name: $0.name, byLeadTime: leads($1)) })
  }

  private func leads(_ scores: FieldLeadTimeScores) -> [FieldScores.Lead] {
    zip(scores.leadTimes, scores.scores).map { leadTime, scores in
      FieldScores.Lead(
        leadTime: leadTime, ssim: scores.ssim?.value, psnr: scores.psnr?.value,
        sharpness: scores.spectrum?.sharpness(from: Self.waves.shortest, to: Self.waves.longest),
        patches: scores.patches?.forecast(patch: Self.patch),
        fractions: scores.fss.flatMap { row in
          row.map {
            FieldScores.FractionsSkill(
              threshold: Double(meantBy: $0.threshold), scale: $0.scale, value: $0.value)
          }
        },
        pooledCSI: options.pools.isEmpty
          ? nil
          : scores.blocks.flatMap { row in
            row.map {
              FieldScores.PooledCSI(
                threshold: Double(meantBy: $0.threshold), pool: $0.scale, value: $0.csi)
            }
          })
    }
  }

  private func explanation(_ range: Double, _ samples: Int) -> String {
    let unit = task.sequences.source.unit.symbol
    let length = "\(MeasuredText.significant(range))\(unit.isEmpty ? "" : " \(unit)")"
    return
      "Of the published models and the baselines on \(samples) test samples, without intervals. SSIM (uniform "
      + "window of 7 × 7 pixels, as scikit-image) and PSNR are means over fields and depend on the data range L, here "
      + "\(length)"
      + (options.dataRange == nil
        ? ", the largest less the smallest observed value (--data-range takes another). "
        : " as given by --data-range. ")
      + "The fractions skill score compares shares of events in squares and forgives small displacements. Sharpness is "
      + "the power of the forecast over that of the observation at wavelengths of 2 to 8 pixels: below 1 is blurred. "
      + "Patches is the largest ratio of the forecast’s power at wavelengths of 8, 4, 8/3 and 2 pixels to that beside "
      + "them: where it is well above that of persistence, whose frames are observed, the patches of a network show."
      + (options.pools.isEmpty
        ? ""
        : " CSI of blocks counts the largest valid value of each block, in forecast and observation alike.")
  }

  /// The largest less the smallest value observed.
  private func observedRange(_ test: AllTileBatches, _ batches: [Int]) throws -> Double {
    var (low, high) = (Float.infinity, -Float.infinity)
    for index in batches {
      let observed = try test.physicalBatch(index: index)
      for (value, mask) in zip(observed.target.values, observed.targetMask.values) where mask > 0 {
        low = min(low, value)
        high = max(high, value)
      }
    }
    return low < high ? Double(high) - Double(low) : 0
  }
}
