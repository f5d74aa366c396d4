/// Is told how training goes. Calls come from the training itself: whatever they do takes its time.
public protocol TrainingProgress: Sendable {
  func trainingBegan(_ plan: TrainingPlan)
  /// The validation loss before the first step, where the untrained model is a candidate for the best one.
  func untrainedJudged(_ loss: Double)
  func stepEnded(_ report: StepReport)
  /// An epoch is over; `isBest` says that no epoch before had a lower monitored loss.
  func epochEnded(_ epoch: History.Epoch, isBest: Bool)
  func trainingEnded(_ outcome: TrainingOutcome)
}

extension TrainingProgress {
  public func trainingBegan(_ plan: TrainingPlan) {}
  public func untrainedJudged(_ loss: Double) {}
  public func stepEnded(_ report: StepReport) {}
  public func epochEnded(_ epoch: History.Epoch, isBest: Bool) {}
  public func trainingEnded(_ outcome: TrainingOutcome) {}
}

/// How far training is after a step. All numbers count from 1.
public struct StepReport: Equatable, Sendable {
  public let epoch: Int
  /// How many there are to be.
  public let epochs: Int
  public let batch: Int
  /// How many an epoch has.
  public let batches: Int
  public let step: Int
  /// Samples in this step.
  public let samples: Int
  /// The loss of this step's batch, before the step; `nil` if nothing in it was valid.
  public let batchLoss: Double?
  /// The mean loss of the epoch so far.
  public let loss: Double
  public let learningRate: Double

  public init(
    epoch: Int, epochs: Int, batch: Int, batches: Int, step: Int, samples: Int,
    batchLoss: Double?, loss: Double, learningRate: Double
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.batch = batch
    self.batches = batches
    self.step = step
    self.samples = samples
    self.batchLoss = batchLoss
    self.loss = loss
    self.learningRate = learningRate
  }
}

/// Says nothing.
public struct SilentProgress: TrainingProgress {
  public init() {}
}
