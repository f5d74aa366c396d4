import Foundation

/// Successive halving (Jamieson and Talwalkar 2016; one bracket of Hyperband, Li et al. 2018) for several contenders side
/// by side: all trials get a short training, the best third goes on for three times as long, and so forth. The last two
/// are trained once more from another seed, and the lower mean of both validation losses wins.
///
/// Contenders take turns trial by trial, so that each has had as many when the time is up.
package struct SuccessiveHalving {
  /// One trial in this number goes on, for this number times the epochs.
  static let reduction = 3
  /// How many are trained from a second seed.
  static let finalists = 2
  /// How many seeds these have.
  static let seeds = 2

  package struct Rung: Hashable {
    /// How many trials of each contender take part.
    package let trials: Int
    /// Epochs at its end, by contender.
    package let epochs: [Int]
  }

  /// A training to do.
  package struct Job: Hashable {
    package let contender: Int
    package let trial: Int
    package let round: Int
    package let repetition: Int
    /// Epochs at its end; a first seed goes on where the round before ended.
    package let epochs: Int
    /// Its part of the epochs that are yet to be trained.
    package let share: Double
    /// The first of the round's jobs have number 1.
    package let place: Int
    package let places: Int
  }

  package let rungs: [Rung]

  /// - Parameters:
  ///   - trials: Trials of each contender.
  ///   - epochs: Epochs of the first round, by contender.
  ///   - most: Epochs that no trial exceeds, by contender.
  package init(trials: Int, epochs: [Int], most: [Int]) {
    var rungs = [Rung(trials: trials, epochs: zip(epochs, most).map { min($0, $1) })]
    var last = rungs[0]
    while true {
      let left = (last.trials + Self.reduction - 1) / Self.reduction
      let longer = zip(last.epochs, most).map { min($0 * Self.reduction, $1) }
      guard left >= Self.finalists, longer != last.epochs else { break }
      last = Rung(trials: left, epochs: longer)
      rungs.append(last)
    }
    self.rungs = rungs
  }

  /// Trains what is not known yet, until all is done or the time is up.
  ///
  /// - Parameters:
  ///   - records: By contender and trial, with what an earlier run did.
  ///   - isSpent: Whether no further training is to begin.
  ///   - train: Does one training and keeps its result.
  /// - Returns: The records, and whether the time was up before the end.
  package func run(
    _ records: [[TrialRecord]], isSpent: () -> Bool,
    train: (Job, TrialRecord) async throws -> TrialRound
  ) async throws -> (records: [[TrialRecord]], isCutShort: Bool) {
    var records = records
    guard records.allSatisfy({ $0.count == rungs[0].trials }), rungs[0].trials > 1 else {
      return (records, false)
    }
    var survivors = records.map { Array($0.indices) }
    for round in 0...rungs.count {
      // The last ones go through the last round again, from another seed.
      let (rung, repetition) = (min(round, rungs.count - 1), round < rungs.count ? 0 : 1)
      if round > 0 {
        let count = repetition == 0 ? rungs[round].trials : Self.finalists
        survivors = records.map { Self.best($0, round: repetition == 0 ? round - 1 : rung, count) }
      }
      for place in 0..<(survivors.map(\.count).min() ?? 0) {
        let open = records.indices.filter {
          records[$0][survivors[$0][place]].result(round: rung, repetition: repetition) == nil
        }
        if !open.isEmpty, isSpent() { return (records, true) }
        for contender in open {
          let trial = survivors[contender][place]
          let job = Job(
            contender: contender, trial: trial, round: rung, repetition: repetition,
            epochs: rungs[rung].epochs[contender],
            share: share(contender, rung, repetition, place, survivors[contender].count, records.count),
            place: place + 1, places: survivors[contender].count)
          records[contender][trial].rounds.append(try await result(of: job, records[contender][trial], train))
        }
      }
    }
    return (records, false)
  }

  /// A training that broke down is not gone on with.
  private func result(
    of job: Job, _ record: TrialRecord, _ train: (Job, TrialRecord) async throws -> TrialRound
  ) async throws -> TrialRound {
    if let last = record.rounds.last, last.loss == nil {
      var broken = last
      (broken.round, broken.repetition) = (job.round, job.repetition)
      return broken
    }
    return try await train(job, record)
  }

  /// A training's epochs over all that are still to come in the search, its own included.
  private func share(
    _ contender: Int, _ rung: Int, _ repetition: Int, _ place: Int, _ places: Int, _ contenders: Int
  ) -> Double {
    func epochs(_ rung: Int, _ contender: Int) -> Int {
      rungs[rung].epochs[contender] - (rung > 0 ? rungs[rung - 1].epochs[contender] : 0)
    }
    let all = 0..<contenders
    let own = repetition == 0 ? epochs(rung, contender) : rungs[rung].epochs[contender]
    // What contenders before this one had at this place is done.
    func roundEpochs(_ each: (Int) -> Int, trials: Int) -> Int {
      all.reduce(0) { $0 + each($1) * trials } - all.prefix(contender).reduce(0) { $0 + each($1) }
    }
    func later(_ each: (Int) -> Int, trials: Int) -> Int { all.reduce(0) { $0 + each($1) * trials } }
    let last = rungs.count - 1
    var toCome: Int
    if repetition == 0 {
      toCome = roundEpochs({ epochs(rung, $0) }, trials: places - place)
      for next in rungs.indices where next > rung {
        toCome += later({ epochs(next, $0) }, trials: rungs[next].trials)
      }
      toCome += later({ rungs[last].epochs[$0] }, trials: Self.finalists)
    } else {
      toCome = roundEpochs({ rungs[last].epochs[$0] }, trials: places - place)
    }
    return Double(own) / Double(max(toCome, own, 1))
  }

  /// The trials with the lowest losses of a round, of equals the first; those that broke down come last.
  static func best(_ records: [TrialRecord], round: Int, _ count: Int) -> [Int] {
    let tried = records.indices.filter { records[$0].result(round: round) != nil }
    func loss(_ index: Int) -> Double { records[index].result(round: round)?.loss ?? .infinity }
    return Array(tried.sorted { (loss($0), $0) < (loss($1), $1) }.prefix(count)).sorted()
  }
}
