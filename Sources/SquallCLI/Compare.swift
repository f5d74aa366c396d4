import Contenders
import ArgumentParser
import Comparison
import Foundation
import Readers
import Reports
import Sampling
import TensorCore

/// `squall compare`: trains both families on the user's data and writes the report.
struct Compare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train Conv2D + LSTM and ConvLSTM2D on your data and report which to use.",
    discussion: """
      DATA is whatever squall inspect reads (radar, videos, pictures, arrays), or one of the built-in generators:
        generated:advected-cells   rain-like cells that drift, grow and decay (forecast)
        generated:motion-clips     short clips whose class is the direction of motion (classify)
      and those that `squall generate --help` lists, with options as in generated:NAME:key=value,key=value.

      The report is index.html, with the numbers in results.json beside it.

      Examples:
        squall compare KNMI --task forecast --input-frames 6 --forecast-frames 12 --output report-knmi
        squall compare generated:advected-cells --task forecast --quick --output report-demo
        squall compare generated:motion-clips --task classify --output report-motion
      """)

  enum Task: String, ExpressibleByArgument, CaseIterable { case forecast, classify }

  @OptionGroup var data: DataArguments
  @OptionGroup var division: SplitArguments

  @Option(help: "What the models shall do: \(Task.allCases.map(\.rawValue).joined(separator: " or ")).")
  var task: Task

  @Option(help: "The folder for the report; it is made if need be.")
  var output: String

  @Flag(help: "A small setting that answers in a few minutes.")
  var quick = false

  @Option(help: "Frames that the models see.")
  var inputFrames: Int?
  @Option(help: "Frames that they forecast.")
  var forecastFrames: Int?
  @Option(help: "Side of the square tiles, in pixels after averaging.")
  var tileSize: Int?
  @Option(help: "Pixels averaged into one along each axis.")
  var downsampling: Int?
  @Option(
    help: "Parameters of each family, matched within 3%; of ConvLSTM2D where the budget is another one.")
  var parameters: Int?
  @Option(
    help: ArgumentHelp(
      "What is equal for both families: \(Budget.allCases.map(\.rawValue).joined(separator: ", "))."))
  var budget: Budget?
  @Option(help: "Epochs at most.")
  var epochs: Int?
  @Option(help: "Batches of an epoch (forecast).")
  var batchesPerEpoch: Int?
  @Option(help: "Samples of a batch.")
  var batchSize: Int?
  @Option(help: "Learning rate of Adam for both; without it one is chosen for each family on validation.")
  var learningRate: Float?
  @Option(help: "The learning rates to choose from, comma-separated.")
  var learningRates: String?
  @Flag(inversion: .prefixedNo, help: "Whether to measure the trained models, aspect by aspect.")
  var measure = true
  @Option(
    help: ArgumentHelp(
      "What forecasters make small in training: "
        + LossChoice.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var loss: LossChoice?
  @Option(
    help: ArgumentHelp(
      "How much each lead time counts in that: equal, or skill: by the inverse of what persistence errs there (equal)."
    ))
  var leadWeights: LeadWeighting?
  @Flag(help: "Let both families read frames that were carried along the observed motion (forecast).")
  var advected = false
  @Flag(inversion: .prefixedNo, help: "Whether forecasters learn the difference to the last frame.")
  var residual: Bool?
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Whether samples are changed by chance: tiles mirrored and turned, clips of pictures varied in brightness "
        + "(see --symmetries)."))
  var augment: Bool?
  @OptionGroup var clips: ClipArguments
  @Option(
    help: ArgumentHelp(
      "In which numbers to train: \(Precision.names). bfloat16 keeps most activations in 16 bits; models are kept "
        + "and scored in float32."))
  var precision: Precision = .float32
  @Option(help: "Epochs without a better validation loss before a family stops.")
  var patience: Int?
  @Option(help: "Minutes of each training (one family, one seed) at most.")
  var maximumMinutes: Double?
  @Option(help: "Minutes of the whole run, about: trainings share them, and no seed begins after them.")
  var totalMinutes: Double?
  @Option(help: "The first seed of weights, tiles and order of the samples; the others follow it.")
  var seed: UInt64?
  @Option(help: "How many seeds; 3 by default, 5 with --thorough, 1 with --quick.")
  var seeds: Int?
  @Flag(help: "Five seeds.")
  var thorough = false
  @Option(
    help: ArgumentHelp(
      "The score that decides, named before training: csi (at the lowest threshold), csi@2, mse or mae (forecast)."
    ))
  var primary: String?
  @OptionGroup var decoding: DecodingArguments
  @Option(
    help: ArgumentHelp(
      "How classifiers make a vector of maps: "
        + ClassificationHead.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var head: ClassificationHead?
  @Option(help: "Stages of convolution (or ConvLSTM) and pooling in classifiers; by the size of the frames.")
  var stages: Int?
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
  @Flag(help: "Go on where an earlier run into the same folder stopped.")
  var resume = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    let counts: [(String, Int?)] = [
      ("--input-frames", inputFrames), ("--forecast-frames", forecastFrames), ("--tile-size", tileSize),
      ("--downsampling", downsampling), ("--parameters", parameters), ("--epochs", epochs),
      ("--batches-per-epoch", batchesPerEpoch), ("--batch-size", batchSize), ("--patience", patience),
      ("--seeds", seeds), ("--stages", stages),
    ]
    for (name, value) in counts {
      if let value, value < 1 {
        throw ValidationError("\(name): expected a number of at least 1, received \(value).")
      }
    }
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate: expected a positive number, received \(learningRate).")
    }
    if let dataRange, !(dataRange > 0 && dataRange.isFinite) {
      throw ValidationError("--data-range: expected a positive number, received \(dataRange).")
    }
    for (name, minutes) in [("--maximum-minutes", maximumMinutes), ("--total-minutes", totalMinutes)] {
      if let minutes, !(minutes > 0 && minutes.isFinite) {
        throw ValidationError("\(name): expected a positive number, received \(minutes).")
      }
    }
    _ = try parsedPrimary()
    if let rate = try parsedRates()?.first(where: { $0 <= 0 }) {
      throw ValidationError("--learning-rates: expected positive numbers, received \(rate).")
    }
    _ = try parsedThresholds()
  }

  func run() async throws {
    global.apply()
    try await Interruption.handled(
      goingOn: "Stopped. What was finished is kept: go on with the same command and --resume."
    ) { try await compare() }
  }

  private func compare() async throws {
    if let explanation = precision.explanation { show(explanation) }
    let run = RunDescription(
      command: (["squall"] + CommandLine.arguments.dropFirst().map(quoted)).joined(separator: " "),
      output: URL(filePath: output), resumes: resume)
    do {
      switch task {
      case .forecast:
        let events = try sequences()
        _ = try await ForecastComparison(
          options: forecastOptions(for: events.sources[0]), events: events, name: data.name, run: run,
          wiener: data.generated(seed: seed ?? 1)?.wiener
        )
        .run()
      case .classify:
        let (clips, name) = try labeledClips()
        _ = try await ClassificationComparison(
          options: try classificationOptions(for: clips), clips: clips, name: name, run: run
        ).run()
      }
    } catch let error as CancellationError {
      throw error
    } catch {
      throw CleanError(description: "\(error)")
    }
    print("report: \(URL(filePath: output).appending(path: "index.html").path)")
  }

  /// Sequences; clips become one each.
  private func sequences() throws -> PreparedEvents {
    try data.sequences(seed: seed ?? 1, grouped: division.split == .group)
      ?? PreparedEvents(data.open(seed: seed ?? 1).sources())
  }

  private func labeledClips() throws -> (LabeledClips, String) {
    guard case .clips(let clips) = try data.open(seed: seed ?? 1) else {
      throw ValidationError(
        "DATA: expected clips with classes (a tree class-name/clip, --labels, or an .npz archive with an array "
          + "labels), received sequences.")
    }
    return (clips, data.name)
  }

  private func forecastOptions(for source: any FrameSource) throws -> ForecastOptions {
    var options = quick ? ForecastOptions.quick : ForecastOptions()
    if source.unit != .millimetresPerHour {
      // Thresholds and weights of rain mean nothing here.
      options.thresholds = [0.5]
      options.primary = .meanSquaredError
      options.loss = .meanSquaredError
    }
    if data.isGenerated { options.downsampling = 1 }
    options.inputFrames = inputFrames ?? options.inputFrames
    options.forecastFrames = forecastFrames ?? options.forecastFrames
    options.tileSize = tileSize ?? options.tileSize
    options.downsampling = downsampling ?? options.downsampling
    (options.splitRule, options.splitGap) = (division.split, division.splitGap)
    options.trainFraction = division.trainFraction
    options.parameters = parameters ?? options.parameters
    options.epochs = epochs ?? options.epochs
    options.batchesPerEpoch = batchesPerEpoch ?? options.batchesPerEpoch
    options.batchSize = batchSize ?? options.batchSize
    options.learningRate = learningRate ?? (learningRates == nil ? options.learningRate : nil)
    options.learningRates = try parsedRates() ?? options.learningRates
    options.budget = budget ?? options.budget
    options.measures = measure
    options.dataRange = dataRange
    options.conventions = conventions ?? options.conventions
    options.patience = patience ?? options.patience
    options.primary = try parsedPrimary() ?? options.primary
    options.precision = precision
    options.decoding = decoding.decoding ?? options.decoding
    options.sampling = decoding.schedule(steps: options.epochs * options.batchesPerEpoch)
    options.loss = loss ?? options.loss
    options.leadWeighting = leadWeights ?? options.leadWeighting
    if advected { options.background = .advected }
    options.isResidual = residual ?? options.isResidual
    options.augments = augment ?? options.augments
    options.maximumSeconds = maximumMinutes.map { $0 * 60 }
    options.totalSeconds = totalMinutes.map { $0 * 60 }
    options.seed = seed ?? options.seed
    options.seedCount = seeds ?? (thorough ? 5 : options.seedCount)
    options.thresholds = try parsedThresholds() ?? options.thresholds
    return options
  }

  private func classificationOptions(for data: LabeledClips) throws -> ClassificationOptions {
    var options = quick ? ClassificationOptions.quick : ClassificationOptions()
    options.precision = precision
    options.head = head ?? options.head
    options.changes = try clips.options(augments: augment ?? false, unit: data.unit)
    options.stages = stages ?? options.stages
    options.parameters = parameters ?? options.parameters
    options.epochs = epochs ?? options.epochs
    options.batchSize = batchSize ?? options.batchSize
    options.learningRate = learningRate ?? (learningRates == nil ? options.learningRate : nil)
    options.learningRates = try parsedRates() ?? options.learningRates
    options.budget = budget ?? options.budget
    options.measures = measure
    options.patience = patience ?? options.patience
    options.maximumSeconds = maximumMinutes.map { $0 * 60 }
    options.totalSeconds = totalMinutes.map { $0 * 60 }
    options.seed = seed ?? options.seed
    options.seedCount = seeds ?? (thorough ? 5 : options.seedCount)
    return options
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

  private func parsedThresholds() throws -> [Float]? { try numbers(thresholds, "--thresholds", "0.5,2,5") }

  private func parsedRates() throws -> [Float]? {
    try numbers(learningRates, "--learning-rates", "0.0005,0.001")
  }

  private func numbers(_ text: String?, _ name: String, _ example: String) throws -> [Float]? {
    guard let text else { return nil }
    let values = text.split(separator: ",").map { Float($0.trimmingCharacters(in: .whitespaces)) }
    guard !values.isEmpty, values.allSatisfy({ $0?.isFinite ?? false }) else {
      throw ValidationError("\(name): expected numbers such as \(example), received \(text).")
    }
    return values.compactMap { $0 }.sorted()
  }
}

/// An error whose description is shown as it is.
struct CleanError: Error, CustomStringConvertible {
  let description: String
}

/// An argument as a shell takes it.
private func quoted(_ argument: String) -> String {
  let plain = argument.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=,+@%".contains($0) }
  return plain && !argument.isEmpty ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
}

extension LossChoice: ExpressibleByArgument {}
extension LeadWeighting: ExpressibleByArgument {}
extension ErrorConvention: ExpressibleByArgument {}
extension Budget: ExpressibleByArgument {}
extension ClassificationHead: ExpressibleByArgument {}
