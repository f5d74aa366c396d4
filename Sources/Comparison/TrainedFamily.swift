import Architectures
import Foundation
import Layers
import Reports
import TensorCore
import Training

/// The training's own result; the report has a type of the same name.
typealias FinishedTraining = Training.TrainingResult<ModelGraph>

/// One family after its training, with what the report says of it.
struct TrainedFamily {
  let family: Family
  let matched: MatchedModel
  let model: ModelGraph
  let loss: String
  let result: ModelResult
  let stoppedByTimeCap: Bool
}

/// Trains one family after the other, each at its matched width, on the same batches.
struct FamilyTraining {
  let run: RunDescription
  let loss: Loss
  let epochs: Int
  let patience: Int
  let learningRate: Double
  let maximumSeconds: Double?
  let seed: UInt64
  /// What is kept with the model: normaliser, units, grid.
  let notes: [String: String]

  /// Trains a model and keeps the weights of its best epoch on validation. A run that goes on takes up the
  /// training where its folder says it stopped.
  ///
  /// - Throws: What data, training and files throw.
  func train(
    _ matched: MatchedModel, model: ModelGraph, summary: String, on training: any BatchProvider,
    validation: any BatchProvider
  ) async throws -> TrainedFamily {
    print("\n\(matched.family.displayName): \(matched.parameters) parameters, \(summary)")
    let folder = CheckpointFolder(
      run.output.appending(path: "models/\(matched.family.rawValue)"), notes: notes)
    var trainer = try trainer(for: model, folder: folder)
    let result = try await trainer.fit(
      on: training, validation: validation, saving: folder, progress: TerminalProgress())
    return TrainedFamily(
      family: matched.family, matched: matched, model: result.best, loss: loss.name,
      result: modelResult(matched, summary, result), stoppedByTimeCap: result.outcome == .timeLimit)
  }

  private func trainer(for model: ModelGraph, folder: CheckpointFolder) throws -> Trainer<ModelGraph> {
    let plan = TrainingPlan(
      loss: loss, epochs: epochs,
      schedule: .reduceOnPlateau(.init(factor: 0.5, patience: max(3, patience / 2))),
      earlyStopping: EarlyStopping(patience: patience), seed: seed, maximumSeconds: maximumSeconds)
    if run.resumes, FileManager.default.fileExists(atPath: folder.lastState.path) {
      var trainer = try Trainer(resuming: Checkpoint(contentsOf: folder.lastState))
      trainer.plan = plan
      print("going on after \(trainer.state.history.epochs.count) epochs")
      return trainer
    }
    let optimizer = try Optimizer(Adam(learningRate: learningRate), clipping: .globalNorm(1))
    return Trainer(model, optimizer: optimizer, plan: plan)
  }

  private func modelResult(
    _ matched: MatchedModel, _ summary: String, _ result: FinishedTraining
  ) -> ModelResult {
    ModelResult(
      name: matched.family.displayName, summary: summary, parameters: matched.parameters,
      flopsPerSample: matched.operations, layers: Self.layers(of: result.best),
      trainings: [
        Reports.TrainingResult(
          seed: Int(clamping: seed), seconds: result.seconds, bestEpoch: result.history.best?.number,
          learningCurve: result.history.epochs.map {
            EpochLoss(
              epoch: $0.number, trainingLoss: $0.trainingLoss, validationLoss: $0.validationLoss)
          })
      ])
  }

  private static func layers(of model: ModelGraph) -> [LayerDescription] {
    model.nodes.compactMap { node in
      guard let layer = model[layer: node.layer], let output = node.outputShapes.first else { return nil }
      let inputs = node.inputs.map { model.shape(of: $0) }
      return LayerDescription(
        name: node.layer, outputShape: "\(output)", parameters: layer.parameterCount,
        flops: ((try? layer.operations(for: inputs)) ?? nil) ?? 0)
    }
  }
}
