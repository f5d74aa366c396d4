import Contenders
import Foundation
import Layers
import Reports
import Training

/// One contender with all its trainings, as a report says it.
struct ContenderResult {
  let name: String
  let key: String
  let size: MatchedSize
  let summary: String
  let model: ModelGraph
  /// The training whose model is published.
  let best: TrainingRecord
  let records: [TrainingRecord]
  /// Measured before training.
  let secondsPerStep: Double
  let setting: ChosenSetting

  /// Whether the untrained model, a forecast already, was the best of every training.
  var neverImproved: Bool {
    !records.isEmpty && records.allSatisfy { $0.history.best == nil && $0.history.untrainedLoss != nil }
  }

  var wasStoppedByTime: Bool { records.contains { $0.outcome == .timeLimit } }

  /// The report's part on the contender; `scores` are those of the primary score, seed by seed.
  func modelResult(scores: [Double?]) -> ModelResult {
    ModelResult(
      name: name, summary: summary, parameters: size.parameters, flopsPerSample: size.operations,
      layers: layers,
      trainings: records.enumerated().map { index, record in
        Reports.TrainingResult(
          seed: Int(clamping: record.seed), seconds: record.seconds, bestEpoch: record.history.best?.number,
          learningCurve: record.history.epochs.map {
            EpochLoss(
              epoch: $0.number, trainingLoss: $0.trainingLoss, validationLoss: $0.validationLoss)
          }, primaryScore: index < scores.count ? scores[index] : nil,
          learningRate: record.initialLearningRate)
      }, secondsPerStep: secondsPerStep)
  }

  private var layers: [LayerDescription] {
    model.nodes.compactMap { node in
      guard let layer = model[layer: node.layer], let output = node.outputShapes.first else { return nil }
      let inputs = node.inputs.map { model.shape(of: $0) }
      return LayerDescription(
        name: node.layer, outputShape: "\(output)", parameters: layer.parameterCount,
        flops: ((try? layer.operations(for: inputs)) ?? nil) ?? 0)
    }
  }
}
