import Contenders
import Foundation
import Layers
import Sampling
import TensorCore
import Training

/// A training that is ready to start: model, data, plan, and what will be stored with the model.
public struct PreparedTraining: Sendable {
  public let model: ModelGraph
  /// The contender's name in reports, or that of the model it goes on from.
  public let displayName: String
  /// The model in a line.
  public let summary: String
  public let training: any BatchProvider
  public let validation: any BatchProvider
  public let plan: TrainingPlan
  public let learningRate: Double
  public let notes: [String: String]
  /// The notes of the trained model, with what was measured of it.
  public let finalNotes: @Sendable (ModelGraph) throws -> [String: String]
  /// Bytes of the data that training keeps in memory, at most.
  public let dataBytes: Int
  /// What was done to the data and what it left out, a line each.
  public let remarks: [String]
  /// Whether the precision was asked for; otherwise a training that goes on keeps its own.
  private let fixesPrecision: Bool

  /// Prepares the training of a forecaster.
  ///
  /// - Parameters:
  ///   - task: Data and settings.
  ///   - source: What is trained.
  ///   - seed: What weights, tiles and the order of samples depend on.
  ///   - fixesPrecision: Whether a training that goes on must have the same precision.
  /// - Throws: `ContenderError` or `ShapeError` if no model fits the settings.
  public init(
    _ task: ForecastTask, _ source: TrainedFrom<any ForecastContender>, seed: UInt64,
    fixesPrecision: Bool = false
  ) throws {
    let start = try Start(
      source, task.signature, find: Contenders.forecaster, displayName: { $0.displayName },
      summary: { task.signature.summary($0, width: $1) }, model: { try task.model($0, width: $1, seed: seed) }
    )
    let frames = task.sequences.source
    let notes = try task.notes(contender: start.contender, width: start.width)
    self.init(
      start, training: try task.training(seed: seed, for: start.model), validation: try task.validation(),
      plan: task.settings.training.plan(
        loss: task.loss, seed: seed, startIsCandidate: task.settings.isResidual),
      learningRate: task.settings.training.learningRate,
      notes: notes, finalNotes: { try task.adding(skillOf: $0, to: notes) },
      dataBytes: min(frames.capacity, frames.count) * frames.shape.count * 5 + task.fieldBytes,
      remarks: task.sequences.remarks.map { "\($0.name): \($0.text)" }, fixesPrecision: fixesPrecision)
  }

  /// Prepares the training of a classifier; clips of one group stay together in training, validation or test.
  ///
  /// - Parameters:
  ///   - task: Clips and settings.
  ///   - source: What is trained.
  ///   - seed: What weights and the order of samples depend on.
  ///   - fixesPrecision: Whether a training that goes on must have the same precision.
  /// - Throws: `ContenderError` or `ShapeError` if no model fits the settings.
  public init(
    _ task: ClassificationTask, _ source: TrainedFrom<any ClassificationContender>, seed: UInt64,
    fixesPrecision: Bool = false
  ) throws {
    let start = try Start(
      source, task.signature, find: Contenders.classifier, displayName: { $0.displayName },
      summary: { task.signature.summary($0, width: $1) }, model: { try task.model($0, width: $1, seed: seed) }
    )
    let notes = try task.notes(contender: start.contender, width: start.width)
    // The clips are in memory already.
    self.init(
      start, training: try task.training(seed: seed), validation: try task.validation(),
      plan: task.training.plan(loss: task.loss, seed: seed), learningRate: task.training.learningRate,
      notes: notes, finalNotes: { _ in notes }, dataBytes: 0,
      remarks: task.settings.changes.isPlain ? [] : ["Clips: \(task.settings.changes.summary)"],
      fixesPrecision: fixesPrecision)
  }

  /// What differs between the notes of two trainings, apart from how long they may be.
  private static func difference(_ before: [String: String], _ now: [String: String]) -> String? {
    let names = [
      "normalizer", "split", "extra_channels", "contender", "width", "seen_before", "classes", "clip_count",
    ]
    if before["settings"] != nil, let name = names.first(where: { before[$0] != now[$0] }) {
      return name.replacing("_", with: " ")
    }
    func open<Settings: Decodable>(_ notes: [String: String], _ type: Settings.Type) -> Settings? {
      notes["settings"].flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
    }
    if var old = open(before, ForecastSettings.self), let new = open(now, ForecastSettings.self) {
      old.training.epochs = new.training.epochs
      old.training.patience = new.training.patience
      old.training.precision = new.training.precision
      old.training.maximumSeconds = new.training.maximumSeconds
      old.sampling.steps = new.sampling.steps
      return old == new ? nil : "choice of settings"
    }
    if var old = open(before, ClassificationSettings.self), let new = open(now, ClassificationSettings.self) {
      (old.epochs, old.patience, old.precision, old.maximumSeconds) = (
        new.epochs, new.patience, new.precision, new.maximumSeconds
      )
      return old == new ? nil : "choice of settings"
    }
    return nil
  }

  private init(
    _ start: Start, training: any BatchProvider, validation: any BatchProvider, plan: TrainingPlan,
    learningRate: Double, notes: [String: String],
    finalNotes: @escaping @Sendable (ModelGraph) throws -> [String: String], dataBytes: Int,
    remarks: [String], fixesPrecision: Bool
  ) {
    (model, displayName, summary) = (start.model, start.displayName, start.summary)
    self.training = training
    self.validation = validation
    self.plan = plan
    self.learningRate = learningRate
    self.notes = notes
    self.finalNotes = finalNotes
    self.dataBytes = dataBytes
    self.remarks = remarks
    self.fixesPrecision = fixesPrecision
  }

  /// The model that a training starts from, and what is known of it.
  private struct Start {
    let model: ModelGraph
    let displayName: String
    let summary: String
    let contender: String?
    let width: Int?

    init<Signature: MatchableSignature>(
      _ source: TrainedFrom<Signature.Candidate>, _ signature: Signature,
      find: (String) throws -> Signature.Candidate, displayName: (Signature.Candidate) -> String,
      summary: (Signature.Candidate, Int) -> String, model: (Signature.Candidate, Int) throws -> ModelGraph
    ) throws {
      switch source {
      case .contender(let text, let size):
        let contender = try find(text)
        let width = try size.width(of: contender, signature)
        self.model = try model(contender, width)
        self.displayName = displayName(contender)
        self.summary = summary(contender, width)
        (self.contender, self.width) = (text, width)
      case .model(let model, let name, let contender):
        self.model = model
        self.displayName = name
        self.summary = "goes on from stored weights"
        (self.contender, width) = (contender, nil)
      }
    }
  }

  /// How many parameters are trained.
  public var parameterCount: Int { model.parameterCount }

  /// The trainer, from the start or where a folder says that an earlier run stopped.
  ///
  /// - Throws: `CheckpointError` and `SafeTensorsError` for a state that cannot be read; `ForecastingError` if it
  ///   belongs to another model or was begun in another precision.
  public func trainer(resuming folder: CheckpointFolder?) throws -> Trainer<ModelGraph> {
    guard let folder else {
      return Trainer(
        model, optimizer: try TrainingSettings.optimizer(learningRate: learningRate), plan: plan,
        forward: AutoregressiveDecoding.output)
    }
    let checkpoint = try Checkpoint(contentsOf: folder.lastState)
    var trainer = try Trainer(
      resuming: checkpoint, into: checkpoint.model(), forward: AutoregressiveDecoding.output)
    let (before, now) = (trainer.model, model)
    guard before.inputs == now.inputs, before.layers.map(\.name) == now.layers.map(\.name),
      before.parameters.map(\.parameter.value.shape) == now.parameters.map(\.parameter.value.shape)
    else {
      throw ForecastingError(
        .otherData, in: folder.lastState.path,
        expected: "the state of a training of \(now.name) with \(now.parameterCount) parameters",
        received: "one of \(before.name) with \(before.parameterCount)",
        remedy: "Go on with the options of the first run, or train into another folder.")
    }
    if let difference = Self.difference(checkpoint.notes, notes) {
      throw ForecastingError(
        .otherData, in: folder.lastState.path,
        expected: "the data and settings with which the training began", received: "another \(difference)",
        remedy: "Go on with the options of the first run, or train into another folder.")
    }
    // Other numbers than those of its first steps would make it another training.
    let begun = trainer.plan.precision
    guard !fixesPrecision || plan.precision == begun else {
      throw ForecastingError(
        .otherData, in: folder.lastState.path,
        expected: "--precision \(begun.rawValue), with which the training began",
        received: plan.precision.rawValue,
        remedy: "Leave the option out to go on, or train into another folder.")
    }
    trainer.plan = plan
    trainer.plan.precision = begun
    return trainer
  }
}

/// Where a training starts.
public enum TrainedFrom<Candidate: Sendable>: Sendable {
  /// A contender as options name it, with new weights.
  case contender(String, ModelSize)
  /// A stored model whose training goes on, on these data; its name, and the contender it was built as, where known.
  case model(ModelGraph, name: String, contender: String?)
}

/// How large a new model is.
public enum ModelSize: Hashable, Sendable {
  /// What the contender calls its width.
  case width(Int)
  /// As near to this number of parameters as the width allows.
  case parameters(Int)

  func width<Signature: MatchableSignature>(
    of contender: Signature.Candidate, _ signature: Signature
  ) throws -> Int {
    switch self {
    case .width(let width): width
    case .parameters(let count): try BudgetMatcher.width(of: contender, signature, parameters: count)
    }
  }
}
