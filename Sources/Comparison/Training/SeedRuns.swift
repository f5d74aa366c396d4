import Foundation
import Training

/// The trainings of a comparison, seed by seed: all contenders of a seed before the next one, so that a run that is
/// stopped has whole rounds.
struct SeedRuns<Scores: Codable> {
  /// What each training is: a contender's key and title, and its plan for a seed.
  struct Unit {
    let key: String
    let title: String
    let plan: (_ seed: UInt64) -> TrainingPlan
  }

  let training: ContenderTraining
  let seeds: [UInt64]
  let units: [Unit]
  let time: TimeBudget

  /// The finished trainings, by seed and then in the order of `units`.
  private(set) var rounds: [[Finished<Scores>]] = []

  init(training: ContenderTraining, seeds: [UInt64], units: [Unit], time: TimeBudget) {
    self.training = training
    self.seeds = seeds
    self.units = units
    self.time = time
  }

  /// Whether every seed is done, or the time is up and none will follow.
  private(set) var isComplete = false

  /// The trainings of one contender.
  func runs(_ contender: Int) -> [Finished<Scores>] { rounds.map { $0[contender] } }

  /// Trains what is not finished. `roundEnded` is called after each seed but the last.
  ///
  /// - Parameters:
  ///   - train: Trains one contender by a plan and scores it on the test part.
  ///   - roundEnded: Reports what there is so far.
  mutating func complete(
    _ train: (Int, TrainingPlan) async throws -> Finished<Scores>, roundEnded: (Self) throws -> Void
  ) async throws {
    for (number, seed) in seeds.enumerated() {
      let known = units.map { training.finished($0.key, plan: $0.plan(seed), as: Scores.self) }
      if number > 0, time.isSpent(), known.contains(where: { $0 == nil }) {
        isComplete = true
        training.progress.note("\nthe time is up: \(number) of \(seeds.count) seeds are done")
        return
      }
      var round: [Finished<Scores>] = []
      for (index, unit) in units.enumerated() {
        if let finished = known[index] {
          training.progress.note("\n\(unit.title), seed \(seed): finished before")
          round.append(finished)
          continue
        }
        let toCome = (seeds.count - number) * units.count - index
        var plan = unit.plan(seed)
        plan.maximumSeconds = time.seconds(trainingsToCome: toCome)
        let finished = try await train(index, plan)
        try training.finish(finished)
        round.append(finished)
      }
      rounds.append(round)
      // What was finished before has been reported, perhaps with seeds that are yet to come here.
      if number + 1 < seeds.count, known.contains(where: { $0 == nil }) { try roundEnded(self) }
    }
    isComplete = true
  }
}
