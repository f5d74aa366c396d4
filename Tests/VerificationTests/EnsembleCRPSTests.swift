import Foundation
import SafeTensors
import Testing
import Verification

/// The score of ensembles against hand values, its definition, and other implementations
/// (`Reference/ensemble_scores.py`).
@Suite struct EnsembleCRPSTests {
  @Test func twoMembersByHand() throws {
    var score = try EnsembleCRPS(members: 2)
    // |0 − 1| and |3 − 1|: 1.5 in the mean; the members lie 3 apart: 3 / 4, and fair 3 / 2.
    try score.add(forecast: [0, 3], observation: [1])
    #expect(score.value == 0.75 && score.fair == 0)
    // Members in any order; |5 − 1| and |2 − 1|: 2.5, the same distance.
    try score.add(forecast: [5, 2], observation: [1])
    #expect(score.value == (0.75 + 1.75) / 2 && score.fair == 0.5)
    #expect(score.tally == PixelTally(valid: 2))
  }

  @Test func oneMemberGivesTheMeanAbsoluteError() throws {
    var random = Pixels(seed: 3)
    let (forecast, observation, mask) = random.fields(500)
    var score = try EnsembleCRPS(members: 1)
    var errors = ContinuousErrors()
    try score.add(forecast: forecast, observation: observation, mask: mask)
    try errors.add(forecast: forecast, observation: observation, mask: mask)
    #expect(abs(score.value! - errors.mae!) < 1e-12)
    #expect(score.fair == nil && score.tally == errors.tally)
  }

  /// The sorted sum is the double sum over all pairs.
  @Test(arguments: [2, 3, 7]) func sortedMembersAreTheDefinition(_ members: Int) throws {
    var random = Pixels(seed: 8)
    let count = 60
    let forecast = (0..<members * count).map { _ in max(0, random.uniform() * 4 - 1) }
    let observation = (0..<count).map { _ in max(0, random.uniform() * 4 - 1) }
    var (value, fair) = (0.0, 0.0)
    for pixel in 0..<count {
      let x = (0..<members).map { Double(forecast[$0 * count + pixel]) }
      let error = x.reduce(0) { $0 + abs($1 - Double(observation[pixel])) } / Double(members)
      let pairs = x.reduce(0) { sum, a in sum + x.reduce(0) { $0 + abs($1 - a) } }
      value += error - pairs / Double(2 * members * members)
      fair += error - pairs / Double(2 * members * (members - 1))
    }
    var score = try EnsembleCRPS(members: members)
    try score.add(forecast: forecast, observation: observation)
    #expect(abs(score.value! - value / Double(count)) < 1e-12)
    #expect(abs(score.fair! - fair / Double(count)) < 1e-12)
  }

  @Test func mergingEqualsPooling() throws {
    var random = Pixels(seed: 21)
    let count = 101
    let forecast = (0..<3).map { _ in random.fields(count).forecast }
    let (_, observation, mask) = random.fields(count)
    var pooled = try EnsembleCRPS(members: 3)
    try pooled.add(forecast: Array(forecast.joined()), observation: observation, mask: mask)
    var merged = try EnsembleCRPS(members: 3)
    for part in [0..<40, 40..<41, 41..<count] {
      var piece = try EnsembleCRPS(members: 3)
      try piece.add(
        forecast: forecast.flatMap { $0[part] }, observation: Array(observation[part]),
        mask: Array(mask[part]))
      merged = merged.merged(with: piece)
    }
    #expect(merged.tally == pooled.tally && pooled.tally.nonFiniteForecasts > 0)
    #expect(abs(merged.value! - pooled.value!) < 1e-12 && abs(merged.fair! - pooled.fair!) < 1e-12)
    let again = try JSONDecoder().decode(EnsembleCRPS.self, from: JSONEncoder().encode(pooled))
    #expect(again == pooled)
  }

  @Test func missingAndUndefined() throws {
    var score = try EnsembleCRPS(members: 2)
    #expect(score.value == nil && score.fair == nil)
    try score.add(
      forecast: [1, .nan, 1, 1, .infinity, 2], observation: [0, 0, .nan], mask: [false, true, true])
    #expect(score.value == nil && score.fair == nil)
    #expect(score.tally == PixelTally(masked: 1, nonFiniteForecasts: 1, nonFiniteObservations: 1))
    #expect(throws: VerificationError.self) { try EnsembleCRPS(members: 0) }
    #expect(throws: VerificationError.self) { try score.add(forecast: [1, 2, 3], observation: [1]) }
    #expect(throws: VerificationError.self) { try score.add(forecast: [1, 2], observation: [1], mask: []) }
    let values: [Float] = [1]
    let error = #expect(throws: VerificationError.self) {
      try values.withUnsafeBufferPointer { field in
        try score.add(forecasts: [field, field, field], observation: field)
      }
    }
    #expect(error?.received == "3")
  }

  static let folder = GoldenScoresTests.folder.deletingLastPathComponent()
    .appending(path: "ensemble-scores")

  @Test(arguments: ["one", "two", "five-pooled", "eleven-dry", "nothing-valid"])
  func equalsOthers(_ name: String) throws {
    let golden = try SafeTensorsFile(contentsOf: Self.folder.appending(path: name + ".safetensors"))
    let members = try #require(golden.metadata["members"].flatMap { Int($0) })
    let undefined = try JSONDecoder().decode(
      [String].self, from: Data(#require(golden.metadata["undefined"]).utf8))
    var score = try EnsembleCRPS(members: members)
    try score.add(
      forecast: golden.floats("forecast"), observation: golden.floats("observation"),
      mask: golden.floats("mask").map { $0 > 0.5 })
    for (key, ours) in [("crps", score.value), ("fair", score.fair)] {
      guard !undefined.contains(key) else {
        #expect(ours == nil, "\(key)")
        continue
      }
      let expected = Double(try #require(golden.floats(key).first))
      #expect(abs(try #require(ours) - expected) <= 1e-6 * max(1, abs(expected)), "\(key)")
    }
  }
}
