import Readers
import Sampling
import TensorCore
import Verification

/// Scores forecasters on the test tiles of a task with one common mask, block by block. What `compare` reports and
/// `evaluate --on tiles` repeats.
package struct TileScoring {
  package let task: ForecastTask
  package let test: AllTileBatches
  package let blocks: TestBlocks
  package let windows: WindowIndex
  package let thresholds: [Float]

  /// - Throws: `DataError` without a test part.
  package init(_ task: ForecastTask, thresholds: [Float]) throws {
    self.task = task
    self.thresholds = thresholds
    test = try task.test()
    guard let windows = task.sequences.testWindows else {
      throw DataError(
        .tooFewFrames, expected: "windows in the test part", received: "none",
        remedy: "Leave --train-fraction below 1.")
    }
    self.windows = windows
    blocks = TestBlocks(task)
  }

  /// The scores of each forecaster, by block, lead time and threshold.
  ///
  /// A pixel counts where the observation is valid and so was the last observed frame, on which persistence
  /// rests; the mask is the same for all.
  ///
  /// - Throws: What reading or forecasting throws.
  package func scores(of forecasters: [any TileForecaster]) throws -> [LeadTimeScoresByBlock] {
    try scores(of: forecasters, pools: []).map(\.blocks)
  }

  /// The same, and the scores of maxima over blocks of pixels.
  ///
  /// - Throws: What reading or forecasting throws.
  package func scores(
    of forecasters: [any TileForecaster], pools: [Int]
  ) throws -> [(blocks: LeadTimeScoresByBlock, fields: FieldLeadTimeScores)] {
    let side = task.settings.tileSize
    let empty = (
      blocks: try LeadTimeScoresByBlock(leadTimes: task.leadTimes, thresholds: thresholds),
      fields: try FieldLeadTimeScores(
        leadTimes: task.leadTimes, height: side, width: side,
        options: .init(thresholds: thresholds, pools: pools, spectra: false))
    )
    var scores = [(blocks: LeadTimeScoresByBlock, fields: FieldLeadTimeScores)](
      repeating: empty, count: forecasters.count)
    for index in 0..<test.batchesPerEpoch {
      try Task.checkCancellation()
      let observed = try test.physicalBatch(index: index)
      let normalized = try test.batch(index: index)
      let mask = Self.commonMask(observed)
      for (position, forecaster) in forecasters.enumerated() {
        let forecast = try forecaster.forecast(observed, normalized: normalized)
        try add(forecast, observed, mask, to: &scores[position].blocks)
        guard !pools.isEmpty else { continue }
        try forecast.withUnsafeValues { forecast in
          try observed.target.withUnsafeValues { observation in
            try mask.withUnsafeValues { mask in
              try scores[position].fields.add(
                PixelPairs(forecast: forecast, observation: observation, mask: .floats(mask)),
                samples: observed.samples.count)
            }
          }
        }
      }
    }
    return scores
  }

  /// 1 where both the target and the last observed frame are valid.
  package static func commonMask(_ observed: PhysicalBatch) -> Tensor {
    let last = observed.inputMask.shape[1] - 1
    let start = Movement.slice(observed.inputMask, axis: 1, last..<last + 1)
    return Elementwise.map(observed.targetMask, start) { $0 * $1 }
  }

  /// Each sample to its own block.
  private func add(
    _ forecast: Tensor, _ observed: PhysicalBatch, _ mask: Tensor, to scores: inout LeadTimeScoresByBlock
  ) throws {
    let size = forecast.count / max(observed.samples.count, 1)
    try forecast.withUnsafeValues { forecast in
      try observed.target.withUnsafeValues { observation in
        try mask.withUnsafeValues { mask in
          for (place, sample) in observed.samples.enumerated() {
            let part = place * size..<(place + 1) * size
            let pairs = try PixelPairs(
              forecast: UnsafeBufferPointer(rebasing: forecast[part]),
              observation: UnsafeBufferPointer(rebasing: observation[part]),
              mask: .floats(UnsafeBufferPointer(rebasing: mask[part])))
            try scores.add(pairs, to: blocks.label(of: sample), event: blocks.event(of: sample))
          }
        }
      }
    }
  }
}
