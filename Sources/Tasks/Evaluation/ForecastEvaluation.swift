import Foundation
import Readers
import Sampling
import Verification

/// Which part of the data is scored.
public enum EvaluatedPart: String, CaseIterable, Codable, Sendable {
  /// What the model was not trained on: later than its training, with a gap as long as the forecast between.
  case test
  /// Everything, training included.
  case all
}

/// The scores of a forecaster and of Eulerian persistence over whole fields, by lead time.
public struct ForecastEvaluation: Codable, Sendable {
  /// The model's.
  public let model: LeadTimeScores
  /// The last observed frame at every lead time.
  public let persistence: LeadTimeScores
  /// How many forecasts were scored.
  public let forecasts: Int
  public let part: EvaluatedPart
  /// Times of the first and last of them, where known.
  public let from: Date?
  public let until: Date?
  public let unit: PhysicalUnit

  /// Scores a model on data.
  ///
  /// Fields are forecast whole and scored on the grid of the model. A pixel counts where the observation is valid and
  /// so was the last observed frame, on which persistence rests.
  ///
  /// - Parameters:
  ///   - forecaster: The model.
  ///   - events: The data.
  ///   - thresholds: An event is above (`>`) one of these.
  ///   - part: Which part of the data is scored.
  ///   - stride: Every so manieth window is scored.
  ///   - coverage: Whole fields or tiles.
  /// - Throws: `ForecastingError` for data of another kind, or none that the model has not seen; `DataError`.
  public init(
    of forecaster: TrainedForecaster, on events: PreparedEvents, thresholds: [Float],
    part: EvaluatedPart = .test, stride: Int = 1, coverage: FieldForecaster.Coverage = .automatic,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    let notes = forecaster.notes
    let joined = try EventSequence(forecaster.prepared(events))
    let source = CachedSource(joined)
    let windows = try events.leavingOutLookahead(
      WindowIndex(of: source, inputFrames: notes.inputFrames, forecastFrames: notes.forecastFrames))
    let starts = try Self.starts(windows, joined, notes, part)
    let chosen = Swift.stride(from: 0, to: starts.count, by: max(1, stride)).map { starts[$0] }
    let fields = try FieldForecaster(forecaster, shape: source.shape, coverage: coverage)
    let step = notes.stepMinutes ?? source.nominalStep ?? 1
    let leads = (1...notes.forecastFrames).map { Double($0) * step }
    var model = try LeadTimeScores(leadTimes: leads, thresholds: thresholds)
    var persistence = model
    for (number, start) in chosen.enumerated() {
      try Task.checkCancellation()
      progress(number, chosen.count)
      let window = windows.window(startingAt: start)
      let input = try window.input.map { try source.frame(at: $0) }
      let target = try window.target.map { try source.frame(at: $0) }
      let last = input[input.count - 1]
      let channels = last.shape.channels
      func channel(_ frame: Frame) -> [Float] {
        channels == 1
          ? frame.values
          : Swift.stride(from: 0, to: frame.values.count, by: channels).map { frame.values[$0] }
      }
      func valid(_ frame: Frame) -> [Bool] {
        channels == 1
          ? frame.isValid
          : Swift.stride(from: 0, to: frame.isValid.count, by: channels).map { frame.isValid[$0] }
      }
      let start = valid(last)
      let mask = target.flatMap { zip(valid($0), start).map { $0 && $1 } }
      let observation = target.flatMap(channel)
      try model.add(forecast: fields.forecast(input), observation: observation, mask: mask, samples: 1)
      let frozen = [[Float]](repeating: channel(last), count: target.count).flatMap { $0 }
      try persistence.add(forecast: frozen, observation: observation, mask: mask, samples: 1)
    }
    progress(chosen.count, chosen.count)
    self.model = model
    self.persistence = persistence
    forecasts = chosen.count
    self.part = part
    let times = joined.hasOneClock ? joined.timestamps : nil
    from = times.map { $0[windows.window(startingAt: chosen[0]).lastInput] }
    until = times.map { $0[windows.window(startingAt: chosen[chosen.count - 1]).lastInput] }
    unit = notes.unit
  }

  /// Scores a model on sequences as they were opened.
  ///
  /// - Throws: as for prepared ones.
  public init(
    of forecaster: TrainedForecaster, on events: [any FrameSource], thresholds: [Float],
    part: EvaluatedPart = .test, stride: Int = 1, coverage: FieldForecaster.Coverage = .automatic,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    try self.init(
      of: forecaster, on: PreparedEvents(events), thresholds: thresholds, part: part, stride: stride,
      coverage: coverage, progress: progress)
  }

  /// The windows of the part, by their first frame.
  private static func starts(
    _ windows: WindowIndex, _ source: EventSequence, _ notes: ForecastNotes, _ part: EvaluatedPart
  ) throws -> [Int] {
    guard part == .test else { return windows.starts }
    let starts: [Int]
    if let split = notes.split, split.rule != .time, split.fits(source) {
      starts = windows.starts.filter { start in
        let frames = windows.window(startingAt: start).frames
        return split.test.contains {
          $0.lowerBound <= frames.lowerBound && frames.upperBound <= $0.upperBound
        }
      }
    } else if source.hasOneClock, let times = source.timestamps {
      guard let from = notes.trainedFrom, let until = notes.trainedUntil else {
        throw ForecastingError(
          .unusableModel, in: "model", expected: "the times that the model was trained on", received: "none",
          remedy: "Score everything with --part all, and mind that the training may be among it.")
      }
      // A gap as long as the forecast on both sides, as between training and test.
      let gap = Double(notes.forecastFrames) * (notes.stepMinutes ?? source.nominalStep ?? 0) * 60
      starts = windows.starts.filter { start in
        let frames = windows.window(startingAt: start).frames
        return times[frames.lowerBound].timeIntervalSince(until) > gap
          || from.timeIntervalSince(times[frames.upperBound - 1]) > gap
      }
    } else {
      let seen = notes.trainedFrames ?? source.count
      let gap = source.events.count > 1 ? 0 : notes.forecastFrames
      starts = windows.starts.filter { $0 >= seen + gap }
    }
    guard !starts.isEmpty else {
      throw ForecastingError(
        .otherData, in: "data",
        expected: "windows of \(windows.length) frames that are no part of the training",
        received: "\(windows.count) windows, all within it or too close",
        remedy: "Use other data, or score everything with --part all.")
    }
    return starts
  }

  /// One line for each forecaster, lead time and threshold; errors are repeated on each line of a lead time.
  public func csv() -> String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    var lines = [
      "forecaster,lead_minutes,threshold,hits,misses,false_alarms,correct_negatives,csi,pod,far,bias,ets,hss,"
        + "mae,mse,rmse,mean_error"
    ]
    for (name, scores) in [("model", model), ("persistence", persistence)] {
      for (lead, minutes) in scores.leadTimes.enumerated() {
        let errors = scores.errors[lead]
        for table in scores.tables[lead] {
          let counts = [table.hits, table.misses, table.falseAlarms, table.correctNegatives].map { "\($0)" }
          let values = [
            table.csi, table.pod, table.far, table.bias, table.ets, table.hss, errors.mae, errors.mse,
            errors.rmse, errors.meanError,
          ].map(text)
          lines.append(
            ([name, short(minutes), "\(table.threshold)"] + counts + values).joined(separator: ","))
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A table for the terminal: CSI by threshold and the root mean square error, model before persistence.
  public func table() -> String {
    func fixed(_ value: Double?) -> String {
      guard let value else { return "    –" }
      let text = value.formatted(.number.precision(.fractionLength(3)).grouping(.never))
      return String(repeating: " ", count: max(0, 5 - text.count)) + text
    }
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let names = model.thresholds.map { "CSI > \(short(Double($0)))" } + ["RMSE"]
    var lines = ["", "  lead" + names.map { padded($0, 16) }.joined()]
    for (lead, minutes) in model.leadTimes.enumerated() {
      var line = padded(short(minutes), 6)
      for index in model.thresholds.indices {
        line += padded(
          fixed(model.tables[lead][index].csi) + " (" + fixed(persistence.tables[lead][index].csi) + ")", 16)
      }
      line += padded(
        fixed(model.errors[lead].rmse) + " (" + fixed(persistence.errors[lead].rmse) + ")", 16)
      lines.append(line)
    }
    var all = padded("all", 6)
    for (a, b) in zip(model.pooledTables, persistence.pooledTables) {
      all += padded(fixed(a.csi) + " (" + fixed(b.csi) + ")", 16)
    }
    all += padded(fixed(model.pooledErrors.rmse) + " (" + fixed(persistence.pooledErrors.rmse) + ")", 16)
    lines.append(all)
    return lines.joined(separator: "\n")
  }
}
