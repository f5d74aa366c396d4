import Foundation
import Readers
import Sampling
import Support
import Verification

/// Which part of the data is scored.
public enum EvaluatedPart: String, CaseIterable, Codable, Sendable {
  /// What the model was not trained on: later than its training, with a gap as long as the forecast between.
  case test
  /// Everything, training included.
  case all
}

/// Where forecasts are scored.
public enum EvaluatedGrid: String, CaseIterable, Codable, Sendable {
  /// Whole fields on the grid of the data: what `squall forecast` delivers.
  case data
  /// Whole fields on the grid of the model, which is coarser where it averages pixels.
  case model
  /// The test tiles of the training, on the grid of the model: the scores that `squall compare` reports.
  case tiles
}

/// The scores of a forecaster and of the baselines, by lead time, on the same pixels.
public struct ForecastEvaluation: Codable, Sendable {
  /// One forecaster with its scores.
  public struct Entry: Codable, Sendable {
    public let name: String
    public let scores: LeadTimeScores
    /// Maxima over blocks of pixels; nil where none was asked for.
    public let fields: FieldLeadTimeScores?
  }

  /// The model's.
  public let model: LeadTimeScores
  /// The model's, of maxima over blocks of pixels; nil where none was asked for.
  public let modelFields: FieldLeadTimeScores?
  /// Eulerian persistence, and for rain Lagrangian persistence and S-PROG.
  public let baselines: [Entry]
  /// How many forecasts were scored.
  public let forecasts: Int
  public let part: EvaluatedPart
  public let grid: EvaluatedGrid
  /// Times of the first and last of them, where known.
  public let from: Date?
  public let until: Date?
  public let unit: PhysicalUnit
  /// Where the data lie outside of what the training saw; see ``DataFit``.
  public let warnings: [String]

  /// Model and baselines.
  public var entries: [Entry] { [Entry(name: "model", scores: model, fields: modelFields)] + baselines }

  /// Scores a model on data.
  ///
  /// A pixel counts where the observation is valid and so was the last observed frame, on which persistence rests.
  ///
  /// - Parameters:
  ///   - forecaster: The model.
  ///   - events: The data.
  ///   - thresholds: An event is above (`>`) one of these.
  ///   - pools: Sides of blocks in pixels, whose maxima are scored too.
  ///   - part: Which part of the data is scored.
  ///   - grid: Whole fields on the grid of the data or of the model, or the tiles of the training.
  ///   - stride: Every nth window is scored; not on tiles.
  ///   - coverage: How the model covers whole fields.
  ///   - resampling: Whether the data are brought to the model's pixel size, and forecasts back; not on tiles.
  /// - Throws: `ForecastingError` for data of another kind, or none that the model has not seen; `DataError`.
  public init(
    of forecaster: TrainedForecaster, on events: PreparedEvents, thresholds: [Float],
    pools: [Int] = [], part: EvaluatedPart = .test, grid: EvaluatedGrid = .data, stride: Int = 1,
    coverage: FieldForecaster.Coverage = .automatic, resampling: Bool = false,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    self =
      grid == .tiles
      ? try Self.tiles(forecaster, events, thresholds, pools)
      : try Self.fields(
        forecaster, events, thresholds, pools, part: part, grid: grid, stride: stride, coverage: coverage,
        resampling: resampling, progress: progress)
  }

  /// - Parameter entries: The model and the baselines.
  private init(
    _ entries: [Entry], forecasts: Int, part: EvaluatedPart, grid: EvaluatedGrid,
    times: [Date], unit: PhysicalUnit, warnings: [String]
  ) {
    model = entries[0].scores
    modelFields = entries[0].fields
    baselines = Array(entries.dropFirst())
    self.forecasts = forecasts
    self.part = part
    self.grid = grid
    (from, until) = (times.min(), times.max())
    self.unit = unit
    self.warnings = warnings
  }

  /// Scores whole fields.
  private static func fields(
    _ forecaster: TrainedForecaster, _ events: PreparedEvents, _ thresholds: [Float], _ pools: [Int],
    part: EvaluatedPart, grid: EvaluatedGrid, stride: Int, coverage: FieldForecaster.Coverage,
    resampling: Bool,
    progress: (Int, Int) -> Void
  ) throws -> ForecastEvaluation {
    let notes = forecaster.notes
    let joined = try EventSequence(forecaster.prepared(events, resampling: resampling))
    let scale = forecaster.scale(of: events.sources[0], resampling: resampling)
    let source = CachedSource(joined)
    // The data as they are, where forecasts are brought back to their grid.
    let isRefined = grid == .data && scale != (1, 1)
    let fine =
      isRefined ? CachedSource(try EventSequence(events.sources)) : source
    let windows = try events.leavingOutLookahead(
      WindowIndex(of: source, inputFrames: notes.inputFrames, forecastFrames: notes.forecastFrames))
    let starts = try Self.starts(windows, joined, notes, part)
    let chosen = Swift.stride(from: 0, to: starts.count, by: max(1, stride)).map { starts[$0] }
    let fields = try FieldForecaster(forecaster, shape: source.shape, coverage: coverage)
    let step = notes.stepMinutes ?? source.nominalStep ?? 1
    let leads = (1...notes.forecastFrames).map { Double($0) * step }
    let kinds = BaselineForecast.fitting(notes.unit, inputFrames: notes.inputFrames)
    let empty = try LeadTimeScores(leadTimes: leads, thresholds: thresholds)
    let emptyFields =
      pools.isEmpty
      ? nil
      : try FieldLeadTimeScores(
        leadTimes: leads, height: fine.shape.height, width: fine.shape.width,
        options: .init(thresholds: thresholds, pools: pools, spectra: false))
    var scores = (["model"] + kinds.map(\.displayName)).map { (name: $0, pixels: empty, fields: emptyFields) }
    for (number, start) in chosen.enumerated() {
      try Task.checkCancellation()
      progress(number, chosen.count)
      let window = windows.window(startingAt: start)
      let input = try window.input.map { try source.frame(at: $0) }
      let observed = try window.input.map { try fine.frame(at: $0) }
      let target = try window.target.map { try fine.frame(at: $0) }
      let last = observed[observed.count - 1].firstChannel.isValid
      let mask = target.flatMap { zip($0.firstChannel.isValid, last).map { $0 && $1 } }
      let observation = target.flatMap { $0.firstChannel.values }
      func add(_ values: [Float], to place: Int) throws {
        try scores[place].pixels.add(forecast: values, observation: observation, mask: mask, samples: 1)
        try scores[place].fields?.add(forecast: values, observation: observation, mask: mask, samples: 1)
      }
      let guidance = try fields.guidance.fields(after: input)
      var known: [BaselineForecast: [[Float]]] = [:]
      let values: [Float]
      if isRefined {
        let grid = try FineGrid(observed, scale: scale, for: fields.guidance)
        values = try fields.forecast(input, guidance: guidance, on: grid)
        if let method = fields.guidance.background { known[method] = grid.background }
      } else {
        values = try fields.forecast(input, guidance: guidance)
        if let method = fields.guidance.background { known[method] = guidance.background }
      }
      try add(values, to: 0)
      for (place, kind) in kinds.enumerated() {
        // The model's background is a baseline already.
        try add(
          known[kind].map { Array($0.joined()) } ?? kind.values(after: observed, leads: leads.count),
          to: place + 1)
      }
    }
    progress(chosen.count, chosen.count)
    let times = joined.hasOneClock ? joined.timestamps : nil
    return ForecastEvaluation(
      scores.map { Entry(name: $0.name, scores: $0.pixels, fields: $0.fields) }, forecasts: chosen.count,
      part: part, grid: grid,
      times: times.map { times in chosen.map { times[windows.window(startingAt: $0).lastInput] } } ?? [],
      unit: notes.unit, warnings: try forecaster.fit(of: source, frames: frames(chosen, windows)).warnings)
  }

  /// The frames of some windows, each once.
  private static func frames(_ starts: [Int], _ windows: WindowIndex) -> [Int] {
    Set(starts.flatMap { windows.window(startingAt: $0).frames }).sorted()
  }

  /// Scores on the test tiles of the training, as a comparison does.
  private static func tiles(
    _ forecaster: TrainedForecaster, _ events: PreparedEvents, _ thresholds: [Float], _ pools: [Int]
  ) throws -> ForecastEvaluation {
    let notes = forecaster.notes
    guard let settings = notes.settings, let split = notes.split,
      try split.isSame(as: EventSequence(forecaster.prepared(events)))
    else {
      throw ForecastingError(
        .otherData, in: "data",
        expected: "the data of the training, whose test tiles are known",
        received: notes.settings == nil
          ? "a model that does not name them" : "other data, or in another order",
        remedy: "Score whole fields with --grid data or --grid model.")
    }
    let task = try ForecastTask(events, settings: settings, goingOnFrom: notes)
    let scoring = try TileScoring(task, thresholds: thresholds)
    let starts = Set(try Self.starts(scoring.windows, task.sequences.joined, notes, .test))
    guard scoring.windows.starts.allSatisfy(starts.contains) else {
      throw ForecastingError(
        .otherData, in: "data", expected: "a test that no training of the model saw",
        received: "one that the model saw before its training went on",
        remedy: "Score whole fields with --grid data, which leaves out what was seen.")
    }
    let others = Baseline.all(task)
    let scores = try scoring.scores(
      of: [ModelForecaster(model: forecaster.model, task: task)] + others.map(\.forecaster), pools: pools)
    let times = task.sequences.joined.hasOneClock ? task.sequences.joined.timestamps : nil
    return ForecastEvaluation(
      zip(["model"] + others.map(\.name), scores).map {
        Entry(name: $0, scores: $1.blocks.pooled, fields: pools.isEmpty ? nil : $1.fields)
      },
      forecasts: scoring.test.samples.count, part: .test, grid: .tiles,
      times: times.map { times in scoring.test.samples.map { times[$0.window.lastInput] } } ?? [],
      unit: notes.unit,
      warnings: try forecaster.fit(
        of: task.sequences.source, frames: frames(scoring.windows.starts, scoring.windows)
      ).warnings)
  }

  /// Scores a model on sequences as they were opened.
  ///
  /// - Throws: as for prepared ones.
  public init(
    of forecaster: TrainedForecaster, on events: [any FrameSource], thresholds: [Float],
    pools: [Int] = [], part: EvaluatedPart = .test, grid: EvaluatedGrid = .data, stride: Int = 1,
    coverage: FieldForecaster.Coverage = .automatic, resampling: Bool = false,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    try self.init(
      of: forecaster, on: PreparedEvents(events), thresholds: thresholds, pools: pools, part: part,
      grid: grid, stride: stride, coverage: coverage, resampling: resampling, progress: progress)
  }

  /// The windows of the part, by their first frame.
  private static func starts(
    _ windows: WindowIndex, _ source: EventSequence, _ notes: ForecastNotes, _ part: EvaluatedPart
  ) throws -> [Int] {
    guard part == .test else { return windows.starts }
    // A gap as long as the forecast on both sides, as between training and test.
    let step = notes.stepMinutes ?? source.nominalStep ?? 0
    let gap = (minutes: Double(notes.forecastFrames) * step, frames: notes.forecastFrames)
    var unseen = Set(windows.starts)
    for seen in notes.seenData {
      guard let some = try seen.unseen(windows, of: source, gap: gap) else {
        throw ForecastingError(
          .unusableModel, in: "model", expected: "the times that the model was trained on", received: "none",
          remedy: "Score everything with --part all, and mind that the training may be among it.")
      }
      unseen.formIntersection(some)
    }
    let starts = windows.starts.filter(unseen.contains)
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
        + "mae,mse,rmse,mean_error" + (modelFields?.options.pools ?? []).map { ",csi_pool\($0)" }.joined()
    ]
    for entry in entries {
      let (name, scores) = (entry.name, entry.scores)
      for (lead, minutes) in scores.leadTimes.enumerated() {
        let errors = scores.errors[lead]
        for (index, table) in scores.tables[lead].enumerated() {
          let counts = [table.hits, table.misses, table.falseAlarms, table.correctNegatives].map { "\($0)" }
          let values = [
            table.csi, table.pod, table.far, table.bias, table.ets, table.hss, errors.mae, errors.mse,
            errors.rmse, errors.meanError,
          ].map(text)
          let blocks = entry.fields?.scores[lead].blocks[index].map { text($0.csi) } ?? []
          lines.append(
            ([name, short(minutes), "\(table.threshold)"] + counts + values + blocks).joined(separator: ","))
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Tables for the terminal, one a score: a row for each lead time, a column for the model and each baseline, the best
  /// value marked.
  public func table() -> String {
    let names = ["model"] + baselines.map(\.name)
    var parts = model.thresholds.enumerated().map { index, threshold in
      Self.table("CSI > \(short(Double(threshold))) \(unit.rawValue)", names, higherIsBetter: true) {
        lead, entry in
        lead.map { entries[entry].scores.tables[$0][index].csi }
          ?? entries[entry].scores.pooledTables[index].csi
      } leads: {
        model.leadTimes.map(short)
      }
    }
    for (index, threshold) in model.thresholds.enumerated() {
      for (place, pool) in (modelFields?.options.pools ?? []).enumerated() {
        let title = "CSI > \(short(Double(threshold))) \(unit.rawValue), blocks of \(pool) × \(pool) pixels"
        parts.append(
          Self.table(title, names, higherIsBetter: true) { lead, entry in
            let fields = entries[entry].fields
            return (lead.map { fields?.scores[$0] } ?? fields?.pooled)?.blocks[index][place].csi
          } leads: {
            model.leadTimes.map(short)
          })
      }
    }
    parts.append(
      Self.table("Root mean square error", names, higherIsBetter: false) { lead, entry in
        lead.map { entries[entry].scores.errors[$0].rmse } ?? entries[entry].scores.pooledErrors.rmse
      } leads: {
        model.leadTimes.map(short)
      })
    return parts.joined(separator: "\n")
  }

  private static func table(
    _ title: String, _ names: [String], higherIsBetter: Bool,
    _ value: (_ lead: Int?, _ entry: Int) -> Double?,
    leads: () -> [String]
  ) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let widths = names.map { max(8, $0.count) + 2 }
    var lines = ["", title, padded("lead", 6) + zip(names, widths).map { padded($0, $1) }.joined()]
    let rows = leads().enumerated().map { ($1, Optional($0)) } + [("all", nil)]
    for (label, lead) in rows {
      let values = names.indices.map { value(lead, $0) }
      let known = values.compactMap { $0 }
      let best = higherIsBetter ? known.max() : known.min()
      lines.append(
        padded(label, 6)
          + zip(values, widths).map { value, width in
            let text = value.map { NumberText.fixed($0, 3) } ?? "–"
            return padded(value != nil && value == best && known.count > 1 ? "*" + text : text, width)
          }.joined())
    }
    return lines.joined(separator: "\n")
  }
}
