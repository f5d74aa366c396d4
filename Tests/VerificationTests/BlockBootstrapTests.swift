import Testing
import Verification

@Suite struct BlockBootstrapTests {
  /// The mean of independent values: its interval and coverage are known.
  static let mean = PooledScore(name: "mean", higherIsBetter: true, statistics: 2) {
    $0[1] > 0 ? $0[0] / $0[1] : nil
  }

  static func blocks(_ values: [Double]) throws -> BlockScores {
    try BlockScores(values.enumerated().map { ("\($0.offset)", [$0.element, 1]) })
  }

  /// Standard normal numbers as the sum of twelve uniform ones.
  static func normal(_ random: inout SplitMix64) -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
  }

  @Test func poolingIsMerging() throws {
    var all = try BlockScores(statistics: 4)
    var halves = [all, all]
    for index in 0..<10 {
      let table = ContingencyTable(
        threshold: 1, hits: index, misses: 2 * index, falseAlarms: 3, correctNegatives: 5)
      let part = try BlockScores(tables: [("event \(index % 3)", table)])
      try all.merge(part)
      try halves[index % 2].merge(part)
    }
    try halves[0].merge(halves[1])
    #expect(halves[0].pooled == all.pooled)
    #expect(Set(halves[0].labels) == Set(all.labels))
    #expect(all.pooled == [45, 90, 30, 50])
    #expect(PooledScore.categorical(.csi).value(all.pooled) == 45.0 / 165)
  }

  @Test(arguments: [
    (BlockBootstrap.Method.percentile, 0.86...0.94), (.expandedPercentile, 0.92...0.975),
    (.biasCorrectedAccelerated, 0.85...0.945),
  ]) func coverage(method: BlockBootstrap.Method, expected: ClosedRange<Double>) throws {
    var random = SplitMix64(seed: 17)
    var inside = 0
    let trials = 400
    for trial in 0..<trials {
      let values = (0..<10).map { _ in 3 + Self.normal(&random) }
      let bootstrap = BlockBootstrap(resamples: 400, method: method, seed: UInt64(trial))
      let interval = try #require(
        try bootstrap.estimate(Self.mean, of: [Self.blocks(values)]).interval)
      if interval.contains(3) { inside += 1 }
    }
    // For 10 normal values plain percentiles hold about 0.90 to 0.91, Student's interval 0.95.
    #expect(expected.contains(Double(inside) / Double(trials)), "\(Double(inside) / Double(trials))")
  }

  @Test func pairingRemovesWhatBothShare() throws {
    var random = SplitMix64(seed: 3)
    let shared = (0..<20).map { _ in 10 * Self.normal(&random) }
    let better = try Self.blocks(shared.map { $0 + 1 + 0.2 * Self.normal(&random) })
    let worse = try Self.blocks(shared)
    let comparison = try BlockBootstrap().compare(Self.mean, [better], [worse])
    #expect(comparison.conclusion == .firstIsBetter)
    let difference = try #require(comparison.difference.interval)
    let single = try #require(comparison.first.interval)
    #expect(difference.upper - difference.lower < 0.3)
    #expect(single.upper - single.lower > 5)
    let reversed = try BlockBootstrap().compare(Self.mean, [worse], [better])
    #expect(reversed.conclusion == .secondIsBetter)
    #expect(comparison.sentence(first: "A", second: "B") == "A is better than B in mean.")
  }

  @Test func lowerIsBetterForErrors() throws {
    func errors(_ scale: Double) throws -> BlockScores {
      try BlockScores((0..<12).map { ("\($0)", [10, 0, 0, scale * Double(5 + $0 % 3)]) })
    }
    let comparison = try BlockBootstrap().compare(.mse, [errors(1)], [errors(2)])
    #expect(comparison.conclusion == .firstIsBetter)
    #expect(comparison.difference.value == comparison.first.value.map { -$0 })
  }

  @Test func noClearDifference() throws {
    var random = SplitMix64(seed: 8)
    let a = try Self.blocks((0..<10).map { _ in Self.normal(&random) })
    let b = try Self.blocks((0..<10).map { _ in Self.normal(&random) })
    let comparison = try BlockBootstrap().compare(Self.mean, [a], [b])
    #expect(comparison.conclusion == .noClearDifference)
    #expect(
      comparison.sentence(first: "A", second: "B") == "No clear difference between A and B in mean.")
  }

  /// Below ten blocks there is no interval, and nothing is called a difference or none.
  @Test(arguments: [1, 9, 10]) func noIntervalBelowTenBlocks(count: Int) throws {
    let a = try Self.blocks((0..<count).map { 5 + Double($0 % 3) })
    let b = try Self.blocks((0..<count).map { Double($0 % 2) })
    let comparison = try BlockBootstrap().compare(Self.mean, [a], [b], margin: 0.1)
    #expect(BlockBootstrap.fewestBlocks == 10)
    #expect((comparison.difference.interval != nil) == (count == 10))
    #expect((comparison.first.interval != nil) == (count == 10))
    #expect((comparison.equivalence != nil) == (count == 10))
    #expect(comparison.conclusion == (count == 10 ? .firstIsBetter : .cannotSay))
    if count == 9 {
      #expect(
        comparison.sentence(first: "A", second: "B")
          == "Nothing can be said about mean: 9 blocks are fewer than the 10 that an interval needs.")
    }
  }

  /// Blocks agree exactly, seeds do not: the interval is that of the seeds, and three of them say little.
  @Test func seedsArePartOfTheInterval() throws {
    let runs = try [1.0, 2, 6].map { value in try Self.blocks([Double](repeating: value, count: 10)) }
    let other = try [2.0, 1, 3].map { value in try Self.blocks([Double](repeating: value, count: 10)) }
    let comparison = try BlockBootstrap().compare(Self.mean, runs, other, margin: 1)
    #expect(comparison.first.value == 3)
    #expect(abs((comparison.first.seeds.standardDeviation ?? 0) - 7.0.squareRoot()) < 1e-12)
    // Student's interval of three values: 3 ± 4.3027 √(7 / 3).
    let interval = try #require(comparison.first.interval)
    #expect(comparison.first.degreesOfFreedom == 2)
    #expect(abs(interval.upper - (3 + 4.302652730 * (7.0 / 3).squareRoot())) < 1e-6)
    #expect(comparison.difference.seeds.values == [-1, 1, 3])
    #expect(comparison.seedsAgree == false)
    #expect(comparison.conclusion == .noClearDifference)
    // Pairs of one seed: differences of −1, 1 and 3, not all nine.
    let difference = try #require(comparison.difference.interval)
    #expect(abs(difference.upper - (1 + 4.302652730 * (4.0 / 3).squareRoot())) < 1e-6)
    // A baseline has one run: the seeds of the first alone are drawn.
    let baseline = try BlockBootstrap().compare(Self.mean, runs, [other[0]])
    let alone = try #require(baseline.difference.interval)
    #expect(abs((alone.upper - alone.lower) - (interval.upper - interval.lower)) < 1e-6)
  }

  /// Events first, blocks within them, seeds: the interval holds the mean of the population of events.
  @Test func coverageOverEventsBlocksAndSeeds() throws {
    var random = SplitMix64(seed: 23)
    var (inside, flat) = (0, 0)
    let trials = 300
    for trial in 0..<trials {
      let events = (0..<4).map { _ in Self.normal(&random) }
      let noise = (0..<20).map { _ in Self.normal(&random) }
      let seeds = (0..<3).map { _ in 0.5 * Self.normal(&random) }
      func run(_ seed: Double, _ isGrouped: Bool) throws -> BlockScores {
        var scores = try BlockScores(statistics: 2)
        for (block, noise) in noise.enumerated() {
          try scores.add(
            [3 + events[block / 5] + noise + seed, 1], to: "\(block)",
            event: isGrouped ? "event \(block / 5)" : "")
        }
        return scores
      }
      let bootstrap = BlockBootstrap(resamples: 300, seed: UInt64(trial))
      let estimate = try bootstrap.estimate(Self.mean, of: seeds.map { try run($0, true) })
      #expect(estimate.events == 4 && estimate.blocks == 20)
      if try #require(estimate.interval).contains(3) { inside += 1 }
      let blocksAlone = try bootstrap.estimate(Self.mean, of: [run(seeds[0], false)])
      if try #require(blocksAlone.interval).contains(3) { flat += 1 }
    }
    // Blocks alone take the three other levels' chance for none.
    #expect(Double(inside) / Double(trials) >= 0.93, "\(Double(inside) / Double(trials))")
    #expect(Double(flat) / Double(trials) < 0.85, "\(Double(flat) / Double(trials))")
  }

  /// Within one event blocks are drawn from that event alone.
  @Test func blocksStayInTheirEvent() throws {
    var scores = try BlockScores(statistics: 2)
    for block in 0..<12 {
      try scores.add([block < 6 ? 1 : 5, 1], to: "\(block)", event: block < 6 ? "dry" : "wet")
    }
    #expect(scores.blocksByEvent == [Array(0..<6), Array(6..<12)])
    let estimate = try BlockBootstrap().estimate(Self.mean, of: [scores])
    // Two events have one degree of freedom: 3 ± 12.706 · 2.
    let interval = try #require(estimate.interval)
    #expect(estimate.degreesOfFreedom == 1 && estimate.events == 2)
    #expect(abs(interval.upper - interval.lower - 2 * 12.706 * 2) < 5)
    #expect(throws: VerificationError.self) { try scores.add([1, 1], to: "0", event: "wet") }
    var other = try BlockScores(statistics: 2)
    for block in 0..<12 { try other.add([1, 1], to: "\(block)") }
    #expect(throws: VerificationError.self) {
      try BlockBootstrap().compare(Self.mean, [scores], [other])
    }
  }

  /// The interval at a level and the probability of a bound are one statement read in two directions.
  @Test(arguments: [1, 3]) func probabilitiesFitTheInterval(seeds: Int) throws {
    var random = SplitMix64(seed: 31)
    let shared = (0..<14).map { _ in Self.normal(&random) }
    func run(_ shift: Double) throws -> BlockScores {
      try Self.blocks(shared.map { $0 + shift + 0.5 * Self.normal(&random) })
    }
    let a = try (0..<seeds).map { _ in try run(0.4) }
    let b = try (0..<seeds).map { _ in try run(0) }
    let interval = try #require(try BlockBootstrap().compare(Self.mean, a, b).difference.interval)
    let bounds = [interval.lower, interval.upper].map(abs).sorted()
    for (place, margin) in bounds.enumerated() {
      let found = try #require(try BlockBootstrap().compare(Self.mean, a, b, margin: margin).equivalence)
      #expect(abs(found.firstIsBetter + found.equivalent + found.secondIsBetter - 1) < 1e-12)
      let isLower = interval.lower > 0 && place == 0
      #expect(abs(found.firstIsBetter - (isLower ? 0.975 : 0.025)) < 0.004, "\(found), \(interval)")
    }
    let wide = try #require(try BlockBootstrap().compare(Self.mean, a, b, margin: 9).equivalence)
    #expect(wide.isEquivalent)
    let swapped = try #require(try BlockBootstrap().compare(Self.mean, b, a, margin: 0.1).equivalence)
    let straight = try #require(try BlockBootstrap().compare(Self.mean, a, b, margin: 0.1).equivalence)
    #expect(abs(swapped.secondIsBetter - straight.firstIsBetter) < 0.01)
    #expect(throws: VerificationError.self) {
      try BlockBootstrap().compare(Self.mean, a, b, margin: -1)
    }
  }

  @Test func sameSeedSameBits() throws {
    var random = SplitMix64(seed: 4)
    let values = try Self.blocks((0..<15).map { _ in Self.normal(&random) })
    let one = try BlockBootstrap(seed: 5).estimate(Self.mean, of: [values])
    #expect(try BlockBootstrap(seed: 5).estimate(Self.mean, of: [values]) == one)
    #expect(try BlockBootstrap(seed: 6).estimate(Self.mean, of: [values]) != one)
  }

  @Test func orderOfBlocksDoesNotMatterForPairing() throws {
    let values = (0..<12).map { ("\($0)", [Double($0 * $0 % 7), 1]) }
    let a = try BlockScores(values.map { ($0.0, [$0.1[0] + 1, 1]) })
    let b = try BlockScores(values.reversed())
    let comparison = try BlockBootstrap().compare(Self.mean, [a], [b])
    let interval = try #require(comparison.difference.interval)
    #expect(abs(interval.lower - 1) < 1e-12 && abs(interval.upper - 1) < 1e-12)
  }

  @Test func undefinedScores() throws {
    let dry = ContingencyTable(threshold: 1, correctNegatives: 9)
    let wet = ContingencyTable(threshold: 1, hits: 3, correctNegatives: 6)
    let scores = try BlockScores(tables: [("a", wet)] + (0..<11).map { ("\($0)", dry) })
    let estimate = try BlockBootstrap().estimate(.categorical(.csi), of: [scores])
    #expect(estimate.value == 1)
    #expect(estimate.interval == nil)
    #expect(estimate.undefinedResamples > 500)
  }

  @Test func refusals() throws {
    let a = try Self.blocks([1, 2])
    #expect(throws: VerificationError.self) { try BlockBootstrap().compare(Self.mean, [a], []) }
    #expect(throws: VerificationError.self) {
      try BlockBootstrap().compare(Self.mean, [a], [try Self.blocks([1, 2, 3])])
    }
    #expect(throws: VerificationError.self) { try BlockBootstrap().estimate(.mse, of: [a]) }
    #expect(throws: VerificationError.self) { try BlockScores(statistics: 0) }
    #expect(throws: VerificationError.self) { try BlockScores([("a", [1]), ("b", [1, 2])]) }
    #expect(throws: VerificationError.self) { try BlockScores([("a", [.nan])]) }
    #expect(throws: VerificationError.self) { try TimeBlocks(length: 0) }
  }

  @Test func blocksOfTime() throws {
    let blocks = try TimeBlocks(length: 90)
    #expect([0, 89, 90, 179.9, 180].map { blocks.block(of: $0) } == [0, 0, 1, 1, 2])
    #expect(blocks.block(of: -1) == -1)
    #expect(blocks.label(event: "storm", time: 100) == "storm, block 1")
  }

  @Test func leadTimeScoresByBlock() throws {
    var scores = try LeadTimeScoresByBlock(leadTimes: [5, 10], thresholds: [0.5, 2])
    for (block, values) in [("a", [1, 3]), ("b", [0, 4]), ("a", [3, 0])] as [(String, [Float])] {
      var one = try LeadTimeScores(leadTimes: [5, 10], thresholds: [0.5, 2])
      try one.add(forecast: values, observation: [3, 3], samples: 1)
      scores.merge(one, into: block)
    }
    #expect(scores.labels == ["a", "b"])
    let early = try scores.tables(lead: 0, threshold: 0)
    #expect(early.sums == [[2, 0, 0, 0], [0, 1, 0, 0]])
    #expect(try scores.tables(threshold: 1).pooled == [3, 3, 0, 0])
    #expect(try scores.errors(lead: 1).pooled == [3, -2, 4, 10])
    #expect(scores.pooled.tables[0][1].hits == 1)
  }

  @Test(arguments: [(1, 12.706204736), (2, 4.302652730), (7, 2.364624252), (30, 2.042272456)])
  func studentQuantiles(degrees: Int, expected: Double) {
    #expect(abs(studentQuantile(0.975, degreesOfFreedom: degrees) - expected) < 1e-8)
    #expect(abs(normalQuantile(0.975) - 1.959963984540054) < 1e-12)
    #expect(quantile([0, 10, 20], 0.25) == 5)
  }
}
