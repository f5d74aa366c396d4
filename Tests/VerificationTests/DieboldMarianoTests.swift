import Foundation
import SafeTensors
import Testing
import Verification

@Suite struct DieboldMarianoTests {
  /// Against numpy and scipy (`Reference/forecast_tests.py`).
  @Test(arguments: ["independent", "correlated", "events", "negative", "few"])
  func equalsTheReference(name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = try SafeTensorsFile(
      contentsOf: folder.appending(path: "Goldens/forecast-tests/\(name).safetensors"))
    func number(_ key: String) throws -> Double { Double(try #require(file.floats(key).first)) }
    let test = try #require(
      try DieboldMariano(
        differences: file.floats("differences").map(Double.init), horizon: Int(number("horizon")),
        events: file.floats("events").map { "\($0)" }))
    #expect(abs(test.statistic - (try number("statistic"))) <= 1e-6 * max(1, abs(test.statistic)))
    #expect(abs(test.pValue - (try number("p"))) <= 1e-6)
    #expect(test.horizon == Int(try number("used")))
    if name == "negative" { #expect(test.horizon == 1, "its variance at horizon 2 is negative") }
  }

  @Test func signAndSymmetry() throws {
    let series = (0..<20).map { 1 + sin(Double($0) * 2.3) }
    let one = try #require(DieboldMariano(differences: series, horizon: 2))
    let other = try #require(DieboldMariano(differences: series.map { -$0 }, horizon: 2))
    #expect(one.statistic > 0 && one.statistic == -other.statistic && one.pValue == other.pValue)
    // At horizon 1 it is Student's one-sample test with n in the place of n − 1, corrected by √((n − 1) / n): the same.
    let plain = try #require(DieboldMariano(differences: series))
    let mean = series.reduce(0, +) / 20
    let variance = series.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 19
    #expect(abs(plain.statistic - mean / (variance / 20).squareRoot()) < 1e-12)
  }

  @Test func refusesWhatHasNoVariance() {
    #expect(DieboldMariano(differences: [1]) == nil)
    #expect(DieboldMariano(differences: [1, 1, 1]) == nil)
    #expect(DieboldMariano(differences: [1, 2, 3], horizon: 3) == nil)
    #expect(DieboldMariano(differences: [1, 2, .nan]) == nil)
    #expect(DieboldMariano(differences: [1, 2], events: ["a"]) == nil)
  }

  /// Blocks without an event have no CSI and are left out; the order of the second's blocks does not matter.
  @Test func seriesOfScores() throws {
    func tables(_ hits: [Int], reversed: Bool = false) throws -> BlockScores {
      let blocks = hits.enumerated().map { place, hits in
        (
          label: "\(place)",
          table: ContingencyTable(threshold: 1, hits: hits, misses: hits > 0 ? 10 - hits : 0)
        )
      }
      return try BlockScores(tables: reversed ? blocks.reversed() : blocks)
    }
    let first = [5, 6, 0, 7, 5, 8, 6, 9, 5, 6, 7, 0, 8]
    let second = [4, 6, 0, 5, 5, 6, 6, 6, 4, 6, 6, 0, 6]
    let test = try #require(
      DieboldMariano(.categorical(.csi), try [tables(first)], try [tables(second, reversed: true)]))
    let series = zip(first, second).filter { $0.0 > 0 }.map { Double($0 - $1) / 10 }
    let expected = try #require(DieboldMariano(differences: series))
    #expect(test.count == 11 && abs(test.statistic - expected.statistic) < 1e-9)
    #expect(
      DieboldMariano(
        .categorical(.csi), try [tables(Array(first.prefix(10)))], try [tables(Array(second.prefix(10)))])
        == nil, "nine blocks with an event")
  }
}
