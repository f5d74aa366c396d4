import ArgumentParser
import Foundation
import Tasks

/// `squall evaluate`: scores a trained model on data.
struct Evaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score a model on data: by lead time and threshold, or a confusion matrix.",
    discussion: """
      A forecaster is scored beside Eulerian persistence and, for rain, extrapolation and S-PROG, on the grid of the data:
      what squall forecast delivers. --grid model stays on the averaged grid, and --grid tiles repeats the scores that
      squall compare reports. Without --part all only what lies apart from the training counts: later or earlier by more
      than the forecast is long.

        squall evaluate nowcast KNMI
        squall evaluate report-knmi/models/convlstm2d KNMI --grid tiles
        squall evaluate nowcast KNMI --thresholds 0.5,2 --json scores.json --csv scores.csv
        squall evaluate nowcast KNMI --pool 4,16
        squall evaluate nowcast KNMI --audit
        squall evaluate motion generated:motion-clips
      """)

  @Argument(help: "The model: a folder of squall train, or a .squall file.")
  var model: String
  @OptionGroup var data: DataArguments
  @Option(help: "What to score: \(EvaluatedPart.allCases.map(\.rawValue).joined(separator: " or ")).")
  var part: EvaluatedPart = .test
  @Option(help: "Thresholds in the unit of the data, comma-separated; an event is above one.")
  var thresholds: String = "0.5,2,5"
  @Option(
    help: ArgumentHelp(
      "Also the CSI of the largest values in blocks of these sides in pixels, comma-separated, such as 4,16 "
        + "(forecasters)."))
  var pool: String?
  @Option(
    help: ArgumentHelp(
      "Where a forecaster is scored: "
        + EvaluatedGrid.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var grid: EvaluatedGrid = .data
  @Option(help: "Score every nth window only (whole fields).")
  var every: Int = 1
  @Option(
    help: ArgumentHelp(
      "How fields are covered: "
        + FieldForecaster.Coverage.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var coverage: FieldForecaster.Coverage = .automatic
  @Flag(
    help:
      "Bring data of other pixels to the model's pixel size, and forecasts back to their grid (whole fields)."
  )
  var resample = false
  @Flag(
    help: ArgumentHelp(
      "Also change the frames after the input and see that no forecast moves (forecasters); a leak is an error."
    ))
  var audit = false
  @Option(help: "A file for all scores as JSON.")
  var json: String?
  @Option(help: "A file for all scores as CSV.")
  var csv: String?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if grid == .tiles, every != 1 || part == .all {
      throw ValidationError(
        "--grid tiles: expected without --every and --part all: it repeats the scores of the training's test."
      )
    }
    guard !resample || grid != .tiles && !audit else {
      throw ValidationError(
        "--resample: expected without --grid tiles and --audit, which take the training's data.")
    }
    guard every >= 1 else { throw ValidationError("--every: expected at least 1, received \(every).") }
    _ = try parsedThresholds(thresholds)
    _ = try pool.map(parsedPools)
  }

  func run() async throws {
    global.apply()
    try await Interruption.handled(goingOn: "Stopped; nothing was written.") {
      try reportingErrors { try evaluate() }
    }
  }

  private func evaluate() throws {
    switch try StoredModel(contentsOf: URL(filePath: model)) {
    case .forecaster(let forecaster):
      let events = try data.events(
        for: model, grouped: forecaster.notes.settings?.splitRule == .group)
      for line in events.counts.lines(events.handling) { show("\(line.name): \(line.text)") }
      let scores = try ForecastEvaluation(
        of: forecaster, on: events, thresholds: parsedThresholds(thresholds),
        pools: pool.map(parsedPools) ?? [], part: part, grid: grid, stride: every, coverage: coverage,
        resampling: resample, progress: CountedProgress("forecast").report)
      scores.warnings.forEach(warn)
      var line =
        grid == .tiles
        ? "\(scores.forecasts) forecasts of test tiles" : "\(scores.forecasts) forecasts of whole fields"
      if let from = scores.from, let until = scores.until {
        line += " from \(from.formatted(.iso8601)) to \(until.formatted(.iso8601))"
      }
      show(line + (scores.part == .all ? ", training perhaps among them" : ""))
      show(scores.table())
      try write(scores, csv: scores.csv())
      guard audit else { return }
      let finding = try forecaster.audit(on: events)
      show(finding.summary)
      try finding.check()
    case .classifier(let classifier):
      guard !audit else {
        throw CleanError(
          description: "--audit: expected a forecaster, received a classifier, which sees all of a clip. "
            + "Leave --audit out.")
      }
      guard pool == nil else {
        throw CleanError(
          description:
            "--pool: expected a forecaster, received a classifier, which makes no fields. Leave --pool out.")
      }
      let scores = try ClassificationEvaluation(of: classifier, on: data.clips(for: model), part: part)
      show(scores.part == .test ? "clips that the training did not see" : "all clips")
      show(scores.table())
      try write(scores, csv: scores.csv())
    }
  }

  private func write(_ scores: some Encodable, csv text: String) throws {
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      encoder.dateEncodingStrategy = .iso8601
      try save(encoder.encode(scores), to: URL(filePath: json))
    }
    if let csv { try save(Data(text.utf8), to: URL(filePath: csv)) }
  }
}

extension EvaluatedPart: ExpressibleByArgument {}
extension EvaluatedGrid: ExpressibleByArgument {}
extension FieldForecaster.Coverage: ExpressibleByArgument {}

/// Thresholds such as `0.5,2,5`, ascending.
func parsedThresholds(_ text: String) throws -> [Float] {
  let values = text.split(separator: ",").map { Float($0.trimmingCharacters(in: .whitespaces)) }
  guard !values.isEmpty, values.allSatisfy({ $0?.isFinite ?? false }) else {
    throw ValidationError("--thresholds: expected numbers such as 0.5,2,5, received \(text).")
  }
  return values.compactMap { $0 }.sorted()
}

/// Sides of blocks such as `4,16`, ascending.
func parsedPools(_ text: String) throws -> [Int] {
  let values = text.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
  guard !values.isEmpty, values.allSatisfy({ $0.map { (1...4096).contains($0) } ?? false }) else {
    throw ValidationError("--pool: expected whole numbers from 1 to 4096 such as 4,16, received \(text).")
  }
  return Set(values.compactMap { $0 }).sorted()
}

/// Counts on a terminal; says nothing in a log.
struct CountedProgress: Sendable {
  let what: String

  init(_ what: String) { self.what = what }

  func report(_ done: Int, _ total: Int) {
    guard isatty(STDERR_FILENO) != 0 else { return }
    let line = done < total ? "\r\(what) \(done + 1)/\(total)" : "\r\(String(repeating: " ", count: 40))\r"
    FileHandle.standardError.write(Data(line.utf8))
  }
}
