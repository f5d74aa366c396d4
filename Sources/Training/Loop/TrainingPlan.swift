import TensorCore

/// What a training is to do: everything but the model, the optimizer and the data. Saved in checkpoints.
public struct TrainingPlan: Hashable, Codable, Sendable {
  public var loss: Loss
  /// How often the training batches are gone through.
  public var epochs: Int
  public var schedule: LearningRateSchedule
  /// When to stop before the last epoch; `nil` for never.
  public var earlyStopping: EarlyStopping?
  /// Whether the untrained model is a candidate for the best one: where it is a forecast already, such as a baseline that
  /// the network adds nothing to, training can only improve on it. It asks for validation batches.
  public var startIsCandidate = false
  /// Decides whatever is random in the steps: dropout, not the order of the batches.
  public var seed: UInt64
  /// The most steps to make, all resumptions together.
  public var maximumSteps: Int?
  /// The most time to take in seconds, all resumptions together. The step under way is finished, and so is the
  /// validation after it.
  public var maximumSeconds: Double?
  /// The precision of steps and validation. Parameters are float32 in either case.
  public var precision = Precision.float32

  public init(
    loss: Loss, epochs: Int, schedule: LearningRateSchedule = .constant, earlyStopping: EarlyStopping? = nil,
    seed: UInt64 = 0, maximumSteps: Int? = nil, maximumSeconds: Double? = nil,
    precision: Precision = .float32, startIsCandidate: Bool = false
  ) {
    self.loss = loss
    self.epochs = epochs
    self.schedule = schedule
    self.earlyStopping = earlyStopping
    self.seed = seed
    self.maximumSteps = maximumSteps
    self.maximumSeconds = maximumSeconds
    self.precision = precision
    self.startIsCandidate = startIsCandidate
  }
}

extension TrainingPlan {
  /// A plan that was written before there was a choice of precision is one in float32, and one without a word of the
  /// untrained model does not keep it.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      loss: try values.decode(Loss.self, forKey: .loss), epochs: try values.decode(Int.self, forKey: .epochs),
      schedule: try values.decode(LearningRateSchedule.self, forKey: .schedule),
      earlyStopping: try values.decodeIfPresent(EarlyStopping.self, forKey: .earlyStopping),
      seed: try values.decode(UInt64.self, forKey: .seed),
      maximumSteps: try values.decodeIfPresent(Int.self, forKey: .maximumSteps),
      maximumSeconds: try values.decodeIfPresent(Double.self, forKey: .maximumSeconds),
      precision: try values.decodeIfPresent(Precision.self, forKey: .precision) ?? .float32,
      startIsCandidate: try values.decodeIfPresent(Bool.self, forKey: .startIsCandidate) ?? false)
  }
}

extension TrainingPlan {
  /// Epochs and patience for a classifier of clips: few clips make few steps an epoch, and a network needs its steps.
  /// 800 steps, but at least 20 and at most 100 epochs; nothing better in three tenths of them ends the training.
  public static func usualLength(batchesPerEpoch: Int) -> (epochs: Int, patience: Int) {
    let epochs = min(100, max(20, (800 + batchesPerEpoch - 1) / max(1, batchesPerEpoch)))
    return (epochs, usualPatience(epochs: epochs))
  }

  /// Three tenths of the epochs, and at least one.
  public static func usualPatience(epochs: Int) -> Int { max(1, epochs * 3 / 10) }
}

/// Ends training when the monitored loss (validation's, or training's where there is no validation) stops falling.
public struct EarlyStopping: Hashable, Codable, Sendable {
  /// After how many epochs without improvement to stop.
  public var patience: Int
  /// By how much a loss must be lower than the last that counted as improvement to count as one itself.
  public var minimumImprovement: Double
  /// Whether the model of the epoch with the lowest loss is the result, and not the last one.
  public var restoresBest: Bool

  public init(patience: Int = 10, minimumImprovement: Double = 0, restoresBest: Bool = true) {
    self.patience = patience
    self.minimumImprovement = minimumImprovement
    self.restoresBest = restoresBest
  }

  /// Whether to stop after epochs with these losses.
  public func isExhausted(after losses: [Double]) -> Bool {
    var (best, waited) = (Double.infinity, 0)
    for loss in losses {
      if loss < best - minimumImprovement {
        best = loss
        waited = 0
      } else {
        waited += 1
      }
    }
    return waited >= max(patience, 1)
  }
}
