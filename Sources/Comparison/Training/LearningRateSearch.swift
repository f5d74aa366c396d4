import Architectures
import Foundation
import Layers
import Reports
import Training

/// What a short training at one learning rate came to.
struct LearningRateTrial: Codable, Hashable {
  var rate: Double
  /// The lowest loss on validation; nil if training broke down.
  var validationLoss: Double?
}

/// The learning rate of a family, and the trials it comes from.
struct ChosenRate {
  let rate: Double
  let trials: [LearningRateTrial]

  /// For the report.
  static func settings(_ rates: [Family: ChosenRate]) -> [Setting] {
    Family.allCases.compactMap { family in
      guard let chosen = rates[family] else { return nil }
      let trials = chosen.trials.map {
        "\($0.rate): \($0.validationLoss.map { MeasuredText.significant($0) } ?? "not a number")"
      }
      return Setting(
        "Learning rate of \(family.displayName)",
        "\(chosen.rate)" + (trials.isEmpty ? "" : "; validation losses \(trials.joined(separator: ", "))"))
    }
  }
}

/// Chooses a family's learning rate on validation: the same short training for every rate of one grid, so that both
/// families pay the same number of steps for it.
struct LearningRateSearch {
  let training: FamilyTraining
  let rates: [Double]
  let epochs: Int
  let seed: UInt64

  /// The rate with the lowest validation loss. A run that goes on takes up what was found before.
  ///
  /// - Throws: What data, training and files throw; a training whose loss is no number any more only loses.
  func choose(
    _ name: String, title: String, model: ModelGraph, on batches: any BatchProvider,
    validation: any BatchProvider
  ) async throws -> [LearningRateTrial] {
    let url = training.run.output.appending(path: "models/\(name)/learning-rate.json")
    if training.run.resumes, let data = try? Data(contentsOf: url),
      let trials = try? JSONDecoder().decode([LearningRateTrial].self, from: data),
      trials.map(\.rate) == rates
    {
      return trials
    }
    var trials: [LearningRateTrial] = []
    for rate in rates {
      let plan = TrainingPlan(loss: training.loss, epochs: epochs, seed: seed, precision: training.precision)
      var trainer = Trainer(
        model, optimizer: try Optimizer(Adam(learningRate: rate), clipping: .globalNorm(1)), plan: plan,
        forward: AutoregressiveDecoding.output)
      var loss: Double?
      do {
        loss = try await trainer.fit(on: batches, validation: validation).history.best?.monitoredLoss
      } catch let error as TrainingError {
        guard case .nonFinite = error.kind else { throw error }
      }
      trials.append(LearningRateTrial(rate: rate, validationLoss: loss))
      print(
        "\(title): learning rate \(rate): validation loss "
          + "\(loss.map { MeasuredText.significant($0) } ?? "not a number") after \(epochs) epochs")
    }
    try training.run.store(JSONEncoder().encode(trials), at: url)
    return trials
  }

  static func best(_ trials: [LearningRateTrial], otherwise rate: Double) -> Double {
    trials.filter { $0.validationLoss != nil }.min { $0.validationLoss! < $1.validationLoss! }?.rate ?? rate
  }
}
