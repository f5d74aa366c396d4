import ArgumentParser
import Foundation
import Readers
import Sampling
import Tasks

/// When a forecast is made and where it goes: the same options in every command that forecasts.
struct DeliveryArguments: ParsableArguments {
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
    _ = try reference()
  }

  /// The last frame to use.
  private func reference() throws -> InputSelection.Reference { try at.map(Self.reference) ?? .latest }

  /// The number of the event that the forecast is made in: the one that its time falls into, the last one by default.
  private static func event(_ events: [any FrameSource], _ reference: InputSelection.Reference) -> Int {
    if case .time(let time) = reference {
      func start(_ event: Int) -> Date { events[event].timestamps?.first ?? .distantFuture }
      let begun = events.indices.filter { start($0) <= time }
      if let latest = begun.max(by: { start($0) < start($1) }) { return latest }
    }
    return events.count - 1
  }

  /// Makes a forecast and writes its files.
  ///
  /// - Parameters:
  ///   - inputFrames: How many frames the forecast reads.
  ///   - forecast: The forecast from the event of this number.
  func deliver(
    from events: PreparedEvents, inputFrames: Int,
    _ forecast: (_ number: Int, _ reference: InputSelection.Reference) throws -> Forecast
  ) throws {
    let places =
      try points.map { try PlaceSeries.Place(point: $0) }
      + polygon.map { try PlaceSeries.Place(polygon: $0) }
    let reference = try reference()
    let number = Self.event(events.sources, reference)
    let forecast = try forecast(number, reference)
    if let last = forecast.reference { try events.checkKnown(inputFrames, until: last, in: number) }
    for line in forecast.replacements { show("note: frame \(line)") }
    // A place that does not exist is to be known before anything is written.
    let rows = series == nil ? nil : try PlaceSeries(forecast, places: places)
    let files = ForecastFiles(forecast, withHourlySums: hourly)
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

  /// `2010-08-26T06:00`, `2010-08-26 06:00Z`, `201008260600`, `now`, or a number.
  private static func reference(_ text: String) throws -> InputSelection.Reference {
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
