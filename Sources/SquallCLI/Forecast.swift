import ArgumentParser
import Foundation
import Readers
import Tasks

/// `squall forecast`: the next frames of the whole domain.
struct ForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecast the whole domain from the latest frames, or from those at a time.",
    discussion: """
      --output may be given more than once; the ending chooses the format:
        .npy  an array [lead, height, width], NaN where there is no forecast; of an ensemble [member, lead, …]
        .nc   CF NetCDF-4 with times, grid and projection of the data
        .png  one picture a lead, next_005.png, next_010.png, …
        .gif  an animation
        .mp4  a video

        squall forecast nowcast KNMI --output next.nc --output next.gif
        squall forecast nowcast KNMI --at 2010-08-26T06:00 --output next.npy
        squall forecast nowcast KNMI --late-frame interpolate --output next.nc

      Series at points (latitude/longitude or row,column; a name before =) and means over polygons (corners, or a
      GeoJSON file), with sums over whole hours:

        squall forecast nowcast KNMI --series rain.csv --points "De Bilt=52.10/5.18" --points 120,340
        squall forecast nowcast KNMI --series rain.csv --polygon "basin=52.0/5.0 52.3/5.1 52.1/5.6" --hourly

      Data that are not like those of the training are refused, or a warning says how they differ: their interval, pixel
      size, and how much and how strong their rain is. --resample brings pixels of another size to the model's.

      A folder with several models is an ensemble, one member each: arrays and NetCDF hold them all, pictures show the
      mean, series the mean and the 10, 50 and 90 % quantiles:

        squall forecast nowcast/members KNMI --output next.nc --quantiles 0.1,0.5,0.9 --exceedance 1,5
      """)

  @Argument(help: "The model: a folder of squall train, a .squall file, or a folder of several: an ensemble.")
  var model: String
  @OptionGroup var data: DataArguments
  @Option(help: "A file for the forecast; may be given more than once.")
  var output: [String] = []
  @Option(
    help: ArgumentHelp(
      "When to forecast: a time in UTC such as 2010-08-26T06:00, now, or the number of the last frame from 0.",
      valueName: "time"))
  var at: String?
  @Option(
    help: ArgumentHelp(
      "What to do where a frame is late or missing: "
        + LateFramePolicy.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var lateFrame: LateFramePolicy = .refuse
  @Option(help: "A CSV file for the series at points and polygons.")
  var series: String?
  @Option(help: ArgumentHelp("A point for the series; may be given more than once.", valueName: "place"))
  var points: [String] = []
  @Option(help: ArgumentHelp("An area for the series; may be given more than once.", valueName: "area"))
  var polygon: [String] = []
  @Flag(help: "Sums over whole hours too: in NetCDF, beside .npy, and beside the series as NAME_hourly.")
  var hourly = false
  @Option(
    help: ArgumentHelp(
      "Quantiles of the members in NetCDF, comma-separated levels between 0 and 1.", valueName: "levels"))
  var quantiles: String?
  @Option(
    help: ArgumentHelp(
      "Shares of the members above each threshold in NetCDF, comma-separated in the unit of the data.",
      valueName: "thresholds"))
  var exceedance: String?
  @Flag(help: "Stay on the model's grid where it averages pixels, instead of the grid of the data.")
  var modelGrid = false
  @Flag(help: "Bring data of other pixels to the model's pixel size, and the forecast back to their grid.")
  var resample = false
  @Option(
    help: ArgumentHelp(
      "How the domain is covered: "
        + FieldForecaster.Coverage.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var coverage: FieldForecaster.Coverage = .automatic
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard !output.isEmpty || series != nil else {
      throw ValidationError("--output or --series: expected at least one file for the forecast.")
    }
    for file in output {
      do { _ = try ForecastFiles.Format(of: URL(filePath: file)) } catch {
        throw ValidationError("--output: \(error)")
      }
    }
    guard (series == nil) == (points.isEmpty && polygon.isEmpty) else {
      throw ValidationError("--series: expected together with --points or --polygon.")
    }
    if let at { _ = try Self.reference(at) }
    let levels = try Self.numbers(quantiles, "--quantiles", "0.1,0.5,0.9")
    if let level = levels.first(where: { !(0...1).contains($0) }) {
      throw ValidationError("--quantiles: expected levels between 0 and 1, received \(level).")
    }
    _ = try Self.numbers(exceedance, "--exceedance", "1,5")
    guard
      quantiles == nil && exceedance == nil || output.contains(where: { $0.lowercased().hasSuffix(".nc") })
    else {
      throw ValidationError("--quantiles, --exceedance: expected beside --output FILE.nc, which holds them.")
    }
  }

  func run() async throws {
    global.apply()
    try await Interruption.handled(goingOn: "Stopped.") {
      try reportingErrors { try forecast() }
    }
  }

  private func forecast() throws {
    let forecaster = try EnsembleForecaster(contentsOf: URL(filePath: model))
    if forecaster.members.count > 1 {
      show("\(forecaster.members.count) members: \(forecaster.names.joined(separator: ", "))")
    }
    let reference = try at.map(Self.reference) ?? .latest
    let places =
      try points.map { try PlaceSeries.Place(point: $0) }
      + polygon.map { try PlaceSeries.Place(polygon: $0) }
    let events = try data.events(for: model)
    let number = Self.event(events.sources, reference)
    let auxiliary = events.extras.map { ($0.name, $0.source(number)) }
    let fit = try forecaster.fit(
      of: events.sources[number], auxiliary: auxiliary, at: reference, policy: lateFrame, resampling: resample
    )
    fit.warnings.forEach(warn)
    let forecast = try Forecast(
      by: forecaster, from: events.sources[number], auxiliary: auxiliary, at: reference, policy: lateFrame,
      coverage: coverage, onModelGrid: modelGrid, resampling: resample
    ).adding(
      quantiles: Self.numbers(quantiles, "--quantiles", "0.1,0.5,0.9"),
      exceedance: Self.numbers(exceedance, "--exceedance", "1,5").map { Float($0) })
    if let last = forecast.reference {
      try events.checkKnown(forecaster.notes.inputFrames, until: last, in: number)
    }
    for line in forecast.replacements { show("note: frame \(line)") }
    // A place that does not exist is to be known before anything is written.
    let rows = series == nil ? nil : try PlaceSeries(forecast, places: places)
    let files = ForecastFiles(
      forecast, withHourlySums: hourly, skill: forecaster.notes.skill,
      scoredMember: forecaster.members.count > 1 ? forecaster.names[0] : nil)
    for file in output {
      for written in try files.write(to: URL(filePath: file)) { show(written.path) }
    }
    if let series, let rows {
      let url = URL(filePath: series)
      try save(Data(rows.csv().utf8), to: url)
      show(url.path)
      if hourly {
        let sums = url.deletingPathExtension().path + "_hourly.csv"
        try save(Data(rows.hourlyCSV().utf8), to: URL(filePath: sums))
        show(sums)
      }
    }
  }

  /// Comma-separated numbers; none without the option.
  private static func numbers(_ text: String?, _ name: String, _ example: String) throws -> [Double] {
    guard let text else { return [] }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }.filter(\.isFinite)
    guard numbers.count == parts.count else {
      throw ValidationError("\(name): expected numbers such as \(example), received \(text).")
    }
    return numbers
  }

  /// The number of the event that a time falls into, the last one by default.
  private static func event(
    _ events: [any FrameSource], _ reference: InputSelection.Reference
  ) -> Int {
    if case .time(let time) = reference {
      func start(_ event: Int) -> Date { events[event].timestamps?.first ?? .distantFuture }
      let begun = events.indices.filter { start($0) <= time }
      if let latest = begun.max(by: { start($0) < start($1) }) { return latest }
    }
    return events.count - 1
  }

  /// `2010-08-26T06:00`, `2010-08-26 06:00Z`, `201008260600`, `now`, or a number.
  static func reference(_ text: String) throws -> InputSelection.Reference {
    if text == "now" { return .time(Date()) }
    let digits = text.filter(\.isNumber)
    if digits.count == text.count, text.count < 8, let index = Int(text) { return .frame(index) }
    let rest = Set(text).subtracting("0123456789-:T Z")
    if rest.isEmpty, digits.count == 12 || digits.count == 14 {
      let fields = Array(digits)
      func number(_ range: Range<Int>) -> Int { Int(String(fields[range])) ?? 0 }
      var calendar = Calendar(identifier: .gregorian)
      calendar.timeZone = .gmt
      let parts = DateComponents(
        calendar: calendar, timeZone: .gmt, year: number(0..<4), month: number(4..<6), day: number(6..<8),
        hour: number(8..<10), minute: number(10..<12), second: digits.count == 14 ? number(12..<14) : 0)
      if parts.isValidDate, let time = parts.date { return .time(time) }
    }
    throw ValidationError(
      "--at: expected a time in UTC such as 2010-08-26T06:00, now, or the number of a frame, received \(text)."
    )
  }
}

extension LateFramePolicy: ExpressibleByArgument {}
