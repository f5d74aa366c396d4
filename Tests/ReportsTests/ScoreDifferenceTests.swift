import Foundation
import Reports
import Testing

@Suite struct ScoreDifferenceTests {
  private func difference(
    _ lower: Double, _ upper: Double, higherIsBetter: Bool = true,
    _ adjustment: ScoreDifference.Adjustment? = nil
  ) -> ScoreDifference {
    ScoreDifference(
      score: "CSI", first: "a", second: "b", value: (lower + upper) / 2,
      interval: ScoreInterval(lower: lower, upper: upper), blocks: 8, higherIsBetter: higherIsBetter,
      adjustment: adjustment)
  }

  @Test func theWinnerNeedsAClearInterval() {
    #expect(difference(0.01, 0.05).winner == "a")
    #expect(difference(-0.05, -0.01).winner == "b")
    #expect(difference(-0.05, -0.01, higherIsBetter: false).winner == "a")
    #expect(difference(-0.01, 0.05).winner == nil)
  }

  @Test func anAdjustmentCanWithdrawTheWinner() {
    #expect(difference(0.01, 0.05, .holm(rank: 2, of: 3, isClear: true)).winner == "a")
    #expect(difference(0.01, 0.05, .holm(rank: 2, of: 3, isClear: false)).winner == nil)
  }

  /// The three probabilities in numbers and as a bar, the test, and what only explores.
  @Test func theEvidenceIsShown() throws {
    let report = try ExampleReport.forecast(models: 2)
    let text = try Elements.of(report.html()).text
    #expect(text.contains("Does the difference matter?") && text.contains("Probability of a difference"))
    for part in [
      "0.55", "0.35", "0.10", "p = 0.240", "exploratory", "2 events, 12 blocks of time within them",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(report.html().contains("--share: 0.55"))
    #expect(text.contains("was named before training and decides; everything else is exploratory"))
    let object = try #require(try JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
    let lines = try #require(object["differences"] as? [[String: Any]])
    #expect(Set(lines.compactMap { $0["role"] as? String }) == ["decides", "exploratory"])
    let equivalence = try #require(lines[0]["equivalence"] as? [String: Double])
    #expect(
      equivalence == ["margin": 0.01, "firstIsBetter": 0.55, "equivalent": 0.35, "secondIsBetter": 0.1])
    #expect((lines[0]["test"] as? [String: Any])?["name"] as? String == "dieboldMariano")
    var unknown = report
    unknown.differences = report.differences?.map {
      var line = $0
      (line.interval, line.equivalence, line.test) = (nil, nil, nil)
      return line
    }
    let page = try Elements.of(unknown.html()).text
    #expect(page.contains("unknown") && !page.contains("no clear difference"))
    #expect(!page.contains("Does the difference matter?"))
  }

  /// A seed that disagrees is part of the interval, not beside it.
  @Test func conclusionsFollowIntervalAndMargin() {
    var one = difference(0.001, 0.005)
    one.bySeed = [-0.001, 0.004]
    #expect(one.conclusion == .better("a"))
    one.equivalence = .init(margin: 0.01, firstIsBetter: 0.01, equivalent: 0.98, secondIsBetter: 0.01)
    #expect(one.conclusion == .equivalent && one.winner == nil)
    one.interval = nil
    #expect(one.conclusion == .unknown && one.winner == nil)
    #expect(difference(-0.001, 0.005).conclusion == .notClear)
  }

  @Test func levelsAreHolms() {
    let levels = (1...3).map { ScoreDifference.Adjustment.holm(rank: $0, of: 3, isClear: true).level }
    for (level, expected) in zip(levels, [1 - 0.05 / 3, 0.975, 0.95]) {
      #expect(abs(level - expected) < 1e-12)
    }
  }

  @Test func everyPairIsShownAndTheAdjustmentSaid() throws {
    let three = try ExampleReport.forecast(models: 3)
    let text = try Elements.of(three.html()).text
    #expect(text.contains("adjusted by Holm's method"))
    #expect(text.contains("Among 3 models there are 3 pairs"))
    #expect(text.contains("98.33%"))
    for pair in ["convlstm2d − conv2d-lstm", "trajgru − conv2d-lstm", "trajgru − convlstm2d"] {
      #expect(text.contains(pair), "\(pair)")
    }
    let two = try Elements.of(ExampleReport.forecast(models: 2).html()).text
    #expect(!two.contains("Holm") && two.contains("95% interval"))
    var unadjusted = three
    unadjusted.differences = three.differences?.map {
      var difference = $0
      difference.adjustment = nil
      return difference
    }
    #expect(try Elements.of(unadjusted.html()).text.contains("not adjusted for the number of pairs"))
  }

  @Test func theTableHasColumnsForTheAdjustmentWhereThereIsOne() throws {
    func table(_ count: Int) throws -> [String] {
      let folder = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      try ExampleReport.forecast(models: count).write(to: folder)
      return try String(contentsOf: folder.appending(path: "differences.csv"), encoding: .utf8)
        .split(separator: "\n").map(String.init)
    }
    let plain =
      "score,first,second,difference,lower,upper,blocks,by_seed,better,role,events,margin,p_first_better,"
      + "p_equivalent,p_second_better,dm_statistic,dm_p"
    let two = try table(2)
    #expect(two[0] == plain && two.count == 1 + 4)
    let five = try table(5)
    #expect(five[0] == plain + ",adjustment,level" && five.count == 1 + 4 * 10)
    #expect(five[1].hasSuffix(",holm,0.995"))
  }
}
