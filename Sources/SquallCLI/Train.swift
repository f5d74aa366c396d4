import ArgumentParser
import Contenders
import Foundation
import Layers
import Readers
import Sampling
import Support
import Tasks
import Training

/// `squall train`: trains one model on the user's data.
struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train one model on your data: a forecaster of frames or a classifier of clips.",
    discussion: """
      The folder gets model.squall (the best model so far, for use), last.squall (from which training can go on) and
      history.csv. The model keeps what it must know of the data (normaliser, unit, grid, lengths, classes), so that
      the other commands need only the model and data.

      A forecaster learns on square tiles. Its data are split in order of time: training and validation, a gap, and a
      test part that training never sees and squall evaluate scores.

        squall train KNMI --contender convlstm2d --input-frames 6 --forecast-frames 12 --output nowcast
        squall train KNMI --contender conv2d-lstm --max-minutes 30 --output nowcast-2
        squall train generated:motion-clips --task classify --contender convlstm2d --output motion

      What a comparison recommends, with its settings and data, and as a final model on all of the data:

        squall train --like report-knmi --output nowcast
        squall train --like report-knmi --all-data --output nowcast-final

      A model that goes on to learn from other data, with some of its layers frozen:

        squall train other-radar --from nowcast --freeze 'encoder.*' --epochs 10 --output nowcast-3

      Ctrl-C saves the training; the same command with --resume goes on with the same bits:

        squall train KNMI --contender conv2d-lstm --max-minutes 60 --output nowcast-2 --resume
      """)

  @OptionGroup var data: DataArguments
  @Option(help: "What the model is to do; by default what the data allow.")
  var task: TaskKind?
  @Option(
    help: ArgumentHelp(
      "The architecture, with options as in convlstm2d:kernel=5 (convlstm2d). "
        + "Forecast: \(Contenders.forecasterNames.joined(separator: ", ")). "
        + "Classify: \(Contenders.classifierNames.joined(separator: ", "))."))
  var contender: String?
  @Option(
    help: "The size of the model: filters of a ConvLSTM, units of an LSTM. By default as --parameters asks.")
  var width: Int?
  @Option(
    help: ArgumentHelp(
      "A report of squall compare: train what it recommends, with its data and settings. Options given here win.",
      valueName: "report"), completion: .directory)
  var like: String?
  @Flag(help: "Train on all of the data, without a test part: for the final model.")
  var allData = false
  @Option(
    help: ArgumentHelp("A model to go on from, on these data.", valueName: "model"),
    completion: .file(extensions: ["squall"]))
  var from: String?
  @Option(
    help: ArgumentHelp(
      "Layers that are not trained, by a regular expression on their names; may be given more than once.",
      valueName: "pattern"))
  var freeze: [String] = []
  @Option(help: "The folder for the model; it is made if need be.")
  var output: String
  @Flag(help: "Go on where an earlier training in this folder stopped, if there is one.")
  var resume = false
  @OptionGroup var forecast: ForecastArguments
  @OptionGroup var clips: ClipArguments
  @OptionGroup var training: TrainingArguments
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
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if let width, width < 1 {
      throw ValidationError("--width: expected a number of at least 1, received \(width).")
    }
    guard checkpointMinutes > 0 else {
      throw ValidationError(
        "--checkpoint-minutes: expected a positive number, received \(checkpointMinutes).")
    }
    if allData, let fraction = forecast.division.trainFraction, fraction != 1 {
      throw ValidationError("--all-data: expected without --train-fraction, received \(fraction).")
    }
    if from != nil, contender != nil || width != nil || training.parameters != nil {
      throw ValidationError(
        "--from: expected without --contender, --width and --parameters, which the model decides.")
    }
    guard freeze.isEmpty || from != nil else {
      throw ValidationError("--freeze: expected with --from: a new model has nothing to keep.")
    }
    for pattern in freeze { _ = try Self.expression(pattern) }
  }

  func run() async throws {
    global.apply()
    try await Interruption.handled(goingOn: "Saved. Go on with the same command and --resume.") {
      try await reportingErrors { try await train() }
    }
  }

  private func train() async throws {
    let prepared = try prepare()
    var folder = CheckpointFolder(
      URL(filePath: output), notes: prepared.notes, everySeconds: checkpointMinutes * 60)
    let isBegun = FileManager.default.fileExists(atPath: folder.lastState.path)
    guard !isBegun || resume else {
      throw CleanError(
        description:
          "\(folder.url.path): expected a folder for a new training, received one that holds a training. "
          + "Go on with it by --resume, or name another folder with --output.")
    }
    show("\(prepared.displayName): \(prepared.parameterCount) parameters, \(prepared.summary)")
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
      progress: SeveralProgresses([TerminalProgress.ofCommand(), log] + (events.map { [$0] } ?? [])))
    folder.notes = try prepared.finalNotes(result.best)
    if folder.notes != prepared.notes { try folder.saveModel(result.best) }
    if let failure = log.failure { show("history.csv: \(failure)") }
    if let failure = events?.failure { show("TensorBoard: \(failure)") }
    if let best = result.history.best {
      show(
        "best epoch \(best.number): validation loss \(NumberText.significant(best.monitoredLoss, 4))"
          + (result.history.untrainedLoss.map { ", before training \(NumberText.significant($0, 4))" } ?? ""))
    } else if let loss = result.history.untrainedLoss {
      show(
        "no epoch improved on the model that training started from"
          + (from == nil ? ", whose forecast is its background alone" : "") + ": validation loss "
          + NumberText.significant(loss, 4))
    }
    if result.outcome.isLimit { show("The time is up; --resume goes on with more of it.") }
    show("model: \(folder.bestModel.path)")
  }

  private func announce(_ prediction: TrainingPrediction, _ dataBytes: Int) {
    func gigabytes(_ bytes: Int) -> String {
      NumberText.fixed(Double(bytes) / 1_073_741_824, 1) + " GiB"
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
    switch (try data.openFiles(), task) {
    case (.events(let events), nil), (.events(let events), .forecast):
      return try forecaster(data.prepared(events, grouped: forecast.division.split == .group))
    // Clips become a sequence each.
    case (.clips(let clips), .forecast):
      return try forecaster(PreparedEvents(OpenedData.clips(clips).sources()))
    case (.clips(let clips), nil), (.clips(let clips), .classify): return try classifier(clips)
    case (.events, .classify):
      throw ValidationError("--task classify: expected clips with classes, received sequences of frames.")
    }
  }

  private func forecaster(_ events: PreparedEvents) throws -> PreparedTraining {
    let stored = try from.map { try StoredModel(contentsOf: URL(filePath: $0)).forecaster() }
    var settings: ForecastSettings
    if let stored {
      guard let known = stored.notes.settings else {
        throw CleanError(
          description:
            "--from \(from ?? ""): expected a model that names its settings, received one of an earlier "
            + "version. Train it anew with squall train.")
      }
      _ = try stored.prepared(events)
      settings = try forecast.settings(goingOnFrom: known, training: training)
    } else {
      let chosen: String
      (settings, chosen) = try forecast.settings(
        over: ForecastSettings(), for: events.sources[0], training: training)
      show("data: \(chosen)")
    }
    if allData { settings.trainFraction = 1 }
    let task = try ForecastTask(events, settings: settings, goingOnFrom: stored?.notes)
    return try PreparedTraining(
      task, try source(stored.map { ($0.model, $0.notes.contender) }, standard: 300_000),
      seed: training.seed ?? 1, fixesPrecision: training.precision != nil)
  }

  private func classifier(_ clips: LabeledClips) throws -> PreparedTraining {
    guard forecast.structural.isEmpty, forecast.loss == nil, !allData else {
      throw ValidationError(
        "\((forecast.structural + (forecast.loss == nil ? [] : ["--loss"]) + (allData ? ["--all-data"] : [])).joined(separator: ", ")): "
          + "expected for forecasters, received clips with classes.")
    }
    let stored = try from.map { try StoredModel(contentsOf: URL(filePath: $0)).classifier() }
    try stored?.check(clips)
    guard stored == nil || self.clips.stages == nil && self.clips.head == nil else {
      throw ValidationError(
        "--stages, --head: expected to be left out with --from, which takes them from the model.")
    }
    if let stored, stored.notes.classes != clips.classNames {
      throw CleanError(
        description:
          "--from \(from ?? ""): expected clips of the classes \(stored.notes.classes.joined(separator: ", ")), "
          + "received \(clips.classNames.joined(separator: ", ")). Name the folders alike.")
    }
    let task = try ClassificationTask(
      clips, settings: try self.clips.settings(training, unit: clips.unit))
    return try PreparedTraining(
      task, try source(stored.map { ($0.model, $0.notes.contender) }, standard: 40_000),
      seed: training.seed ?? 1, fixesPrecision: training.precision != nil)
  }

  /// What is trained: a stored model, some of its layers frozen, or a new one.
  private func source<Candidate>(
    _ stored: (model: ModelGraph, contender: String?)?, standard: Int
  ) throws -> TrainedFrom<Candidate> {
    guard let stored else {
      let size = width.map(ModelSize.width) ?? .parameters(training.parameters ?? standard)
      return .contender(contender ?? ConvLSTM2DForecaster.name, size)
    }
    var model = stored.model
    for pattern in freeze {
      let expression = try Self.expression(pattern)
      let names = model.layers.map(\.name).filter { $0.wholeMatch(of: expression) != nil }
      guard !names.isEmpty else {
        throw ValidationError(
          "--freeze \(pattern): expected layers of this name among \(model.layers.map(\.name).joined(separator: ", ")); "
            + "found none.")
      }
      try model.freeze(names)
      show("frozen: \(names.joined(separator: ", "))")
    }
    return .model(model, name: URL(filePath: from ?? "").lastPathComponent, contender: stored.contender)
  }

  private static func expression(_ pattern: String) throws -> Regex<AnyRegexOutput> {
    do { return try Regex(pattern) } catch {
      throw ValidationError("--freeze \(pattern): expected a regular expression such as 'encoder.*'.")
    }
  }
}
