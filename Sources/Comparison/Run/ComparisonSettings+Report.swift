import Reports
import Tasks
import TensorCore
import Training

extension ComparisonSettings {
  /// The options that change results, whatever is compared.
  func settings(_ training: TrainingSettings) -> [Setting] {
    let rate =
      learningRates.isEmpty
      ? "learning rate \(training.learningRate)"
      : "learning rate chosen on validation from \(learningRates.map { "\($0)" }.joined(separator: ", "))"
    return [
      Setting("Contenders", contenders.joined(separator: ", ")),
      Setting("Parameters of each contender", "\(parameters), matched within 3%"),
      Setting("Equal for all", budget.rawValue),
      Setting("Optimizer", "Adam, \(rate), halved on plateaus, clipped at norm 1"),
      training.precision.setting,
      Setting("Epochs", "at most \(training.epochs), patience \(training.patience)"),
      Setting("Time cap", training.maximumSeconds.map { "\(Int($0)) s for each training" } ?? "none"),
      Setting("First seed", "\(seed)"),
    ]
  }
}

extension [ContenderResult] {
  /// What a comparison cannot tell, whatever is compared.
  func caveats(_ settings: ComparisonSettings) -> [String] {
    var caveats: [String] = []
    if count > 1 {
      caveats.append(
        "Equal \(settings.budget.text) \(settings.budget == .time ? "is" : "are") not everything: parameters, "
          + "operations and time of each are in the table.")
    }
    for contender in self where contender.neverImproved {
      caveats.append(
        "No training of \(contender.name) improved on the validation part on the forecast that it starts from: it "
          + "forecasts its background.")
    }
    if contains(where: \.wasStoppedByTime) {
      caveats.append("A training was stopped by its time cap; longer training may change the order.")
    }
    let done = map(\.records.count).min() ?? 0
    if done < settings.seedCount {
      caveats.append("\(done) of \(settings.seedCount) seeds are done; the report is not final.")
    }
    return caveats
  }
}
