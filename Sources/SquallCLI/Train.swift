import Contenders
import ArgumentParser
import Tasks
import Foundation
import Readers
import Training

/// `squall train`: trains one model of either family on the user's data.
struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train one model on your data: a forecaster of frames or a classifier of clips.",
    discussion: """
      The folder gets model.squall (the best model so far, for use), last.squall (from which training can go on) and
      history.csv. The model keeps what it must know of the data (normaliser, unit, grid, lengths, classes), so that
      the other commands need only the model and data.

      A forecaster learns on square tiles. Its data are split in order of time: training and validation, a gap, and a
      test part that training never sees and squall evaluate scores.

        squall train KNMI --family integrated --input-frames 6 --forecast-frames 12 --output nowcast
        squall train KNMI --family sequential --max-minutes 30 --output nowcast-2
        squall train generated:motion-clips --task classify --family integrated --output motion

      Ctrl-C saves the training; the same command with --resume goes on with the same bits:

        squall train KNMI --family sequential --max-minutes 60 --output nowcast-2 --resume
      """)

  enum Task: String, ExpressibleByArgument, CaseIterable { case forecast, classify }

  @OptionGroup var data: DataArguments
  @Option(help: "What the model shall do; by default what the data allow.")
  var task: Task?
  @Option(
    help: "The architecture: integrated (ConvLSTM2D) or sequential (Conv2D + LSTM).")
  var family: Family = .integrated
  @Option(help: "The folder for the model; it is made if need be.")
  var output: String
  @Flag(help: "Go on where an earlier training in this folder stopped, if there is one.")
  var resume = false

  @Option(help: "Parameters of the model, nearly (300000; 40000 for classifiers).")
  var parameters: Int?
  @Option(help: "Forecast: frames that the model sees.")
  var inputFrames: Int = 6
  @Option(help: "Forecast: frames that it forecasts.")
  var forecastFrames: Int = 12
  @Option(help: "Forecast: side of the square tiles in pixels after averaging (64, or what fits).")
  var tileSize: Int?
  @Option(help: "Forecast: pixels averaged into one along each axis (2 for large frames, else 1).")
  var downsampling: Int?
  @OptionGroup var division: SplitArguments
  @Flag(
    help: ArgumentHelp(
      "Change samples by chance: tiles are mirrored and turned, clips of pictures vary in brightness (see "
        + "--symmetries)."))
  var augment = false
  @OptionGroup var clips: ClipArguments
  @Option(help: "Forecast: batches of an epoch.")
  var batchesPerEpoch: Int = 40
  @Option(
    help: ArgumentHelp("A folder for TensorBoard's event files.", valueName: "folder"), completion: .directory
  )
  var tensorboard: String?
  @Option(help: "Minutes between savings in the middle of an epoch.")
  var checkpointMinutes: Double = 5
  @Flag(
    inversion: .prefixedNo,
    help: "Try a step first: predict memory and time, and refuse what cannot fit.")
  var predict = true
  @OptionGroup var decoding: DecodingArguments
  @OptionGroup var training: TrainingArguments
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    let counts: [(String, Int?)] = [
      ("--parameters", parameters), ("--input-frames", inputFrames), ("--forecast-frames", forecastFrames),
      ("--tile-size", tileSize), ("--downsampling", downsampling), ("--batches-per-epoch", batchesPerEpoch),
    ]
    for (name, value) in counts {
      if let value, value < 1 {
        throw ValidationError("\(name): expected a number of at least 1, received \(value).")
      }
    }
    guard checkpointMinutes > 0 else {
      throw ValidationError(
        "--checkpoint-minutes: expected a positive number, received \(checkpointMinutes).")
    }
  }

  func run() async throws {
    global.apply()
    try await Interruption.handled(goingOn: "Saved. Go on with the same command and --resume.") {
      try await reportingErrors { try await train() }
    }
  }

  private func train() async throws {
    let prepared = try prepare()
    let folder = CheckpointFolder(
      URL(filePath: output), notes: prepared.notes, everySeconds: checkpointMinutes * 60)
    let isBegun = FileManager.default.fileExists(atPath: folder.lastState.path)
    guard !isBegun || resume else {
      throw CleanError(
        description:
          "\(folder.url.path): expected a folder for a new training, received one that holds a training. "
          + "Go on with it by --resume, or name another folder.")
    }
    show("\(prepared.family.displayName): \(prepared.parameterCount) parameters, \(prepared.summary)")
    for remark in prepared.remarks { show(remark) }
    var trainer = try prepared.trainer(resuming: isBegun ? folder : nil)
    if let explanation = trainer.plan.precision.explanation { show(explanation) }
    if isBegun {
      let state = trainer.state
      show("going on after \(state.history.epochs.count) epochs, \(state.step) steps")
    }
    if predict && !isBegun {
      try announce(
        trainer.prediction(on: prepared.training, validation: prepared.validation), prepared.dataBytes)
    }
    let log = CSVLog(folder.url.appending(path: "history.csv"))
    let events = tensorboard.map { TensorBoardLog(URL(filePath: $0)) }
    let result = try await trainer.fit(
      on: prepared.training, validation: prepared.validation, saving: folder,
      progress: SeveralProgresses([TerminalProgress(), log] + (events.map { [$0] } ?? [])))
    if let failure = log.failure { show("history.csv: \(failure)") }
    if let failure = events?.failure { show("TensorBoard: \(failure)") }
    if let best = result.history.best {
      show(
        "best epoch \(best.number): validation loss \(best.monitoredLoss.formatted(.number.precision(.significantDigits(4))))"
      )
    }
    if result.outcome.isLimit { show("The time is up; --resume goes on with more of it.") }
    show("model: \(folder.bestModel.path)")
  }

  private func announce(_ prediction: TrainingPrediction, _ dataBytes: Int) {
    func gigabytes(_ bytes: Int) -> String {
      (Double(bytes) / 1_073_741_824).formatted(.number.precision(.fractionLength(1))) + " GiB"
    }
    var seconds = prediction.seconds
    if let maxMinutes = training.maxMinutes { seconds = min(seconds, maxMinutes * 60) }
    let time =
      seconds < 90
      ? "\(Int(seconds.rounded(.up))) seconds" : "\(Int((seconds / 60).rounded(.up))) minutes"
    var line = "at most \(time), about \(gigabytes(prediction.peakBytes + dataBytes)) of memory"
    if let free = AvailableMemory.bytes { line += " (\(gigabytes(free)) free)" }
    show(line)
  }

  private func prepare() throws -> PreparedTraining {
    switch (try data.openFiles(seed: 1, skipped: SkipLog()), task) {
    case (.events(let events), nil), (.events(let events), .forecast):
      return try PreparedTraining(
        forecaster: forecastOptions(events[0].shape),
        on: data.prepared(events, grouped: division.split == .group))
    case (.clips(let clips), nil), (.clips(let clips), .classify):
      var options = TrainingRunOptions(loss: .sparseCategoricalCrossentropy())
      let batchSize = training.batchSize ?? 16
      // Three fifths of the clips are for training.
      let usual = TrainingPlan.usualLength(batchesPerEpoch: (clips.count * 3 / 5 + batchSize - 1) / batchSize)
      (options.epochs, options.learningRate, options.patience) = (usual.epochs, 2e-3, usual.patience)
      try training.applied(to: &options)
      return try PreparedTraining(
        classifier: options, family: family, clips: clips, parameters: parameters ?? 40_000,
        batchSize: batchSize, changes: self.clips.options(augments: augment, unit: clips.unit))
    case (.events, .classify):
      throw ValidationError("--task classify: expected clips with classes, received sequences of frames.")
    case (.clips, .forecast):
      throw ValidationError("--task forecast: expected sequences of frames, received clips with classes.")
    }
  }

  private func forecastOptions(_ shape: FrameShape) throws -> ForecastTrainingOptions {
    var options = ForecastTrainingOptions()
    options.family = family
    options.inputFrames = inputFrames
    options.forecastFrames = forecastFrames
    let side = min(shape.height, shape.width)
    options.downsampling = downsampling ?? (side >= 512 ? 2 : 1)
    options.tileSize = tileSize ?? min(64, max(8, side / options.downsampling / 8 * 8))
    options.parameters = parameters ?? options.parameters
    (options.splitRule, options.splitGap) = (division.split, division.splitGap)
    options.trainFraction = division.trainFraction
    options.batchesPerEpoch = batchesPerEpoch
    options.batchSize = training.batchSize ?? options.batchSize
    options.augments = augment
    try training.applied(to: &options.run)
    options.decoding = decoding.decoding ?? options.decoding
    options.sampling = decoding.schedule(steps: options.run.epochs * options.batchesPerEpoch)
    return options
  }
}

extension Family: ExpressibleByArgument {}
