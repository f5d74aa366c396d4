import Foundation
import Readers
import Reports
import Sampling
import Tasks
import TensorCore

/// Observed and forecast fields to look at: the test samples with the most rain, from different times.
struct SamplePictures {
  let task: ForecastTask
  private let test: AllTileBatches

  /// - Throws: `DataError` without a test part.
  init(task: ForecastTask) throws {
    self.task = task
    test = try task.test()
  }

  /// One panel for each of the chosen samples: a row for the observation and for each forecaster, and what the first
  /// `models` of them miss.
  ///
  /// - Throws: What reading, forecasting or drawing throws.
  func panels(
    _ forecasters: [(name: String, forecaster: any TileForecaster)], models: Int, count: Int = 3
  ) throws -> [PicturePanel] {
    try wettestSamples(count).map { sample in
      let observed = try test.builder.physicalBatch([sample])
      let normalized = try test.builder.batch([sample])
      let leads = shownLeads
      let times = task.leadTimes
      var rows = [
        PictureRow(
          label: "observed", scale: scale,
          pictures: try [picture(observed.input, observed.inputMask, frame: task.settings.inputFrames - 1)]
            + leads.map { try picture(observed.target, observed.targetMask, frame: $0) })
      ]
      let everywhere = Tensor.ones(observed.target.shape)
      var differences: [PictureRow] = []
      for (index, (name, forecaster)) in forecasters.enumerated() {
        let forecast = try forecaster.forecast(observed, normalized: normalized)
        if index < models {
          let difference = Elementwise.map(forecast, observed.target) { $0 - $1 }
          differences.append(
            PictureRow(
              label: "\(name) − observed", scale: differenceScale,
              pictures: [nil]
                + (try leads.map {
                  try picture(difference, observed.targetMask, frame: $0, scale: differenceScale)
                })))
        }
        rows.append(
          PictureRow(
            label: name, scale: scale,
            pictures: [nil] + (try leads.map { try picture(forecast, everywhere, frame: $0) })))
      }
      return PicturePanel(
        title: title(sample),
        caption: "\(isRain ? "Rain rate" : "Values"); lead time 0 is the last observed frame.",
        leadTimes: [0] + leads.map { times[$0] }, rows: rows + differences)
    }
  }

  /// The observation and all forecasts of the wettest test sample side by side, lead time after lead time.
  ///
  /// - Throws: What reading, forecasting or drawing throws.
  func animation(_ forecasters: [(name: String, forecaster: any TileForecaster)]) throws -> Animation? {
    guard let sample = try wettestSamples(1).first else { return nil }
    let observed = try test.builder.physicalBatch([sample])
    let normalized = try test.builder.batch([sample])
    let missing = Elementwise.map(observed.target, observed.targetMask) { $1 > 0 ? $0 : .nan }
    var columns = [missing]
    for (_, forecaster) in forecasters {
      columns.append(try forecaster.forecast(observed, normalized: normalized))
    }
    return try Animation(
      title: "\(title(sample)): \(task.settings.forecastFrames) frames ahead",
      labels: ["observed"] + forecasters.map(\.name),
      fields: (0..<task.settings.forecastFrames).map { frame in
        columns.map { Movement.slice($0, axis: 1, frame..<frame + 1).values }
      }, height: task.settings.tileSize, width: task.settings.tileSize, scale: scale)
  }

  private var isRain: Bool { task.sequences.source.unit == .millimetresPerHour }
  private var scale: ColourScale { isRain ? .rainRate : .grey(0...1) }
  private var differenceScale: ColourScale { isRain ? .rainDifference : .diverging(limit: 1) }

  private var shownLeads: [Int] {
    let last = task.settings.forecastFrames - 1
    return Array(Set([0, last / 4, last / 2, 3 * last / 4, last])).sorted()
  }

  private func title(_ sample: Sample) -> String {
    let time = task.sequences.source.timestamps.map {
      ", last observed frame \(DataExtent.clock($0[sample.window.lastInput])) UTC"
    }
    return "Tile at row \(sample.tile.row), column \(sample.tile.column)" + (time ?? "")
  }

  /// The sample with the most rain from each of `count` equal parts of the test windows.
  private func wettestSamples(_ count: Int) throws -> [Sample] {
    let samples = test.samples
    let parts = min(count, samples.count)
    return try (0..<parts).map { part in
      let range = samples[part * samples.count / parts..<(part + 1) * samples.count / parts]
      var best = (sample: range[range.startIndex], rain: -1.0)
      var frames: [Int: Frame] = [:]
      for sample in range {
        let index = sample.window.lastInput
        let frame = try frames[index] ?? task.sequences.source.frame(at: index)
        frames[index] = frame
        let tile = try frame.cropped(to: sample.tile)
        let rain = tile.values.reduce(0) { $0 + Double($1) }
        if rain > best.rain { best = (sample, rain) }
      }
      return best.sample
    }
  }

  /// One frame of `[1, time, height, width, 1]` as a picture.
  private func picture(
    _ fields: Tensor, _ mask: Tensor, frame: Int, scale: ColourScale? = nil
  ) throws -> Picture? {
    let (height, width) = (fields.shape[2], fields.shape[3])
    let values = Movement.slice(fields, axis: 1, frame..<frame + 1).values
    let valid = Movement.slice(mask, axis: 1, frame..<frame + 1).values.map { $0 > 0 }
    return try Picture(field: values, mask: valid, height: height, width: width, scale: scale ?? self.scale)
  }
}
