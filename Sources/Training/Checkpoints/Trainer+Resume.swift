import Autodiff
import Layers

extension Trainer {
  /// A training that goes on where a checkpoint was saved, with its plan, its optimizer and its random numbers.
  ///
  /// - Parameters:
  ///   - checkpoint: One that was saved in the course of a training.
  ///   - model: A model with the same parameters; its values do not matter.
  ///   - forward: Its forward pass.
  /// - Throws: `CheckpointError` if the checkpoint has no training state or belongs to another model.
  public init(resuming checkpoint: Checkpoint, into model: Model, forward: @escaping Forward) throws {
    guard let training = checkpoint.training else {
      throw CheckpointError(
        .noTrainingState, expected: "a checkpoint saved for going on with training",
        received: "a model alone",
        remedy: "Resume from last.squall; model.squall is for use.")
    }
    var current = model
    try checkpoint.load(into: &current)
    self.init(current, optimizer: training.optimizer, plan: training.plan, forward: forward)
    state = training.state
    best = try training.best.map { values in
      var best = current
      try CheckpointFormat.load(values, into: &best)
      return best
    }
  }
}

extension Trainer where Model == ModelGraph {
  /// A training that goes on where a checkpoint was saved.
  ///
  /// ```swift
  /// var trainer = try Trainer(resuming: Checkpoint(contentsOf: folder.lastState))
  /// let result = try await trainer.fit(on: training, validation: validation, saving: folder)
  /// ```
  /// - Throws: `CheckpointError` if the checkpoint has no training state.
  public init(resuming checkpoint: Checkpoint) throws {
    try self.init(resuming: checkpoint, into: checkpoint.model(), forward: Self.firstOutput)
  }
}
