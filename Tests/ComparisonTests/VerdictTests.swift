import Comparison
import Foundation
import Reports
import Testing
import Verification

/// Headline, reason, certainty, JSON and page of many synthetic outcomes say the same.
@Suite struct VerdictTests {
  private static let mean = PooledScore(name: "accuracy", higherIsBetter: true, statistics: 2) {
    $0[1] > 0 ? $0[0] / $0[1] : nil
  }

  /// What a comparison measured: a level for each contender and baseline, noise of blocks and of seeds.
  struct Case {
    var contenders: [Double]
    var baselines: [(name: String, level: Double)] = [("S-PROG", 0)]
    var blocks = 20
    var events = 1
    var seeds = 3
    var noise = 0.02
    var seedNoise = 0.0
    var margin: Double? = 0.01
    var stepSeconds: [Double] = []
    var lastFrame: String?
  }

  static func report(_ found: Case, seed: UInt64 = 1) throws -> ComparisonReport {
    var random = SplitMix64(seed: seed)
    func noise(_ scale: Double) -> Double {
      scale * (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
    }
    let shared = (0..<found.blocks).map { _ in noise(0.1) }
    func run(_ level: Double) throws -> BlockScores {
      var scores = try BlockScores(statistics: 2)
      let own = noise(found.seedNoise)
      for (block, shared) in shared.enumerated() {
        try scores.add(
          [level + own + shared + noise(found.noise), 1], to: "\(block)",
          event: found.events > 1 ? "event \(block * found.events / found.blocks)" : "")
      }
      return scores
    }
    let names = found.contenders.indices.map { "Model \($0)" }
    let sums = try found.contenders.map { level in try (0..<found.seeds).map { _ in try run(level) } }
    let bootstrap = BlockBootstrap(resamples: 300)
    let ranking = try Ranking(mean, names: names, sums: sums, bootstrap: bootstrap, margin: found.margin)
    let rivalries = try found.baselines.map { baseline in
      let own = try run(baseline.level)
      return BaselineRivalry(
        name: baseline.name, value: mean.value(own.pooled),
        comparisons: try sums.map { try bootstrap.compare(mean, $0, [own], margin: found.margin) },
        tests: sums.map { DieboldMariano(mean, $0, [own]) }, isLastFrame: baseline.name == found.lastFrame)
    }
    func format(_ value: Double) -> String { String(format: "%.3f", value) }
    let verdict = ComparisonVerdict(
      ranking: ranking, primary: .accuracy, scoreName: "accuracy", budget: .parameters,
      baselines: rivalries,
      stepSeconds: found.stepSeconds.isEmpty
        ? names.indices.map { 1 + Double($0) } : found.stepSeconds,
      block: "one group", moreBlocks: "More groups make more blocks.", object: "these clips", caveats: [],
      format: format, differenceFormat: format
    ).verdict
    var report = ComparisonReport(
      title: "Synthetic", task: .classification, verdict: verdict,
      data: DataDescription(
        name: "synthetic", summary: "", quantity: "value", unit: "", leadTimeUnit: .frames, inputFrames: 1,
        classes: ["a"]),
      provenance: Provenance(
        command: "", version: "0", date: .distantPast, machine: "", backends: [], threads: 1),
      models: names.enumerated().map { index, name in
        ModelResult(
          name: name, summary: "", parameters: 1, flopsPerSample: 1, trainings: [],
          classification: ClassificationResult(accuracy: ranking.values[index], confusion: [[1]]))
      },
      baselines: rivalries.map {
        BaselineResult(
          name: $0.name, summary: "",
          classification: ClassificationResult(accuracy: $0.value, confusion: [[1]]))
      })
    report.differences =
      ranking.reported("accuracy", isPrimary: true)
      + rivalries.flatMap { $0.reported("accuracy", contenders: names) }
    return report
  }

  /// What must hold whatever was measured.
  private func expectAgreement(_ report: ComparisonReport, _ comment: Comment) throws {
    let verdict = report.verdict
    let outcome = try #require(verdict.outcome)
    let lines = try #require(report.differences)
    let pairs = lines.filter(\.isPrimary)
    func about(_ name: String) -> [ScoreDifference] {
      lines.filter { $0.first == name || $0.second == name }
    }
    let headline = verdict.recommendation
    let names = report.models.map(\.name)
    let decisive = verdict.decisivePair.flatMap { pair in
      lines.first { $0.first == pair.first && $0.second == pair.second }
    }
    #expect(lines.allSatisfy { $0.role == .decides }, comment)
    switch outcome {
    case .use(let name):
      #expect(headline.contains(name) && verdict.recommended == name, comment)
      #expect(about(name).allSatisfy { $0.winner == name }, comment)
      #expect(pairs.isEmpty || report.clearWinner == name, comment)
      #expect(!headline.contains("No clear") && !headline.contains("equivalent"), comment)
    case .equivalent(let among, let cheaper, let margin):
      #expect(among.count > 1 && among.allSatisfy(headline.contains), comment)
      #expect(headline.contains("equivalent") && !headline.contains("No clear"), comment)
      #expect(decisive?.conclusion == .equivalent && decisive?.equivalence?.margin == margin, comment)
      #expect(cheaper.map { headline.contains("take \($0)") } ?? headline.contains("about the same"), comment)
      #expect(verdict.recommended == nil && report.clearWinner == nil, comment)
    case .noClearDifference(let among, let cheaper):
      #expect(headline.hasPrefix("No clear difference") && among.allSatisfy(headline.contains), comment)
      #expect(!headline.contains("equally"), comment)
      #expect(among.count > 1 && cheaper.map(among.contains) != false, comment)
      // What it rests on is open.
      #expect(decisive?.conclusion == .notClear, comment)
      #expect(verdict.recommended == nil, comment)
    case .useNeither(let baseline), .lastFrameSuffices(let baseline):
      #expect(verdict.recommended == baseline, comment)
      #expect(
        about(baseline).allSatisfy { !names.contains($0.winner ?? "") || $0.winner != decisive?.first })
      if case .better(let winner) = decisive?.conclusion {
        #expect(winner == baseline && headline.contains("better"), comment)
      } else {
        #expect(headline.contains("as good"), comment)
      }
    case .unknown:
      #expect(decisive?.conclusion == .unknown && headline.contains("nothing can be said"), comment)
      #expect(verdict.certainty.contains("There is no interval"), comment)
      #expect(lines.contains { $0.conclusion == .unknown && $0.winner == nil }, comment)
      #expect(verdict.recommended == nil, comment)
    }
    // The certainty is that of the line on which the answer rests.
    let evidence = try #require(decisive, comment)
    if let interval = evidence.interval {
      #expect(verdict.certainty.contains("\(evidence.first) − \(evidence.second) is"), comment)
      #expect(verdict.certainty.contains(String(format: "%.3f", abs(interval.lower))), comment)
      let p = try #require(evidence.equivalence, comment)
      #expect(abs(p.firstIsBetter + p.equivalent + p.secondIsBetter - 1) < 1e-9, comment)
      if case .better(let winner) = evidence.conclusion {
        let share =
          winner == evidence.first ? p.firstIsBetter + p.equivalent : p.secondIsBetter + p.equivalent
        #expect(share >= 0.97, "\(comment): no clear winner against the probabilities")
      }
      #expect(verdict.certainty.contains("over"), comment)
    } else {
      #expect(evidence.equivalence == nil && !verdict.certainty.contains("probability"), comment)
    }
    // JSON and page.
    #expect(try ComparisonReport(json: report.json()) == report)
    let page = report.html()
    #expect(page.contains(headline), comment)
    let isShown = page.contains("Does the difference matter?")
    #expect(isShown == (evidence.equivalence != nil), comment)
    if evidence.interval == nil { #expect(!page.contains("no clear difference"), comment) }
  }

  @Test func everythingAgreesOverManyOutcomes() throws {
    var kinds: Set<String> = []
    var random = SplitMix64(seed: 99)
    for number in 0..<240 {
      let count = Int.random(in: 1...3, using: &random)
      var found = Case(
        contenders: (0..<count).map { _ in
          0.5 + [0, 0.002, 0.01, 0.05, 0.3].randomElement(using: &random)!
        })
      found.baselines = [
        ("S-PROG", [0.1, 0.5, 0.505, 0.6].randomElement(using: &random)!), ("Last frame", 0.2),
      ]
      found.lastFrame = Bool.random(using: &random) ? "S-PROG" : nil
      found.blocks = [4, 9, 10, 24].randomElement(using: &random)!
      found.events = [1, 1, 2, 4].randomElement(using: &random)!
      found.seeds = Int.random(in: 1...3, using: &random)
      found.noise = [0, 0.001, 0.03, 0.2].randomElement(using: &random)!
      found.seedNoise = [0, 0, 0.002, 0.05].randomElement(using: &random)!
      found.margin = [0.01, 0.02, 0].randomElement(using: &random)!
      let report = try Self.report(found, seed: UInt64(number))
      kinds.insert("\(report.verdict.outcome!)".prefix { $0 != "(" }.description)
      try expectAgreement(
        report, "\(number): \(found), \(report.verdict.recommendation) \(report.verdict.certainty)")
    }
    #expect(kinds.count == 6, "\(kinds)")
  }

  /// 40 of 40 against 10 of 40 is a difference; with few groups it is unknown, and never "no clear difference".
  @Test(arguments: [1, 2, 4, 8, 10, 20, 40]) func aLargeDifferenceIsOneOrUnknown(blocks: Int) throws {
    var found = Case(contenders: [0.25, 1])
    (found.blocks, found.noise, found.seeds) = (blocks, 0, 1)
    let report = try Self.report(found)
    try expectAgreement(report, "\(blocks)")
    #expect(abs(report.differences![0].value! - 0.75) < 1e-9)
    if blocks >= 10 {
      #expect(report.verdict.outcome == .use(model: "Model 1"))
    } else {
      #expect(report.verdict.outcome == .unknown(reason: "there is no interval of the difference"))
      #expect(report.verdict.certainty.contains("fewer than 10"))
      #expect(report.verdict.certainty.contains("More groups"))
    }
  }

  @Test func eachOutcomeHasItsWords() throws {
    func verdict(_ found: Case) throws -> Verdict {
      let report = try Self.report(found)
      try expectAgreement(report, "\(found)")
      return report.verdict
    }
    #expect(try verdict(Case(contenders: [0.5, 0.6])).recommendation == "Use Model 1 for these clips.")
    let equal = try verdict(Case(contenders: [0.5, 0.5], noise: 0.002))
    #expect(
      equal.recommendation
        == "Model 0 and Model 1 are equivalent on these clips, within 0.010: take Model 0, the cheaper. A training "
        + "step of the other takes 2.00 times as long.")
    // Clear, yet too small to matter.
    let small = try verdict(Case(contenders: [0.5, 0.504], noise: 0.001))
    guard case .equivalent = small.outcome else {
      Issue.record("\(small)")
      return
    }
    let open = try verdict(Case(contenders: [0.5, 0.5], noise: 0.3, stepSeconds: [1, 1]))
    #expect(
      open.recommendation
        == "No clear difference between Model 0 and Model 1 on these clips. They cost about the same.")
    let beaten = try verdict(Case(contenders: [0.5, 0.6], baselines: [("S-PROG", 0.8)]))
    #expect(beaten.recommendation == "Use neither: S-PROG is better on these clips.")
    let still = try verdict(
      Case(
        contenders: [0.5, 0.6], baselines: [("Last", 0.6), ("Majority", 0.1)], noise: 0.001, lastFrame: "Last"
      ))
    #expect(still.outcome == .lastFrameSuffices(baseline: "Last"))
    #expect(
      still.recommendation == "The last frame alone is as good on these clips: no recurrence is needed.")
    let open2 = try verdict(
      Case(contenders: [0.3, 0.62], baselines: [("S-PROG", 0.6)], blocks: 12, noise: 0.1))
    #expect(
      open2.outcome == .noClearDifference(among: ["Model 1", "S-PROG"], cheaper: "S-PROG"),
      "clear between contenders, not against the baseline")
    #expect(open2.recommendation.hasSuffix("S-PROG needs no training."))
  }
}
