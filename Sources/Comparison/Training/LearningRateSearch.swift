import Contenders
import Foundation
import Layers
import Reports
import Tasks
import Training

/// What a short training at one learning rate led to.
struct LearningRateTrial: Codable, Hashable {
  var rate: Double
  /// The lowest loss on validation; nil if training broke down.
  var validationLoss: Double?
}

/// The learning rate of a contender, and the trials it comes from.
struct ChosenRate {
  let rate: Double
  var trials: [LearningRateTrial] = []

  /// For the report.
  func setting(of name: String) -> Setting {
    let trials = trials.map {
      "\($0.rate): \($0.validationLoss.map { MeasuredText.significant($0) } ?? "not a number")"
    }
    return Setting(
      "Learning rate of \(name)",
      "\(rate)" + (trials.isEmpty ? "" : "; validation losses \(trials.joined(separator: ", "))"))
  }
}

/// Chooses a contender's learning rate on validation: the same short training for every rate of one grid, so that all
/// contenders pay the same number of steps for it.
struct LearningRateSearch {
  let training: ContenderTraining
  let rates: [Double]
  let epochs: Int
  let seed: UInt64

  /// The rate with the lowest validation loss. A run that goes on takes up what was found before.
  ///
  /// - Throws: What data, training and files throw; a training whose loss is no number any more only loses.
  func choose(
    _ name: String, title: String, model: ModelGraph, otherwise: Double, on batches: any BatchProvider,
    validation: any BatchProvider
  ) async throws -> ChosenRate {
    guard !rates.isEmpty else { return ChosenRate(rate: otherwise) }
    let url = training.run.output.appending(path: "models/\(name)/learning-rate.json")
    if training.run.resumes, let data = try? Data(contentsOf: url),
      let trials = try? JSONDecoder().decode([LearningRateTrial].self, from: data),
      trials.map(\.rate) == rates
    {
      return Self.best(trials, otherwise: otherwise)
    }
    var trials: [LearningRateTrial] = []
    for rate in rates {
      let plan = TrainingPlan(
        loss: training.loss, epochs: epochs, seed: seed, precision: training.settings.precision)
      var trainer = Trainer(
        model, optimizer: try TrainingSettings.optimizer(learningRate: rate), plan: plan,
        forward: AutoregressiveDecoding.output)
      var loss: Double?
      do {
        loss = try await trainer.fit(on: batches, validation: validation).history.best?.monitoredLoss
      } catch let error as TrainingError {
        guard case .nonFinite = error.kind else { throw error }
      }
      trials.append(LearningRateTrial(rate: rate, validationLoss: loss))
      training.progress.note(
        "\(title): learning rate \(rate): validation loss "
          + "\(loss.map { MeasuredText.significant($0) } ?? "not a number") after \(epochs) epochs")
    }
    try training.run.store(JSONEncoder().encode(trials), at: url)
    return Self.best(trials, otherwise: otherwise)
  }

  private static func best(_ trials: [LearningRateTrial], otherwise rate: Double) -> ChosenRate {
    let known = trials.filter { $0.validationLoss != nil }
    let best = known.min { ($0.validationLoss ?? .infinity) < ($1.validationLoss ?? .infinity) }
    return ChosenRate(rate: best?.rate ?? rate, trials: trials)
  }
}
