import Architectures
import Reports

/// What is equal for both families.
public enum Budget: String, CaseIterable, Codable, Sendable {
  /// Parameters.
  case parameters
  /// Floating-point operations of a forward pass of one sample. ConvLSTM2D gets the parameters asked for, and
  /// Conv2D + LSTM as many operations.
  case flops
  /// Training time: widths as for `parameters`; the family whose steps are shorter gets as many more of them.
  case time

  /// As in "at equal …".
  var text: String {
    switch self {
    case .parameters: "parameters"
    case .flops: "operations"
    case .time: "training time"
    }
  }
}

/// What the budget comes to for each family, all three measures side by side.
struct BudgetTable {
  let budget: Budget
  let matched: [MatchedModel]
  /// Measured seconds of a training step, in the order of `matched`.
  let stepSeconds: [Double]
  let epochs: [Int]
  let batchesPerEpoch: Int

  /// A table as an earlier plan has it.
  init(budget: Budget, matched: [MatchedModel], stepSeconds: [Double], epochs: [Int], batchesPerEpoch: Int) {
    self.budget = budget
    self.matched = matched
    self.stepSeconds = stepSeconds
    self.epochs = epochs
    self.batchesPerEpoch = batchesPerEpoch
  }

  /// - Parameter epochs: Epochs at most of the family with the longer steps, or of both.
  init(budget: Budget, matched: [MatchedModel], stepSeconds: [Double], epochs: Int, batchesPerEpoch: Int) {
    self.budget = budget
    self.matched = matched
    self.stepSeconds = stepSeconds
    self.batchesPerEpoch = batchesPerEpoch
    let longest = stepSeconds.max() ?? 1
    self.epochs = stepSeconds.map {
      budget == .time && $0 > 0 ? max(1, Int((Double(epochs) * longest / $0).rounded())) : epochs
    }
  }

  /// Seconds of all steps of one training.
  var trainingSeconds: [Double] {
    zip(stepSeconds, epochs).map { $0 * Double($1 * batchesPerEpoch) }
  }

  func announce() {
    for (index, model) in matched.enumerated() {
      print(
        "\(model.family.displayName): width \(model.width), \(model.parameters) parameters, "
          + "\(MeasuredText.metric(Double(model.operations))) operations a sample, "
          + "\(MeasuredText.seconds(stepSeconds[index])) a training step, \(epochs[index]) epochs at most "
          + "(\(MeasuredText.seconds(trainingSeconds[index])))")
    }
  }

  /// For the report: what is equal, and how far apart the rest is.
  var setting: Setting {
    func ratio(_ values: [Double]) -> String {
      guard let low = values.min(), let high = values.max(), low > 0 else { return "–" }
      return MeasuredText.significant(high / low)
    }
    return Setting(
      "Budget",
      "equal \(budget.rawValue); larger to smaller: parameters \(ratio(matched.map { Double($0.parameters) })), "
        + "operations \(ratio(matched.map { Double($0.operations) })), time of a step \(ratio(stepSeconds)), "
        + "time of all steps \(ratio(trainingSeconds))")
  }
}
