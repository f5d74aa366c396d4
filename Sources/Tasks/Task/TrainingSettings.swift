import TensorCore
import Training

/// How long and how fast a model is trained, whatever its task.
public struct TrainingSettings: Codable, Hashable, Sendable {
  /// Epochs at most.
  public var epochs: Int
  /// Samples of a step.
  public var batchSize: Int
  /// Adam's learning rate at the start; it is halved when the validation loss stands still.
  public var learningRate: Double
  /// Training stops after this many epochs without a better validation loss.
  public var patience: Int
  /// The precision of training steps; parameters and scores are float32 in either case.
  public var precision = Precision.float32
  /// Training stops after this many seconds, with the best weights so far.
  public var maximumSeconds: Double?

  public init(epochs: Int, batchSize: Int, learningRate: Double, patience: Int) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.patience = patience
  }

  /// The plan of a training with these settings.
  ///
  /// - Parameters:
  ///   - loss: What is minimised.
  ///   - seed: What random choices depend on.
  ///   - startIsCandidate: Whether the untrained model may be the best one.
  public func plan(loss: Loss, seed: UInt64, startIsCandidate: Bool = false) -> TrainingPlan {
    TrainingPlan(
      loss: loss, epochs: epochs,
      schedule: .reduceOnPlateau(.init(factor: 0.5, patience: max(3, patience / 2))),
      earlyStopping: EarlyStopping(patience: patience), seed: seed, maximumSeconds: maximumSeconds,
      precision: precision, startIsCandidate: startIsCandidate)
  }

  /// Adam with gradients clipped at norm 1.
  ///
  /// - Throws: `OptimizerError` for a rate that is not positive.
  public static func optimizer(learningRate: Double) throws -> Optimizer {
    try Optimizer(Adam(learningRate: learningRate), clipping: .globalNorm(1))
  }
}
