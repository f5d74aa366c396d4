import Architectures
import Foundation

/// The trainings of a comparison, seed by seed: both families of a seed before the next one, so that a run that
/// is stopped has whole pairs.
struct SeedRuns<Scores: Codable> {
  let training: FamilyTraining
  let seeds: [UInt64]
  let matched: [MatchedModel]
  let time: TimeBudget

  /// The finished trainings, by seed and then in the order of `matched`.
  private(set) var pairs: [[Finished<Scores>]] = []

  init(training: FamilyTraining, seeds: [UInt64], matched: [MatchedModel], time: TimeBudget) {
    self.training = training
    self.seeds = seeds
    self.matched = matched
    self.time = time
  }

  /// Whether every seed is done, or the time is up and none will follow.
  private(set) var isComplete = false

  /// The trainings of one family.
  func runs(_ family: Int) -> [Finished<Scores>] { pairs.map { $0[family] } }

  /// Trains what is not finished. `pairEnded` is called after each seed but the last.
  ///
  /// - Parameters:
  ///   - train: Trains one family from one seed and scores it on the test part; the last number is how many
  ///     seconds training may take.
  ///   - pairEnded: Reports what there is so far.
  mutating func complete(
    _ train: (MatchedModel, UInt64, Double?) async throws -> Finished<Scores>,
    pairEnded: (Self) throws -> Void
  ) async throws {
    for (number, seed) in seeds.enumerated() {
      let known = matched.map { training.finished($0.family.rawValue, seed: seed, as: Scores.self) }
      if number > 0, time.isSpent(), known.contains(where: { $0 == nil }) {
        isComplete = true
        print("\nthe time is up: \(number) of \(seeds.count) seeds are done")
        return
      }
      var pair: [Finished<Scores>] = []
      for (index, match) in matched.enumerated() {
        if let finished = known[index] {
          print("\n\(match.family.displayName), seed \(seed): finished before")
          pair.append(finished)
          continue
        }
        let toCome = (seeds.count - number) * matched.count - index
        let finished = try await train(match, seed, time.seconds(trainingsToCome: toCome))
        try training.finish(finished)
        pair.append(finished)
      }
      pairs.append(pair)
      // What was finished before has been reported, perhaps with seeds that are yet to come here.
      if number + 1 < seeds.count, known.contains(where: { $0 == nil }) { try pairEnded(self) }
    }
    isComplete = true
  }
}
