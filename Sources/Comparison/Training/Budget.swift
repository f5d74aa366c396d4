import Contenders
import Reports

/// What is equal for all contenders.
package enum Budget: String, CaseIterable, Codable, Sendable {
  /// Parameters.
  case parameters
  /// Floating-point operations of a forward pass of one sample. The contender that does most of them at the number of
  /// parameters asked for keeps it, and the others get as many operations.
  case flops
  /// Training time: widths as for `parameters`; a contender whose steps are shorter gets as many more of them.
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

/// What the budget gives each contender, all three measures side by side.
struct BudgetTable {
  struct Row {
    let name: String
    let size: MatchedSize
    /// Measured seconds of a training step.
    let stepSeconds: Double
    /// Epochs at most.
    let epochs: Int
  }

  let budget: Budget
  let rows: [Row]
  let batchesPerEpoch: Int

  /// A table as an earlier plan has it.
  init(budget: Budget, rows: [Row], batchesPerEpoch: Int) {
    self.budget = budget
    self.rows = rows
    self.batchesPerEpoch = batchesPerEpoch
  }

  /// - Parameter epochs: Epochs at most of the contender with the longest steps, or of all.
  init(
    budget: Budget, names: [String], sizes: [MatchedSize], stepSeconds: [Double], epochs: Int,
    batchesPerEpoch: Int
  ) {
    let longest = stepSeconds.max() ?? 1
    self.init(
      budget: budget,
      rows: zip(names, zip(sizes, stepSeconds)).map { name, pair in
        let (size, seconds) = pair
        let own =
          budget == .time && seconds > 0
          ? max(1, Int((Double(epochs) * longest / seconds).rounded())) : epochs
        return Row(name: name, size: size, stepSeconds: seconds, epochs: own)
      }, batchesPerEpoch: batchesPerEpoch)
  }

  /// The table after a search has chosen options: their sizes, and the time of a step where it was measured anew.
  func changed(sizes: [MatchedSize], stepSeconds: [Double?], epochs: Int) -> BudgetTable {
    let names = rows.map(\.name)
    let seconds = zip(rows, stepSeconds).map { $1 ?? $0.stepSeconds }
    if stepSeconds.allSatisfy({ $0 == nil }) {
      return BudgetTable(
        budget: budget,
        rows: zip(rows, sizes).map {
          Row(name: $0.name, size: $1, stepSeconds: $0.stepSeconds, epochs: $0.epochs)
        },
        batchesPerEpoch: batchesPerEpoch)
    }
    return BudgetTable(
      budget: budget, names: names, sizes: sizes, stepSeconds: seconds, epochs: epochs,
      batchesPerEpoch: batchesPerEpoch)
  }

  /// Seconds of all steps of one training.
  private func trainingSeconds(_ row: Row) -> Double {
    row.stepSeconds * Double(row.epochs * batchesPerEpoch)
  }

  /// A line for each contender.
  var lines: [String] {
    rows.map { row in
      "\(row.name): width \(row.size.width), \(row.size.parameters) parameters, "
        + "\(MeasuredText.metric(Double(row.size.operations))) operations a sample, "
        + "\(MeasuredText.seconds(row.stepSeconds)) a training step, \(row.epochs == 1 ? "1 epoch" : "\(row.epochs) epochs") at most "
        + "(\(MeasuredText.seconds(trainingSeconds(row))))"
    }
  }

  /// For the report: what is equal, and how far apart the rest is.
  var setting: Setting {
    func ratio(_ value: (Row) -> Double) -> String {
      let values = rows.map(value)
      guard let low = values.min(), let high = values.max(), low > 0 else { return "–" }
      return MeasuredText.significant(high / low)
    }
    return Setting(
      "Budget",
      "equal \(budget.rawValue); largest to smallest: parameters \(ratio { Double($0.size.parameters) }), "
        + "operations \(ratio { Double($0.size.operations) }), time of a step \(ratio(\.stepSeconds)), "
        + "time of all steps \(ratio(trainingSeconds))")
  }
}
