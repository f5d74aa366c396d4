import Reports
import Tasks
import TensorCore
import Training

extension ComparisonSettings {
  /// The options that change results, whatever is compared.
  func settings(_ training: TrainingSettings) -> [Setting] {
    let listed = learningRates.map { "\($0)" }.joined(separator: ", ")
    let rate =
      trials == 0 || (trials == nil && learningRates.isEmpty)
      ? "learning rate \(training.learningRate)"
      : trials == nil
        ? "learning rate chosen on validation from \(listed)"
        : "learning rate and options chosen on validation"
    return [
      Setting("Contenders", contenders.joined(separator: ", ")),
      Setting("Parameters of each contender", "\(parameters), matched within 3%"),
      Setting("Equal for all", budget.rawValue),
      Setting("Optimizer", "Adam, \(rate), halved on plateaus, clipped at norm 1"),
      training.precision.setting,
      Setting("Epochs", "at most \(training.epochs), patience \(training.patience)"),
      Setting("Time cap", training.maximumSeconds.map { "\(Int($0)) s for each training" } ?? "none"),
      Setting("First seed", "\(seed)"),
    ] + tuningSettings(listed)
  }
}

extension ComparisonSettings {
  /// The search and the learning curve, where they were asked for.
  private func tuningSettings(_ rates: String) -> [Setting] {
    var settings: [Setting] = []
    if let trials, trials > 0 {
      settings.append(
        Setting(
          "Trials of each contender",
          "\(trials), at random over "
            + (learningRates.isEmpty ? "learning rates" : "the learning rates \(rates)")
            + " and options, by successive halving"))
    }
    if learningCurve {
      settings.append(
        Setting(
          "Learning curve",
          "trained on " + TrainingShare.smaller.map(\.text).joined(separator: " and ")
            + " of the training part too"))
    }
    return settings
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
