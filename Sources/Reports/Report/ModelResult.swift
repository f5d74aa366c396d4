/// One trained contender at its budget and what it scored on the test part.
package struct ModelResult: Codable, Hashable, Sendable {
  /// Name of the contender as the user knows it, "convlstm2d"; no other model or baseline of the report has it.
  package var name: String
  /// The architecture in a line, "3 ConvLSTM2D layers of 32, 48, 48 channels, kernel 3".
  package var summary: String
  /// Trainable parameters.
  package var parameters: Int
  /// Floating-point operations of one forward pass of one sample.
  package var flopsPerSample: Int
  /// Measured time of one training step in seconds.
  @Measured package var secondsPerStep: Double?
  /// The layers, in order; may be empty.
  package var layers: [LayerDescription]
  /// The trainings, one per seed.
  package var trainings: [TrainingResult]
  /// Scores of a forecast, means over the seeds with counts of all seeds together; nil for classification.
  @Nullable package var forecast: ForecastResult?
  /// Scores of a classification, means over the seeds with counts of all seeds together; nil for forecasts.
  @Nullable package var classification: ClassificationResult?

  package init(
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
  package var trainingSeconds: Double? {
    let times = trainings.compactMap(\.seconds)
    return times.isEmpty ? nil : times.reduce(0, +) / Double(times.count)
  }
}

/// One line of a model summary.
package struct LayerDescription: Codable, Hashable, Sendable {
  package var name: String
  /// Shape of what it hands on, "[10, 64, 64, 32]".
  package var outputShape: String
  package var parameters: Int
  /// Operations of one forward pass of one sample.
  package var flops: Int

  package init(name: String, outputShape: String, parameters: Int, flops: Int) {
    self.name = name
    self.outputShape = outputShape
    self.parameters = parameters
    self.flops = flops
  }
}

/// One training from one seed.
package struct TrainingResult: Codable, Hashable, Sendable {
  package var seed: Int
  /// Time spent training, validation included.
  @Measured package var seconds: Double?
  /// The epoch whose weights were kept, by validation loss; nil where none was better than the start.
  @Nullable package var bestEpoch: Int?
  /// Losses, epoch by epoch.
  package var learningCurve: [EpochLoss]
  /// The score that decides, of this seed alone on the test part.
  @Measured package var primaryScore: Double?
  /// The learning rate that training began with.
  @Measured package var learningRate: Double?

  package init(
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
package struct EpochLoss: Codable, Hashable, Sendable {
  /// Counted from 1.
  package var epoch: Int
  @Measured package var trainingLoss: Double?
  @Measured package var validationLoss: Double?

  package init(epoch: Int, trainingLoss: Double?, validationLoss: Double?) {
    self.epoch = epoch
    self.trainingLoss = trainingLoss
    self.validationLoss = validationLoss
  }
}

/// A forecast or guess that needs no training, scored like the models.
package struct BaselineResult: Codable, Hashable, Sendable {
  /// "Eulerian persistence", "majority class"; no other model or baseline of the report has it.
  package var name: String
  /// What it does, in a sentence.
  package var summary: String
  @Nullable package var forecast: ForecastResult?
  @Nullable package var classification: ClassificationResult?

  package init(
    name: String, summary: String, forecast: ForecastResult? = nil,
    classification: ClassificationResult? = nil
  ) {
    self.name = name
    self.summary = summary
    self.forecast = forecast
    self.classification = classification
  }
}
