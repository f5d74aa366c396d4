import ArgumentParser
import Contenders
import Readers
import Sampling
import Tasks
import Training

/// What a forecaster sees, forecasts and minimises: the same options in every command that trains one.
struct ForecastArguments: ParsableArguments {
  @Option(help: "Frames that a forecaster sees (6).")
  var inputFrames: Int?
  @Option(help: "Frames that it forecasts (12).")
  var forecastFrames: Int?
  @Option(help: "Side of the square tiles in pixels, after averaging (64, or what fits).")
  var tileSize: Int?
  @Option(
    help: "Pixels averaged into one along each axis (radar to about 2 km, other large frames 2, else 1).")
  var downsampling: Int?
  @Option(help: "Batches of an epoch (20).")
  var batchesPerEpoch: Int?
  @Option(
    help: ArgumentHelp(
      "The loss of a forecaster: one by Keras’ name such as mse or mae; balanced-rain, which rains more often; facl, which "
        + "compares Fourier amplitudes and spectra and keeps forecasts sharp; or a weighted sum such as mse+0.1*facl (mse)."
    ))
  var loss: String?
  @Option(
    help: ArgumentHelp(
      "How much each lead time counts in the loss: equal, or skill, by the inverse of what persistence errs there "
        + "(equal)."))
  var leadWeights: LeadWeighting?
  @Option(
    help: ArgumentHelp(
      "What forecasters start from: last-frame, extrapolation, s-prog, or automatic, the better of these two nowcasts on "
        + "training and validation (automatic for rain in mm/h, last-frame for the rest)."))
  var background: BackgroundChoice?
  @Option(
    help: ArgumentHelp(
      "Where forecasters see the observed frames: eulerian, where they were measured, or lagrangian, moved along the "
        + "motion to the time of the last one (lagrangian with a nowcast as the background)."))
  var coordinates: ForecastCoordinates?
  @Option(
    help: ArgumentHelp(
      "What becomes of the forecast amounts: none, or matching, which gives them the distribution of the background "
        + "(matching with a nowcast as the background)."))
  var calibration: ForecastCalibration?
  @Flag(
    inversion: .prefixedNo, help: "Whether forecasters learn the difference to their background (--residual)."
  )
  var residual: Bool?
  @Flag(help: "One more input channel that tells valid pixels from missing ones.")
  var maskChannel = false
  @OptionGroup var division: SplitArguments
  @OptionGroup var decoding: DecodingArguments

  func validate() throws {
    for (name, value) in counts {
      if let value, value < 1 {
        throw ValidationError("--\(name): expected a number of at least 1, received \(value).")
      }
    }
    _ = try parsedLoss()
  }

  private var counts: [(String, Int?)] {
    [
      ("input-frames", inputFrames), ("forecast-frames", forecastFrames), ("tile-size", tileSize),
      ("downsampling", downsampling), ("batches-per-epoch", batchesPerEpoch),
    ]
  }

  /// The names of options given here that decide what goes into a model and comes out: a stored model has its own.
  var structural: [String] {
    counts.dropLast().compactMap { $1 == nil ? nil : "--\($0)" } + (background == nil ? [] : ["--background"])
      + (coordinates == nil ? [] : ["--coordinates"]) + (calibration == nil ? [] : ["--calibration"])
      + (residual == nil ? [] : ["--residual"]) + (maskChannel ? ["--mask-channel"] : [])
      + (decoding.decoding == nil ? [] : ["--decoding"])
  }

  private func parsedLoss() throws -> ForecastLoss? {
    do { return try loss.map(ForecastLoss.init(named:)) } catch { throw ValidationError("--loss: \(error)") }
  }

  /// The settings over those of `base`; what neither says follows from the data.
  ///
  /// - Returns: The settings, and what was chosen from the data in a line.
  func settings(
    over base: ForecastSettings, for source: any FrameSource, training: TrainingArguments
  ) throws -> (settings: ForecastSettings, chosen: String) {
    var settings = base
    settings.inputFrames = inputFrames ?? settings.inputFrames
    settings.forecastFrames = forecastFrames ?? settings.forecastFrames
    settings.batchesPerEpoch = batchesPerEpoch ?? settings.batchesPerEpoch
    division.apply(to: &settings)
    settings.leadWeighting = leadWeights ?? settings.leadWeighting
    settings.isResidual = residual ?? settings.isResidual
    settings.masksInput = maskChannel
    settings.decoding = decoding.decoding ?? settings.decoding
    settings.training = training.applied(to: settings.training)
    settings.sampling = decoding.schedule(steps: settings.training.epochs * settings.batchesPerEpoch)
    let wishes = ForecastWishes(
      downsampling: downsampling, tileSize: tileSize, loss: try parsedLoss(), background: background,
      coordinates: coordinates, calibration: calibration, augments: training.augment)
    let chosen = settings.adapt(to: source, wishes)
    return (settings, chosen)
  }

  /// The settings of a stored model with other data, split and training.
  func settings(
    goingOnFrom stored: ForecastSettings, training: TrainingArguments
  ) throws -> ForecastSettings {
    guard structural.isEmpty else {
      throw ValidationError(
        "\(structural.joined(separator: ", ")): expected to be left out with --from, which takes them from the model."
      )
    }
    var settings = stored
    // A model for good was trained without a test; what goes on from it has one unless asked.
    settings.trainFraction = nil
    settings.batchesPerEpoch = batchesPerEpoch ?? settings.batchesPerEpoch
    division.apply(to: &settings)
    settings.leadWeighting = leadWeights ?? settings.leadWeighting
    settings.augments = training.augment ?? settings.augments
    settings.training = training.applied(to: settings.training)
    settings.loss = try parsedLoss() ?? settings.loss
    return settings
  }

  /// What the options describe and the data decided, as options: for whoever trains the same way.
  static func options(_ settings: ForecastSettings) -> [(name: String, value: String)] {
    [
      ("tile-size", "\(settings.tileSize)"), ("downsampling", "\(settings.downsampling)"),
      ("background", BackgroundChoice(settings).rawValue), ("coordinates", settings.coordinates.rawValue),
      ("calibration", settings.calibration.rawValue),
      ("loss", settings.loss.name), ("input-frames", "\(settings.inputFrames)"),
      ("forecast-frames", "\(settings.forecastFrames)"),
      ("batches-per-epoch", "\(settings.batchesPerEpoch)"),
      ("sampling-steps", settings.sampling.decay == .none ? "" : "\(settings.sampling.steps)"),
    ].filter { !$0.1.isEmpty }
  }
}

/// How sequences are divided into training, validation and test.
struct SplitArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the split keeps together: time (parts follow each other), event, or group (the events of each DATA path); "
        + "by default events where there are two or more (forecast)."))
  var split: SplitRule?
  @Option(help: "Frames between the parts, at least the forecast length (forecast).")
  var splitGap: Int?
  @Option(
    help:
      "Share for training and validation (0.48 of the time, 0.8 of the events); 1 leaves no test (forecast).")
  var trainFraction: Double?
  @Option(
    help: ArgumentHelp(
      "Where validation takes its samples from: tiles that training never sees, the end of its time, or automatic: tiles "
        + "where the frame has room for four (forecast)."))
  var validateOn: ValidationRule?

  func validate() throws {
    if let splitGap, splitGap < 1 {
      throw ValidationError("--split-gap: expected a number of at least 1, received \(splitGap).")
    }
    if let trainFraction, !(trainFraction > 0 && trainFraction <= 1) {
      throw ValidationError(
        "--train-fraction: expected a share above 0 and up to 1, received \(trainFraction).")
    }
  }

  func apply(to settings: inout ForecastSettings) {
    settings.splitRule = split ?? settings.splitRule
    settings.splitGap = splitGap ?? settings.splitGap
    settings.trainFraction = trainFraction ?? settings.trainFraction
    settings.validation = validateOn ?? settings.validation
  }
}

extension SplitRule: ExpressibleByArgument {}
extension ValidationRule: ExpressibleByArgument {}
extension LeadWeighting: ExpressibleByArgument {}
extension BackgroundChoice: ExpressibleByArgument {}
extension ForecastCoordinates: ExpressibleByArgument {}
extension ForecastCalibration: ExpressibleByArgument {}
