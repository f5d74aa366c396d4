import Architectures
import Foundation
import Reports
import SequenceData
import TensorCore
import Training

/// `squall compare … --task forecast`: trains both families on the same tiles at equal numbers of parameters, scores
/// them and Eulerian persistence on the same test tiles and mask, and writes the report.
public struct ForecastComparison: Sendable {
  public let options: ForecastOptions
  public let source: any FrameSource
  /// What the data are called in the report.
  public let name: String
  public let run: RunDescription

  public init(options: ForecastOptions, source: any FrameSource, name: String, run: RunDescription) {
    self.options = options
    self.source = source
    self.name = name
    self.run = run
  }

  /// Runs the comparison and writes `index.html` and `results.json`; the models are in `models` beside them.
  ///
  /// - Throws: `DataError` for data that do not suffice, `WidthMatchError` if no equal sizes exist, `TrainingError`,
  ///   `CheckpointError`, `ReportError`; `CancellationError` when cancelled.
  public func run() async throws -> ComparisonReport {
    let data = try ForecastData(source, options: options)
    let architecture = ForecastArchitecture(
      inputFrames: options.inputFrames, forecastFrames: options.forecastFrames, height: options.tileSize,
      width: options.tileSize, patchSize: options.patchSize, kernelSize: options.kernelSize)
    let matched = try WidthMatcher.match(architecture, parameters: options.parameters)
    Self.announce(matched)

    let training = FamilyTraining(
      run: run, loss: options.loss, epochs: options.epochs, patience: options.patience,
      learningRate: Double(options.learningRate), maximumSeconds: options.maximumSeconds, seed: options.seed,
      notes: try notes(data))
    var trained: [TrainedFamily] = []
    for match in matched {
      let model = try architecture.model(
        match.family, width: match.width, initialization: .seed(options.seed))
      trained.append(
        try await training.train(
          match, model: model, summary: architecture.summary(match.family, width: match.width),
          on: ForecastBatches(source: data.training), validation: ForecastBatches(source: data.validation)))
    }

    print("\nscoring \(data.test.samples.count) test samples")
    let builder = data.test.builder
    let persistence = EulerianPersistence(forecastFrames: options.forecastFrames)
    let forecasters: [any Forecaster] = trained.map { ModelForecaster(model: $0.model, builder: builder) }
    let scores = try ForecastScoring(data: data, options: options).scores(of: forecasters + [persistence])
    let named = zip(trained.map(\.family.displayName), forecasters).map { ($0, $1) }
    let pictures = try ForecastPictures(data: data, options: options).panels(
      named + [(ForecastReport.persistenceName, persistence)])

    let report = ForecastReport(
      name: name, options: options, data: data, trained: trained, scores: Array(scores.prefix(trained.count)),
      persistence: scores[trained.count], pictures: pictures
    ).report(provenance: run.provenance)
    try report.write(to: run.output)
    print("\n\(report.verdict.recommendation)\n\(report.verdict.reason)")
    return report
  }

  static func announce(_ matched: [MatchedModel]) {
    for model in matched {
      let operations = (Double(model.operations) / 1e6).formatted(.number.precision(.fractionLength(1)))
      print(
        "\(model.family.displayName): width \(model.width), \(model.parameters) parameters, "
          + "\(operations) M floating-point operations a sample")
    }
  }

  /// What is stored with the models, so that they can be used on other data of the kind.
  private func notes(_ data: ForecastData) throws -> [String: String] {
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
    var notes = [
      "normalizer": try json(data.normalizer), "unit": data.source.unit.rawValue,
      "input_frames": "\(options.inputFrames)", "forecast_frames": "\(options.forecastFrames)",
      "downsampling": "\(options.downsampling)",
    ]
    if let step = data.source.nominalStep { notes["step_minutes"] = "\(step)" }
    if let grid = data.source.grid { notes["grid"] = try json(grid) }
    return notes
  }
}

/// Batches of the data as training takes them.
struct ForecastBatches<Source: BatchSource>: BatchProvider {
  let source: Source

  var batchesPerEpoch: Int { source.batchesPerEpoch }

  func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try source.batch(epoch: epoch, index: index)
    return TrainingBatch(batch.input, batch.target, mask: batch.targetMask)
  }
}
