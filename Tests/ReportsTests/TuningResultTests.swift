import Foundation
import Reports
import Testing

@Suite struct TuningResultTests {
  /// Against all ways to draw n losses with replacement.
  @Test func theExpectedBestIsTheMeanOverAllDraws() {
    let losses = [0.4, 0.1, 0.3]
    let curve = ExpectedBest.curve(losses)
    var draws: [[Double]] = [[]]
    for n in 1...3 {
      draws = draws.flatMap { draw in losses.map { draw + [$0] } }
      let best = draws.map { $0.min()! }
      let mean = best.reduce(0, +) / Double(best.count)
      let variance = best.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(best.count)
      #expect(curve[n - 1].trials == n)
      #expect(abs(curve[n - 1].loss - mean) < 1e-12)
      #expect(abs(curve[n - 1].deviation - variance.squareRoot()) < 1e-12)
    }
  }

  @Test func fewerThanThreeTrialsHaveNoCurve() {
    #expect(ExpectedBest.curve([0.1, 0.2]).isEmpty && ExpectedBest.curve([0.1, nil, 0.2]).isEmpty)
    // One that broke down is as bad as the worst.
    #expect(ExpectedBest.curve([0.1, nil, 0.2, 0.3]) == ExpectedBest.curve([0.1, 0.3, 0.2, 0.3]))
  }

  @Test func moreDataHelpsWhereEverySeedSaysSo() {
    func gain(_ half: [Double?], _ whole: [Double?], lowerIsBetter: Bool = false) -> GainFromData {
      GainFromData(
        zip([0.5, 1], [half, whole]).map { share, scores in
          SharePoint(share: share, score: .init(value: nil, interval: nil, bySeed: scores))
        }, lowerIsBetter: lowerIsBetter)
    }
    #expect(gain([0.5, 0.25], [0.75, 0.5]) == .helped(0.25))
    #expect(gain([0.5, 0.25], [0.75, 0.5], lowerIsBetter: true) == .worsened(-0.25))
    #expect(gain([0.5, 0.5], [0.625, 0.375]) == .levelled(0))
    #expect(gain([0.5, 0.5], [0.501, 0.501]) != .helped(0.001))
    #expect(gain([0.5], [0.75]) == .oneSeed(0.25))
    #expect(gain([nil], [0.75]) == .unknown)
  }
}
