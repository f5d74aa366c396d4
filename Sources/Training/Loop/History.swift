/// What came of each epoch.
public struct History: Hashable, Codable, Sendable {
  public var epochs: [Epoch] = []
  /// The validation loss before the first step, where the untrained model is a candidate for the best.
  public var untrainedLoss: Double?

  public init(epochs: [Epoch] = []) { self.epochs = epochs }

  /// One pass over the training batches.
  public struct Epoch: Hashable, Codable, Sendable {
    /// Counted from 1.
    public var number: Int
    /// The mean of the loss over all valid elements of the epoch, each batch before the step on it.
    public var trainingLoss: Double
    /// The mean over all valid elements of the validation batches after the epoch.
    public var validationLoss: Double?
    /// Validation included.
    public var seconds: Double
    /// That of the last step.
    public var learningRate: Double
    /// Steps since the start of the training.
    public var steps: Int
    /// `false` if a limit ended the training in the middle of this epoch.
    public var isComplete: Bool

    public init(
      number: Int, trainingLoss: Double, validationLoss: Double? = nil, seconds: Double, learningRate: Double,
      steps: Int, isComplete: Bool = true
    ) {
      self.number = number
      self.trainingLoss = trainingLoss
      self.validationLoss = validationLoss
      self.seconds = seconds
      self.learningRate = learningRate
      self.steps = steps
      self.isComplete = isComplete
    }

    /// The loss by which early stopping and the choice of the best model go.
    public var monitoredLoss: Double { validationLoss ?? trainingLoss }
  }

  /// The monitored loss of each epoch.
  public var losses: [Double] { epochs.map(\.monitoredLoss) }

  /// The epoch with the lowest monitored loss, the first of equals; nil where none is below that of the untrained model.
  public var best: Epoch? {
    epochs.min { $0.monitoredLoss < $1.monitoredLoss }.flatMap {
      $0.monitoredLoss < untrainedLoss ?? .infinity ? $0 : nil
    }
  }

  /// The loss of the best model: that of ``best``, or of the untrained one.
  public var bestLoss: Double? { best?.monitoredLoss ?? untrainedLoss }
}
