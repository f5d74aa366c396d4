import Autodiff
import Foundation
import Layers
import TensorCore

/// A trained model as a file, `model.squall`: weights, structure, the caller's notes (normaliser, units, grid, …)
/// and, if it was saved in the course of training, everything that is needed to go on.
///
/// The file is a safetensors container. Parameters stand under their paths (`encoder/kernel`), which any
/// safetensors reader can read; what only Squall needs is under names that begin with `squall.`.
public struct Checkpoint: Sendable {
  /// The structure of the model as JSON; `nil` if the model was no `ModelGraph`.
  public let configuration: String?
  /// All parameters by their paths.
  public let parameters: [String: Tensor]
  /// The paths of parameters that are not trained.
  public let frozen: Set<String>
  /// What the caller wanted to keep with the model.
  public var notes: [String: String]
  /// Where training stands.
  public let training: TrainingRecord?

  /// Everything but the model itself that a training consists of.
  public struct TrainingRecord: Sendable {
    public let plan: TrainingPlan
    public let optimizer: Optimizer
    public let state: TrainingState
    /// The parameters of the best model so far by their paths.
    public let best: [String: Tensor]?
  }

  init(
    configuration: String?, parameters: [String: Tensor], frozen: Set<String>, notes: [String: String],
    training: TrainingRecord?
  ) {
    self.configuration = configuration
    self.parameters = parameters
    self.frozen = frozen
    self.notes = notes
    self.training = training
  }

  /// A checkpoint of a model alone.
  ///
  /// - Parameters:
  ///   - model: The model; a `ModelGraph` is described as well, of others only the parameters are kept.
  ///   - notes: Free text by name; names must not begin with `squall.`.
  /// - Throws: `CheckpointError` for a reserved name.
  public init(_ model: some Parameterized, notes: [String: String] = [:]) throws {
    try self.init(model, notes: notes, training: nil)
  }

  /// A checkpoint from which the training can go on.
  ///
  /// - Throws: `CheckpointError` for a reserved name.
  public init<Model>(_ trainer: Trainer<Model>, notes: [String: String] = [:]) throws {
    let record = TrainingRecord(
      plan: trainer.plan, optimizer: trainer.optimizer, state: trainer.state,
      best: trainer.best.map { Dictionary($0.parameters.map { ($0.name, $0.parameter.value) }) { $1 } })
    try self.init(trainer.model, notes: notes, training: record)
  }

  private init(_ model: some Parameterized, notes: [String: String], training: TrainingRecord?) throws {
    var parameters: [String: Tensor] = [:]
    var frozen: Set<String> = []
    for (name, parameter) in model.parameters {
      guard parameters.updateValue(parameter.value.detached, forKey: name) == nil else {
        throw CheckpointError(
          .reservedName, expected: "every parameter under a name of its own", received: "\(name) twice",
          remedy: "Give the layers different names.")
      }
      if !parameter.isTrainable { frozen.insert(name) }
    }
    for name in parameters.keys.sorted() + notes.keys.sorted() where name.hasPrefix(CheckpointFormat.reserved)
    {
      throw CheckpointError(
        .reservedName, expected: "names that do not begin with \(CheckpointFormat.reserved)", received: name,
        remedy: "Choose another name.")
    }
    self.init(
      configuration: try (model as? ModelGraph).map(CheckpointFormat.json), parameters: parameters,
      frozen: frozen, notes: notes, training: training)
  }

  /// The model, with its weights.
  ///
  /// - Throws: `CheckpointError` if the file has no description of one that this version can read, or the
  ///   weights are not those of the model described.
  public func model() throws -> ModelGraph {
    guard let configuration else {
      throw CheckpointError(
        .noModel, expected: "the description of a model", received: "parameters alone",
        remedy: "The model was a type of your own: make one and load the checkpoint into it.")
    }
    var model = try CheckpointFormat.decoded(
      ModelGraph.self, from: configuration, "the description of a model")
    try load(into: &model)
    return model
  }

  /// Gives a model the parameters of this checkpoint.
  ///
  /// - Throws: `CheckpointError` if they are not exactly those of the model, which is unchanged then.
  public func load(into model: inout some Parameterized) throws {
    try CheckpointFormat.load(parameters, into: &model)
    model.visitParameters { name, parameter in parameter.isTrainable = !frozen.contains(name) }
  }
}

/// The model of a checkpoint file, with its weights, ready for use.
///
/// - Throws: `SafeTensorsError` if the file cannot be read, is truncated or is something else; `CheckpointError` if
///   it is no checkpoint, is damaged or comes from a later version.
public func loadModel(from url: URL) throws -> ModelGraph {
  try Checkpoint(contentsOf: url).model()
}
