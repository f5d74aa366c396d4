import Contenders
import Foundation
import Layers
import Reports
import Tasks
import TensorCore
import Training

/// What is kept of one training: one contender, one seed.
struct TrainingRecord: Codable, Hashable {
  /// The contender's key, or that of a baseline that is trained.
  var name: String
  var seed: UInt64
  var plan: TrainingPlan
  var initialLearningRate: Double
  var history: History
  var outcome: TrainingOutcome
  /// All resumptions together.
  var seconds: Double
}

/// A training and its scores on the test part.
struct Finished<Scores: Codable>: Codable {
  var record: TrainingRecord
  var scores: Scores
}

/// Trains contenders, one seed after the other, on the same batches, and keeps their files.
struct ContenderTraining {
  let run: RunDescription
  let loss: Loss
  let settings: TrainingSettings
  /// Whether the untrained model is a forecast already, which training must beat.
  var startIsCandidate = false
  let progress: any ComparisonProgress

  /// Where a training keeps its files.
  func folder(_ name: String, seed: UInt64, notes: [String: String] = [:]) -> CheckpointFolder {
    CheckpointFolder(run.output.appending(path: "models/\(name)/seed-\(seed)"), notes: notes)
  }

  /// The plan of a training with a limit of its own on epochs and time.
  func plan(epochs: Int, seed: UInt64, maximumSeconds: Double? = nil) -> TrainingPlan {
    var settings = settings
    (settings.epochs, settings.maximumSeconds) = (epochs, maximumSeconds)
    return settings.plan(loss: loss, seed: seed, startIsCandidate: startIsCandidate)
  }

  /// Trains a model and keeps the weights of its best epoch on validation. A run that goes on takes up the
  /// training where its folder says it stopped.
  ///
  /// - Throws: What data, training and files throw.
  func train(
    _ name: String, title: String, model: ModelGraph, plan: TrainingPlan, learningRate: Double,
    notes: [String: String], on training: any BatchProvider, validation: any BatchProvider,
    finalNotes: ([String: String], ModelGraph) throws -> [String: String] = { notes, _ in notes }
  ) async throws -> (record: TrainingRecord, model: ModelGraph) {
    progress.note("\n\(title), seed \(plan.seed): \(model.parameterCount) parameters")
    var folder = folder(name, seed: plan.seed, notes: notes)
    var trainer = try trainer(
      for: model, plan: plan, learningRate: learningRate, folder: folder, goesOn: run.resumes)
    let result = try await trainer.fit(
      on: training, validation: validation, saving: folder, progress: progress.training)
    folder.notes = try finalNotes(notes, result.best)
    if folder.notes != notes { try folder.saveModel(result.best) }
    let record = TrainingRecord(
      name: name, seed: plan.seed, plan: plan, initialLearningRate: learningRate, history: result.history,
      outcome: result.outcome, seconds: result.seconds)
    return (record, result.best)
  }

  /// A trainer from the start, or from where the folder says that it stopped.
  ///
  /// - Throws: What reading the state throws.
  func trainer(
    for model: ModelGraph, plan: TrainingPlan, learningRate: Double, folder: CheckpointFolder, goesOn: Bool
  ) throws -> Trainer<ModelGraph> {
    if goesOn, FileManager.default.fileExists(atPath: folder.lastState.path) {
      let checkpoint = try Checkpoint(contentsOf: folder.lastState)
      var trainer = try Trainer(
        resuming: checkpoint, into: checkpoint.model(), forward: AutoregressiveDecoding.output)
      trainer.plan = plan
      progress.note("going on after \(trainer.state.history.epochs.count) epochs")
      return trainer
    }
    return Trainer(
      model, optimizer: try TrainingSettings.optimizer(learningRate: learningRate), plan: plan,
      forward: AutoregressiveDecoding.output)
  }

  // MARK: Results that are finished

  /// What `finish` kept of a training under the same plan; nil without, so that it is done (again).
  func finished<Scores: Codable>(
    _ name: String, plan: TrainingPlan, as type: Scores.Type
  ) -> Finished<Scores>? {
    guard run.resumes,
      let data = try? Data(contentsOf: folder(name, seed: plan.seed).url.appending(path: "finished.json")),
      let finished = try? JSONDecoder().decode(Finished<Scores>.self, from: data)
    else { return nil }
    var before = finished.record.plan
    before.maximumSeconds = plan.maximumSeconds
    return before == plan ? finished : nil
  }

  /// Keeps what a training and its scores gave, so that a run that is started again need not repeat them.
  func finish<Scores: Codable>(_ finished: Finished<Scores>) throws {
    let folder = folder(finished.record.name, seed: finished.record.seed)
    try run.store(JSONEncoder().encode(finished), at: folder.url.appending(path: "finished.json"))
  }

  /// Copies the model with the lowest validation loss of all seeds to `models/NAME/model.squall`: the one to use.
  ///
  /// - Parameter keepsSeeds: Whether the models of all seeds go to `models/NAME/members`, as an ensemble.
  /// - Returns: The record of that model and where it is; `nil` where no epoch was finished.
  func publishBest(
    of name: String, _ records: [TrainingRecord], keepsSeeds: Bool
  ) throws -> (record: TrainingRecord, url: URL)? {
    let trained = records.filter { $0.history.bestLoss != nil }
    // Members of an earlier run into the same folder are none of this one's.
    let members = run.output.appending(path: "models/\(name)/members")
    try? FileManager.default.removeItem(at: members)
    if keepsSeeds {
      for record in trained {
        let target = members.appending(path: "seed-\(record.seed).squall")
        try run.store(Data(contentsOf: folder(name, seed: record.seed).bestModel), at: target)
      }
    }
    let ranked = trained.min { a, b in
      (a.history.bestLoss ?? .infinity) < (b.history.bestLoss ?? .infinity)
    }
    guard let ranked else { return nil }
    let target = run.output.appending(path: "models/\(name)/model.squall")
    try run.store(Data(contentsOf: folder(name, seed: ranked.seed).bestModel), at: target)
    return (ranked, target)
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
