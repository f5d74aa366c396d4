import ArgumentParser
import Comparison
import Contenders
import Foundation
import Readers
import Reports
import Sampling
import Synthesis
import Tasks
import TensorCore
import Training

/// `squall compare`: trains contenders on the user's data and writes the report.
struct Compare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train Conv2D + LSTM, ConvLSTM2D and others on your data and report which to use.",
    discussion: """
      DATA is whatever squall inspect reads (radar, videos, pictures, arrays), or one of the built-in generators:
        generated:advected-cells   rain-like cells that drift, grow and decay (forecast)
        generated:motion-clips     short clips whose class is the direction of motion (classify)
      and those that `squall generate --help` lists, with options as in generated:NAME:key=value,key=value.

      The report is index.html, with the numbers in results.json beside it. `squall train --like REPORT` trains what it
      recommends.

      Examples:
        squall compare KNMI --task forecast --input-frames 6 --forecast-frames 12 --output report-knmi
        squall compare generated:advected-cells --task forecast --quick --output report-demo
        squall compare generated:motion-clips --task classify --output report-motion
        squall compare KNMI --task forecast --contenders convlstm2d,convlstm2d:kernel=5,unet --output report-knmi-3
      """)

  @OptionGroup var data: DataArguments
  @Option(help: "What the models are to do: \(TaskKind.names).")
  var task: TaskKind
  @Option(help: "The folder for the report; it is made if need be.")
  var output: String
  @Option(
    help: ArgumentHelp(
      "The contenders, comma-separated, with options as in convlstm2d:kernel=5 (\(Contenders.standard.joined(separator: ","))). "
        + "Forecast: \(Contenders.forecasterNames.joined(separator: ", ")). "
        + "Classify: \(Contenders.classifierNames.joined(separator: ", "))."))
  var contenders: String?
  @Flag(help: "A small setting that answers in a few minutes.")
  var quick = false
  @OptionGroup var forecast: ForecastArguments
  @OptionGroup var clips: ClipArguments
  @OptionGroup var training: TrainingArguments
  @Option(
    help: ArgumentHelp(
      "What is equal for all contenders: \(Budget.allCases.map(\.rawValue).joined(separator: ", "))."))
  var budget: Budget?
  @Option(help: "The learning rates to choose from for each contender on validation, comma-separated.")
  var learningRates: String?
  @Option(
    help: ArgumentHelp(
      "Settings to try for each contender on validation, at random: learning rate and the contender's own options at "
        + "the same size; 0 for none. By default one for each of --learning-rates."))
  var trials: Int?
  @Flag(help: "Train on 25% and 50% of the training data too: would more data help?")
  var learningCurve = false
  @Flag(inversion: .prefixedNo, help: "Whether to measure the trained models, aspect by aspect.")
  var measure = true
  @Option(help: "Minutes of the whole run, about: trainings share them, and no seed begins after them.")
  var totalMinutes: Double?
  @Option(help: "How many seeds; 3 by default, 5 with --thorough, 1 with --quick.")
  var seeds: Int?
  @Flag(help: "Five seeds.")
  var thorough = false
  @Flag(help: "Keep the models of all seeds as an ensemble, in models/NAME/members.")
  var keepSeeds = false
  @Option(
    help: ArgumentHelp(
      "The score that decides, named before training: csi (at the lowest threshold), csi@2, mse or mae (forecast)."
    ))
  var primary: String?
  @Option(
    help: ArgumentHelp(
      "Up to which difference of the score that decides contenders count as equally good, in its units, or as a share "
        + "of the best baseline's value such as 2%; by default 0.01 of the CSI, 0.02 of the accuracy, 2% of an error."
    ))
  var margin: String?
  @Option(help: "Thresholds of the scores in the unit of the data, comma-separated; an event is above one.")
  var thresholds: String?
  @Option(
    help: ArgumentHelp(
      "How the page prints MSE and MAE: "
        + ErrorConvention.allCases.map(\.rawValue).joined(separator: " or ")
        + ", the latter summed over the pixels of a frame (forecast)."))
  var conventions: ErrorConvention?
  @Option(
    help: ArgumentHelp(
      "The data range of SSIM and PSNR in the unit of the data, such as 1 for brightness; by default as observed "
        + "(forecast)."))
  var dataRange: Double?
  @Option(
    help: ArgumentHelp(
      "Also the CSI of the largest values in blocks of these sides in pixels, comma-separated, such as 4,16 "
        + "(forecast)."))
  var pool: String?
  @Flag(help: "Go on where an earlier run into the same folder stopped.")
  var resume = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if let seeds, seeds < 1 {
      throw ValidationError("--seeds: expected a number of at least 1, received \(seeds).")
    }
    if let trials, !(0...1000).contains(trials) {
      throw ValidationError("--trials: expected a number from 0 to 1000, received \(trials).")
    }
    if let dataRange, !(dataRange > 0 && dataRange.isFinite) {
      throw ValidationError("--data-range: expected a positive number, received \(dataRange).")
    }
    if let totalMinutes, !(totalMinutes > 0 && totalMinutes.isFinite) {
      throw ValidationError("--total-minutes: expected a positive number, received \(totalMinutes).")
    }
    _ = try pool.map(parsedPools)
    _ = try parsedPrimary()
    _ = try parsedMargin()
    if let rate = try parsedRates()?.first(where: { $0 <= 0 }) {
      throw ValidationError("--learning-rates: expected positive numbers, received \(rate).")
    }
    _ = try numbers(thresholds, "--thresholds", "0.5,2,5")
    for text in parsedContenders ?? [] {
      do {
        switch task {
        case .forecast: _ = try Contenders.forecaster(text)
        case .classify: _ = try Contenders.classifier(text)
        }
      } catch { throw ValidationError("--contenders: \(error)") }
    }
  }

  func run() async throws {
    global.apply()
    try await Interruption.handled(
      goingOn: "Stopped. What was finished is kept: go on with the same command and --resume."
    ) { try await reportingErrors { try await compare() } }
  }

  private func compare() async throws {
    if let explanation = training.precision?.explanation { show(explanation) }
    switch task {
    case .forecast: try await compareForecasters()
    case .classify: try await compareClassifiers()
    }
    show("report: \(URL(filePath: output).appending(path: "index.html").path)")
  }

  private func compareForecasters() async throws {
    // Clips become a sequence each.
    let events =
      try data.sequences(grouped: forecast.division.split == .group)
      ?? PreparedEvents(data.open().sources())
    let source = events.sources[0]
    var base = ForecastSettings()
    if quick {
      (base.inputFrames, base.forecastFrames, base.batchesPerEpoch) = (4, 6, 30)
      base.training.epochs = 8
    }
    var asked = forecast
    if quick { asked.tileSize = forecast.tileSize ?? 32 }
    let (settings, chosen) = try asked.settings(over: base, for: source, training: training)
    show("data: \(chosen)")
    var options = ForecastComparisonOptions()
    options.adapt(to: source.unit)
    options.comparison = try comparison(
      over: options.comparison, parameters: quick ? 60_000 : options.comparison.parameters)
    options.thresholds =
      try numbers(thresholds, "--thresholds", "0.5,2,5")?.map { Float($0) } ?? options.thresholds
    options.primary = try parsedPrimary() ?? options.primary
    options.dataRange = dataRange
    options.pools = try pool.map(parsedPools) ?? []
    options.conventions = conventions ?? options.conventions
    _ = try await ForecastComparison(
      options: options, settings: settings, events: events, name: data.name,
      run: run(ForecastArguments.options(settings)), wiener: data.generated()?.wiener,
      progress: TerminalComparison()
    ).run()
  }

  private func compareClassifiers() async throws {
    guard case .clips(let clips) = try data.open() else {
      throw ValidationError(
        "DATA: expected clips with classes (a tree class-name/clip, --labels, or an .npz archive with an array "
          + "labels), received sequences.")
    }
    let foreign = forecast.structural + (forecast.loss == nil ? [] : ["--loss"])
    guard foreign.isEmpty else {
      throw ValidationError(
        "\(foreign.joined(separator: ", ")): expected for forecasters, received --task classify. Leave them out."
      )
    }
    var settings = try self.clips.settings(training, unit: clips.unit)
    if quick { (settings.epochs, settings.patience) = (training.epochs ?? 8, training.patience ?? 6) }
    let standard = ComparisonSettings.classification
    _ = try await ClassificationComparison(
      options: try comparison(over: standard, parameters: standard.parameters), settings: settings,
      clips: clips, name: data.name, run: run([]), progress: TerminalComparison()
    ).run()
  }

  /// Where the run goes, and what trains the recommended contender the same way.
  private func run(_ chosen: [(name: String, value: String)]) throws -> RunDescription {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let taken = Set(chosen.map(\.name))
    let given = try CommandDescription.shared.options(
      of: ConfigurationFile.expanded(arguments), knownTo: "train"
    ).filter { !taken.contains($0.name) && $0.name != "parameters" }
    let asked = Set(
      CommandDescription.shared.options(of: try ConfigurationFile.expanded(arguments), knownTo: "train").map(
        \.name))
    func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
    let paths = data.data.map { GeneratedData.isName($0) ? $0 : absolute($0) }
    let files: Set = ["labels", "cache", "extra"]
    return RunDescription(
      command: (["squall"] + arguments.map(quoted)).joined(separator: " "), output: URL(filePath: output),
      resumes: resume,
      taskOptions: [.init("data", paths), .init("task", [task.rawValue])]
        + given.map { .init($0.name, files.contains($0.name) ? $0.values.map(absolute) : $0.values) }
        + chosen.map { .init($0.name, [$0.value], isChosen: !asked.contains($0.name)) })
  }

  private func comparison(
    over defaults: ComparisonSettings, parameters: Int
  ) throws -> ComparisonSettings {
    var settings = defaults
    settings.contenders = parsedContenders ?? settings.contenders
    settings.parameters = training.parameters ?? parameters
    settings.budget = budget ?? settings.budget
    settings.trials = trials
    settings.learningCurve = learningCurve
    let usual = trials.map { $0 > 0 ? training.learningRate.map { [$0] } ?? [] : [] }
    settings.learningRates =
      try parsedRates() ?? usual
      ?? (training.learningRate != nil || quick ? [] : settings.learningRates)
    settings.seed = training.seed ?? settings.seed
    settings.seedCount = seeds ?? (thorough ? 5 : quick ? 1 : settings.seedCount)
    settings.totalSeconds = totalMinutes.map { $0 * 60 }
    settings.margin = try parsedMargin()
    settings.keepsSeeds = keepSeeds
    settings.measures = measure
    settings.isQuick = quick
    return settings
  }

  private var parsedContenders: [String]? {
    contenders?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private func parsedPrimary() throws -> ForecastPrimary? {
    switch primary {
    case nil: return nil
    case "csi": return .csi(threshold: nil)
    case "mse": return .meanSquaredError
    case "mae": return .meanAbsoluteError
    case let text? where text.hasPrefix("csi@"):
      if let threshold = Float(text.dropFirst(4)), threshold.isFinite { return .csi(threshold: threshold) }
      fallthrough
    default:
      throw ValidationError(
        "--primary: expected csi, csi@THRESHOLD (such as csi@2), mse or mae, received \(primary ?? "").")
    }
  }

  private func parsedMargin() throws -> PracticalMargin? {
    guard let margin else { return nil }
    let isShare = margin.hasSuffix("%")
    guard let number = Double(isShare ? String(margin.dropLast()) : margin), number >= 0, number.isFinite
    else {
      throw ValidationError(
        "--margin: expected a number of at least 0 such as 0.01, or a share such as 2%, received \(margin).")
    }
    return isShare ? .share(number / 100) : .absolute(number)
  }

  private func parsedRates() throws -> [Double]? {
    try numbers(learningRates, "--learning-rates", "0.0005,0.001")
  }

  private func numbers(_ text: String?, _ name: String, _ example: String) throws -> [Double]? {
    guard let text else { return nil }
    let values = text.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard !values.isEmpty, values.allSatisfy({ $0?.isFinite ?? false }) else {
      throw ValidationError("\(name): expected numbers such as \(example), received \(text).")
    }
    return values.compactMap { $0 }.sorted()
  }
}

/// An argument as a shell takes it.
private func quoted(_ argument: String) -> String {
  let plain = argument.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=,+@%".contains($0) }
  return plain && !argument.isEmpty ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
}

extension ErrorConvention: ExpressibleByArgument {}
extension Budget: ExpressibleByArgument {}
