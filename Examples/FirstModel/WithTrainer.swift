import Foundation
import Squall

typealias Clips = (clips: Tensor, classes: Tensor)

/// The same model by the training loop: batches in shuffled order, early stopping, files in `folder`.
func fit(
  _ model: ModelGraph, on training: Clips, validation: Clips, folder: CheckpointFolder
) async throws -> TrainingResult<ModelGraph> {
  let plan = TrainingPlan(
    loss: .sparseCategoricalCrossentropy(), epochs: 20, earlyStopping: EarlyStopping(patience: 4))
  let optimizer = try Optimizer(Adam(learningRate: 0.01), clipping: .globalNorm(1))
  var trainer = Trainer(model, optimizer: optimizer, plan: plan)
  return try await trainer.fit(
    on: batches(training, shuffledBySeed: 1), validation: batches(validation), saving: folder,
    progress: TerminalProgress())
}

/// Goes on to a later epoch from the files that `fit` left, as after an interruption, and loads the best model.
func resume(
  in folder: CheckpointFolder, epochs: Int, on training: Clips, validation: Clips
) async throws -> ModelGraph {
  var trainer = try Trainer(resuming: Checkpoint(contentsOf: folder.lastState))
  trainer.plan.epochs = epochs
  _ = try await trainer.fit(
    on: batches(training, shuffledBySeed: 1), validation: batches(validation), saving: folder)
  return try loadModel(from: folder.bestModel)
}

func batches(_ clips: Clips, shuffledBySeed seed: UInt64? = nil) throws -> TensorBatches {
  try TensorBatches(TrainingBatch(clips.clips, clips.classes), batchSize: 16, shuffledBySeed: seed)
}
