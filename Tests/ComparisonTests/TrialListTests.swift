import Comparison
import Contenders
import Testing

@Suite struct TrialListTests {
  private static let size = MatchedSize(width: 8, parameters: 1000, operations: 5000)

  private func trials(
    _ count: Int?, rates: [Double] = [], variants: [String] = ["a", "a:kernel=3", "a:kernel=5"],
    name: String = "A", seed: UInt64 = 1
  ) throws -> [Trial] {
    try TrialList(count: count, rates: rates, usualRate: 1e-3, seed: seed).trials(
      name, space: SearchSpace(), variants: variants.map { ($0, Self.size) })
  }

  @Test func aListOfRatesIsATrialOfEach() throws {
    let trials = try trials(nil, rates: [1e-3, 4e-3])
    #expect(trials.map(\.learningRate) == [1e-3, 4e-3] && trials.allSatisfy { $0.contender == "a" })
    #expect(try self.trials(nil).isEmpty && self.trials(0, rates: [1e-3]).isEmpty)
  }

  @Test func randomTrialsStartWithTheEntryAndDiffer() throws {
    let trials = try trials(200)
    #expect(trials.count == 200 && Set(trials).count == 200)
    #expect(trials[0] == Trial(contender: "a", learningRate: 1e-3, size: Self.size))
    let space = SearchSpace()
    #expect(trials.allSatisfy { space.learningRates.contains($0.learningRate) })
    #expect(Set(trials.dropFirst().map(\.contender)) == ["a:kernel=3", "a:kernel=5"])
    // Even in the logarithm: half of them below the geometric mean of the ends.
    let middle = (space.learningRates.lowerBound * space.learningRates.upperBound).squareRoot()
    #expect((70...130).contains(trials.count { $0.learningRate < middle }))
    #expect(try self.trials(200) == trials)
    #expect(try self.trials(200, seed: 2) != trials)
    // Another contender has the same rates.
    let other = try self.trials(20, variants: ["b"], name: "B")
    #expect(try other.map(\.learningRate) == self.trials(20).map(\.learningRate))
  }

  @Test func moreTrialsThanSettingsAreRefused() throws {
    #expect(try trials(5, rates: [1e-3, 2e-3]).count == 5)
    #expect(throws: ComparisonError.self) { try trials(9, rates: [1e-3, 2e-3]) }
  }
}
