/// One trained contender at its budget and what it scored on the test part.
public struct ModelResult: Codable, Hashable, Sendable {
  /// Name of the contender as the user knows it, "convlstm2d"; no other model or baseline of the report has it.
  public var name: String
  /// The architecture in a line, "3 ConvLSTM2D layers of 32, 48, 48 channels, kernel 3".
  public var summary: String
  /// Trainable parameters.
  public var parameters: Int
  /// Floating-point operations of one forward pass of one sample.
  public var flopsPerSample: Int
  /// Measured time of one training step in seconds.
  @Measured public var secondsPerStep: Double?
  /// The layers, in order; may be empty.
  public var layers: [LayerDescription]
  /// The trainings, one per seed.
  public var trainings: [TrainingResult]
  /// Scores of a forecast, means over the seeds with counts of all seeds together; nil for classification.
  @Nullable public var forecast: ForecastResult?
  /// Scores of a classification, means over the seeds with counts of all seeds together; nil for forecasts.
  @Nullable public var classification: ClassificationResult?

  public init(
    name: String, summary: String, parameters: Int, flopsPerSample: Int, layers: [LayerDescription] = [],
    trainings: [TrainingResult], forecast: ForecastResult? = nil,
    classification: ClassificationResult? = nil, secondsPerStep: Double? = nil
  ) {
    self.secondsPerStep = secondsPerStep
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.flopsPerSample = flopsPerSample
    self.layers = layers
    self.trainings = trainings
    self.forecast = forecast
    self.classification = classification
  }

  /// Mean training time of a seed in seconds; nil without a training.
  public var trainingSeconds: Double? {
    let times = trainings.compactMap(\.seconds)
    return times.isEmpty ? nil : times.reduce(0, +) / Double(times.count)
  }
}

/// One line of a model summary.
public struct LayerDescription: Codable, Hashable, Sendable {
  public var name: String
  /// Shape of what it hands on, "[10, 64, 64, 32]".
  public var outputShape: String
  public var parameters: Int
  /// Operations of one forward pass of one sample.
  public var flops: Int

  public init(name: String, outputShape: String, parameters: Int, flops: Int) {
    self.name = name
    self.outputShape = outputShape
    self.parameters = parameters
    self.flops = flops
  }
}

/// One training from one seed.
public struct TrainingResult: Codable, Hashable, Sendable {
  public var seed: Int
  /// Time spent training, validation included.
  @Measured public var seconds: Double?
  /// The epoch whose weights were kept, by validation loss; nil where none was better than the start.
  @Nullable public var bestEpoch: Int?
  /// Losses, epoch by epoch.
  public var learningCurve: [EpochLoss]
  /// The score that decides, of this seed alone on the test part.
  @Measured public var primaryScore: Double?
  /// The learning rate that training began with.
  @Measured public var learningRate: Double?

  public init(
    seed: Int, seconds: Double?, bestEpoch: Int?, learningCurve: [EpochLoss], primaryScore: Double? = nil,
    learningRate: Double? = nil
  ) {
    self.seed = seed
    self.seconds = seconds
    self.bestEpoch = bestEpoch
    self.learningCurve = learningCurve
    self.primaryScore = primaryScore
    self.learningRate = learningRate
  }
}

/// The losses of one epoch; nil where not measured or not finite.
public struct EpochLoss: Codable, Hashable, Sendable {
  /// Counted from 1.
  public var epoch: Int
  @Measured public var trainingLoss: Double?
  @Measured public var validationLoss: Double?

  public init(epoch: Int, trainingLoss: Double?, validationLoss: Double?) {
    self.epoch = epoch
    self.trainingLoss = trainingLoss
    self.validationLoss = validationLoss
  }
}

/// A forecast or guess that needs no training, scored like the models.
public struct BaselineResult: Codable, Hashable, Sendable {
  /// "Eulerian persistence", "majority class"; no other model or baseline of the report has it.
  public var name: String
  /// What it does, in a sentence.
  public var summary: String
  @Nullable public var forecast: ForecastResult?
  @Nullable public var classification: ClassificationResult?

  public init(
    name: String, summary: String, forecast: ForecastResult? = nil,
    classification: ClassificationResult? = nil
  ) {
    self.name = name
    self.summary = summary
    self.forecast = forecast
    self.classification = classification
  }
}
