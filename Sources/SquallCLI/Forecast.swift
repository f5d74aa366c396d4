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
  @OptionGroup var delivery: DeliveryArguments
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
    let levels = try Self.numbers(quantiles, "--quantiles", "0.1,0.5,0.9")
    if let level = levels.first(where: { !(0...1).contains($0) }) {
      throw ValidationError("--quantiles: expected levels between 0 and 1, received \(level).")
    }
    _ = try Self.numbers(exceedance, "--exceedance", "1,5")
    guard
      quantiles == nil && exceedance == nil
        || delivery.output.contains(where: { $0.lowercased().hasSuffix(".nc") })
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
    let events = try data.events(for: model)
    try delivery.deliver(
      from: events, inputFrames: forecaster.notes.inputFrames, skill: forecaster.notes.skill,
      scoredMember: forecaster.members.count > 1 ? forecaster.names[0] : nil
    ) { number, reference in
      let auxiliary = events.extras.map { ($0.name, $0.source(number)) }
      let fit = try forecaster.fit(
        of: events.sources[number], auxiliary: auxiliary, at: reference, policy: delivery.lateFrame,
        resampling: resample)
      fit.warnings.forEach(warn)
      return try Forecast(
        by: forecaster, from: events.sources[number], auxiliary: auxiliary, at: reference,
        policy: delivery.lateFrame, coverage: coverage, onModelGrid: modelGrid, resampling: resample
      ).adding(
        quantiles: Self.numbers(quantiles, "--quantiles", "0.1,0.5,0.9"),
        exceedance: Self.numbers(exceedance, "--exceedance", "1,5").map { Float($0) })
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
}
