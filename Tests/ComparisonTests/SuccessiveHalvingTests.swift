import Comparison
import Contenders
import Foundation
import Testing

/// The search for settings without a training: losses are planted, time is counted.
@Suite struct SuccessiveHalvingTests {
  private static func records(_ count: Int, contenders: Int = 2) -> [[TrialRecord]] {
    (0..<contenders).map { contender in
      (0..<count).map { index in
        TrialRecord(
          trial: Trial(
            contender: "c\(contender)", learningRate: 1e-3 * Double(1 + index),
            size: MatchedSize(width: 1, parameters: 1, operations: 1)))
      }
    }
  }

  /// The loss of a trial falls to what is planted with the epochs; the second seed adds a little.
  private static func loss(_ job: SuccessiveHalving.Job, best: Int) -> Double {
    let distance = Double((job.trial - best) * (job.trial - best))
    return 1 + distance / 10 + 1 / Double(job.epochs) + 0.001 * Double(job.repetition)
  }

  @Test func roundsShrinkByThirdsAndGrowThreefold() {
    func rungs(_ trials: Int, most: Int = 100) -> [[Int]] {
      SuccessiveHalving(trials: trials, epochs: [2, 3], most: [most, most]).rungs.map {
        [$0.trials] + $0.epochs
      }
    }
    #expect(rungs(3) == [[3, 2, 3]])
    #expect(rungs(9) == [[9, 2, 3], [3, 6, 9]])
    #expect(rungs(27) == [[27, 2, 3], [9, 6, 9], [3, 18, 27]])
    #expect(rungs(27, most: 6) == [[27, 2, 3], [9, 6, 6]])
    #expect(rungs(2) == [[2, 2, 3]])
  }

  @Test(arguments: [2, 3, 5, 9, 27]) func thePlantedBestWinsAtEqualCost(_ count: Int) async throws {
    let halving = SuccessiveHalving(trials: count, epochs: [2, 2], most: [50, 50])
    var jobs: [SuccessiveHalving.Job] = []
    let planted = [1, count - 1]
    let (records, isCutShort) = try await halving.run(Self.records(count), isSpent: { false }) {
      job, record in
      jobs.append(job)
      let before = job.repetition == 0 ? record.rounds.last?.epochs ?? 0 : 0
      #expect(before < job.epochs)
      return TrialRound(
        round: job.round, repetition: job.repetition, epochs: job.epochs, steps: job.epochs * 10,
        loss: Self.loss(job, best: planted[job.contender]))
    }
    #expect(!isCutShort)
    #expect(records.map { halving.choice($0) } == planted)
    // As many trainings and as many epochs for each.
    let mine = (0..<2).map { contender in jobs.filter { $0.contender == contender } }
    #expect(mine[0].map(\.epochs) == mine[1].map(\.epochs) && mine[0].count == jobs.count / 2)
    func steps(_ records: [TrialRecord]) -> Int {
      records.flatMap(\.rounds).reduce(0) { $0 + $1.steps }
    }
    #expect(steps(records[0]) == steps(records[1]))
    // The shares of the time add up: each is of what is left, and the last takes it all.
    #expect(jobs.allSatisfy { $0.share > 0 && $0.share <= 1 } && jobs.last?.share == 1)
    var left = 1.0
    for job in jobs { left *= 1 - job.share }
    #expect(left == 0)
  }

  /// Twice two trainings a step of an invented clock: the search ends in time, with as many for each.
  @Test func endsWhenTheTimeIsUp() async throws {
    let halving = SuccessiveHalving(trials: 9, epochs: [2, 2], most: [50, 50])
    for allowed in [0.0, 5, 18, 20, 25] {
      var clock = 0.0
      let (records, isCutShort) = try await halving.run(Self.records(9), isSpent: { clock >= allowed }) {
        job, _ in
        clock += 1
        return TrialRound(
          round: job.round, repetition: job.repetition, epochs: job.epochs, steps: 1,
          loss: Self.loss(job, best: 2))
      }
      #expect(isCutShort && clock <= allowed + 1)
      let counts = records.map { $0.reduce(0) { $0 + $1.rounds.count } }
      #expect(counts[0] == counts[1] && Double(counts[0] + counts[1]) == clock)
      #expect(halving.choice(records[0]) == (allowed == 0 ? nil : 2))
    }
  }

  @Test func timeIsSharedByEpochsToCome() {
    let start = Date(timeIntervalSince1970: 0)
    let whole = TimeBudget(perTraining: nil, total: 400, start: start)
    let search = whole.share(0.25)
    #expect(search.seconds(share: 0.5, spent: 7, now: start) == 57)
    #expect(search.seconds(share: 0.5, spent: 0, now: start.addingTimeInterval(60)) == 20)
    #expect(!search.isSpent(now: start.addingTimeInterval(99)))
    #expect(search.isSpent(now: start.addingTimeInterval(100)))
    let capped = TimeBudget(perTraining: 30, total: 400, start: start)
    #expect(capped.seconds(share: 0.5, spent: 7, now: start) == 30)
    #expect(TimeBudget(perTraining: nil, total: nil, start: start).seconds(share: 1, spent: 0) == nil)
  }

  /// Stopped after any training, a search that goes on repeats none and ends alike.
  @Test func goesOnWithoutRepeating() async throws {
    struct Stopped: Error {}
    let halving = SuccessiveHalving(trials: 9, epochs: [1, 1], most: [50, 50])
    func round(_ job: SuccessiveHalving.Job) -> TrialRound {
      TrialRound(
        round: job.round, repetition: job.repetition, epochs: job.epochs, steps: 1,
        loss: Self.loss(job, best: 4))
    }
    var count = 0
    let straight = try await halving.run(Self.records(9), isSpent: { false }) { job, _ in
      count += 1
      return round(job)
    }.records
    for stop in 1..<count {
      var (kept, done) = (Self.records(9), 0)
      await #expect(throws: Stopped.self) {
        _ = try await halving.run(kept, isSpent: { false }) { job, _ in
          guard done < stop else { throw Stopped() }
          done += 1
          kept[job.contender][job.trial].rounds.append(round(job))
          return round(job)
        }
      }
      let again = try await halving.run(kept, isSpent: { false }) { job, _ in
        done += 1
        return round(job)
      }.records
      #expect(again == straight && done == count)
    }
  }

  /// Losses that differ by rounding, or in sign from seed to seed, choose the lower rate whichever way they differ.
  @Test func roundingDoesNotTurnTheChoice() {
    let halving = SuccessiveHalving(trials: 2, epochs: [1], most: [10])
    func choice(_ low: [Double], _ high: [Double]) -> Int? {
      var records = Self.records(2, contenders: 1)[0]
      for (index, losses) in [low, high].enumerated() {
        for (repetition, loss) in losses.enumerated() {
          records[index].rounds.append(
            TrialRound(round: 0, repetition: repetition, epochs: 1, steps: 1, loss: loss))
        }
      }
      return halving.choice(records)
    }
    #expect(choice([0.1, 0.1], [0.1 - 1e-9, 0.1 - 2e-9]) == 0)
    #expect(choice([0.1, 0.1], [0.1 + 1e-9, 0.1 + 2e-9]) == 0)
    #expect(choice([0.100, 0.110], [0.105, 0.104]) == 0)
    #expect(choice([0.100, 0.110], [0.095, 0.104]) == 1)
    #expect(choice([0.095, 0.104], [0.100, 0.110]) == 0)
  }

  @Test func brokenTrialsLose() async throws {
    let halving = SuccessiveHalving(trials: 3, epochs: [1], most: [10])
    func chosen(_ losses: [Double?]) async throws -> Int? {
      var count = 0
      let records = try await halving.run(Self.records(3, contenders: 1), isSpent: { false }) { job, _ in
        count += 1
        return TrialRound(
          round: job.round, repetition: job.repetition, epochs: 1, steps: 1, loss: losses[job.trial])
      }.records
      #expect(count == 3 + min(2, losses.count { $0 != nil }))
      return halving.choice(records[0])
    }
    #expect(try await chosen([nil, 0.3, 0.2]) == 2)
    #expect(try await chosen([nil, 0.3, nil]) == 1)
    #expect(try await chosen([nil, nil, nil]) == nil)
  }
}
