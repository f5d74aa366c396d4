import Architectures
import Foundation
import Layers
import Reports
import TensorCore
import Training

/// What is kept of one training: one family, one seed.
struct TrainingRecord: Codable, Hashable {
  /// The family, or the name of a baseline that is trained.
  var name: String
  var seed: UInt64
  var plan: TrainingPlan
  var initialLearningRate: Double
  var history: History
  var outcome: TrainingOutcome
  /// All resumptions together.
  var seconds: Double
}

/// Trains families, one seed after the other, each at its matched width, on the same batches.
struct FamilyTraining {
  let run: RunDescription
  let loss: Loss
  /// Epochs at most, by the name of what is trained.
  let epochs: [String: Int]
  let patience: Int
  var precision = Precision.float32
  /// What is kept with the models: normaliser, units, grid.
  let notes: [String: String]

  /// Where a training keeps its files.
  func folder(_ name: String, seed: UInt64) -> CheckpointFolder {
    CheckpointFolder(run.output.appending(path: "models/\(name)/seed-\(seed)"), notes: notes)
  }

  /// Trains a model and keeps the weights of its best epoch on validation. A run that goes on takes up the
  /// training where its folder says it stopped.
  ///
  /// - Throws: What data, training and files throw.
  func train(
    _ name: String, title: String, model: ModelGraph, seed: UInt64, learningRate: Double,
    maximumSeconds: Double?,
    on training: any BatchProvider, validation: any BatchProvider
  ) async throws -> (record: TrainingRecord, model: ModelGraph) {
    print("\n\(title), seed \(seed): \(model.parameterCount) parameters")
    let folder = folder(name, seed: seed)
    let plan = TrainingPlan(
      loss: loss, epochs: epochs[name] ?? 1,
      schedule: .reduceOnPlateau(.init(factor: 0.5, patience: max(3, patience / 2))),
      earlyStopping: EarlyStopping(patience: patience), seed: seed, maximumSeconds: maximumSeconds,
      precision: precision)
    var trainer = try trainer(for: model, plan: plan, learningRate: learningRate, folder: folder)
    let result = try await trainer.fit(
      on: training, validation: validation, saving: folder, progress: TerminalProgress())
    let record = TrainingRecord(
      name: name, seed: seed, plan: plan, initialLearningRate: learningRate,
      history: result.history, outcome: result.outcome, seconds: result.seconds)
    return (record, result.best)
  }

  private func trainer(
    for model: ModelGraph, plan: TrainingPlan, learningRate: Double, folder: CheckpointFolder
  ) throws -> Trainer<ModelGraph> {
    if run.resumes, FileManager.default.fileExists(atPath: folder.lastState.path) {
      let checkpoint = try Checkpoint(contentsOf: folder.lastState)
      var trainer = try Trainer(
        resuming: checkpoint, into: checkpoint.model(), forward: AutoregressiveDecoding.output)
      trainer.plan = plan
      print("going on after \(trainer.state.history.epochs.count) epochs")
      return trainer
    }
    let optimizer = try Optimizer(Adam(learningRate: learningRate), clipping: .globalNorm(1))
    return Trainer(model, optimizer: optimizer, plan: plan, forward: AutoregressiveDecoding.output)
  }

  // MARK: Results that are finished

  /// What `finish` kept of a training under the same plan; nil without, so that it is done (again).
  func finished<Scores: Codable>(_ name: String, seed: UInt64, as type: Scores.Type) -> Finished<Scores>? {
    guard run.resumes,
      let data = try? Data(contentsOf: folder(name, seed: seed).url.appending(path: "finished.json")),
      let finished = try? JSONDecoder().decode(Finished<Scores>.self, from: data)
    else { return nil }
    let plan = finished.record.plan
    let isSame =
      plan.loss == loss && plan.epochs == epochs[name] && plan.earlyStopping?.patience == patience
      && plan.precision == precision
    return isSame ? finished : nil
  }

  /// Keeps what a training and its scores gave, so that a run that is started again need not repeat them.
  func finish<Scores: Codable>(_ finished: Finished<Scores>) throws {
    let folder = folder(finished.record.name, seed: finished.record.seed)
    try run.store(JSONEncoder().encode(finished), at: folder.url.appending(path: "finished.json"))
  }

  /// Copies the model with the lowest validation loss of all seeds to `models/NAME/model.squall`: the one to use.
  func publishBest(of name: String, _ records: [TrainingRecord]) throws -> URL? {
    let ranked = records.filter { $0.history.best != nil }.min {
      $0.history.best!.monitoredLoss < $1.history.best!.monitoredLoss
    }
    guard let ranked else { return nil }
    let source = folder(name, seed: ranked.seed).bestModel
    let target = run.output.appending(path: "models/\(name)/model.squall")
    try run.store(Data(contentsOf: source), at: target)
    return target
  }
}

extension Precision {
  /// For the report and the plan of a run.
  var setting: Setting {
    Setting(
      "Precision of training",
      self == .float32
        ? rawValue
        : "bfloat16: operands of products rounded to 8 bits, activations kept in 16; parameters, sums and scores "
          + "in float32")
  }
}

/// A training and its scores on the test part.
struct Finished<Scores: Codable>: Codable {
  var record: TrainingRecord
  var scores: Scores
}
