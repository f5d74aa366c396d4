import Foundation
import Testing
import Verification

@Suite struct LeadTimeScoresTests {
  @Test func eachFrameGoesToItsLeadTime() throws {
    var scores = try LeadTimeScores(leadTimes: [5, 10], thresholds: [0.5, 2])
    // Two forecasts of two frames of three pixels.
    let forecast: [Float] = [1, 0, 3, 0, 0, 0, 1, 1, 1, 3, 3, 0]
    let observation: [Float] = [1, 1, 3, 0, 0, 3, 0, 1, 0, 3, 1, 0]
    try scores.add(forecast: forecast, observation: observation, samples: 2)
    #expect(scores.tables[0][0].hits == 3)
    #expect(scores.tables[0][0].misses == 1)
    #expect(scores.tables[0][0].falseAlarms == 2)
    #expect(scores.tables[0][1].hits == 1)
    #expect(scores.tables[1][0].hits == 2)
    #expect(scores.tables[1][0].misses == 1)
    #expect(scores.tables[1][1].falseAlarms == 1)
    #expect(scores.errors[0].mse == 3.0 / 6)
    #expect(scores.errors[1].mse == (9.0 + 4) / 6)
    #expect(scores.pooledErrors.mse == (3.0 + 13) / 12)
    #expect(scores.pooledTables.map(\.threshold) == [0.5, 2])
    #expect(scores.pooledTables[0].hits == 5)
    #expect(scores.tally.valid == 12)
  }

  @Test func mergingEqualsPooling() throws {
    var random = Pixels(seed: 3)
    let (leads, pixels, samples) = (3, 35, 4)
    let (f, o, m) = random.fields(samples * leads * pixels)
    let empty = try LeadTimeScores(leadTimes: [5, 10, 15], thresholds: [0.1, 0.5])
    var pooled = empty
    try pooled.add(forecast: f, observation: o, mask: m, samples: samples)
    var merged = empty
    for sample in 0..<samples {
      let range = sample * leads * pixels..<(sample + 1) * leads * pixels
      var one = empty
      try one.add(forecast: Array(f[range]), observation: Array(o[range]), mask: Array(m[range]))
      merged = merged.merged(with: one)
    }
    #expect(merged.tables == pooled.tables)
    #expect(merged.tally == pooled.tally)
    for (a, b) in zip(merged.errors, pooled.errors) { #expect(abs(a.mse! - b.mse!) < 1e-12 * b.mse!) }
    // And the pooled tables are the sum over lead times.
    let whole = merged.pooledTables[1]
    #expect(whole.hits == merged.tables.reduce(0) { $0 + $1[1].hits })
  }

  @Test func framesThatDoNotDivideAreAnError() throws {
    var scores = try LeadTimeScores(leadTimes: [5, 10], thresholds: [1])
    #expect(throws: VerificationError.self) {
      try scores.add(forecast: [1, 2, 3], observation: [1, 2, 3])
    }
    #expect(throws: VerificationError.self) {
      try scores.add(forecast: [1, 2], observation: [1, 2], samples: 0)
    }
    #expect(throws: VerificationError.self) { try LeadTimeScores(leadTimes: [], thresholds: [1]) }
    #expect(throws: VerificationError.self) { try LeadTimeScores(leadTimes: [5], thresholds: [.nan]) }
  }

  @Test func survivesJSONAndRefusesWhatDoesNotFit() throws {
    var scores = try LeadTimeScores(leadTimes: [5, 10], thresholds: [0.1, 2])
    try scores.add(forecast: [1, 2], observation: [1, 3])
    let json = try JSONEncoder().encode(scores)
    #expect(try JSONDecoder().decode(LeadTimeScores.self, from: json) == scores)
    let text = String(decoding: json, as: UTF8.self)
    let broken = text.replacingOccurrences(of: "\"leadTimes\":[5,10]", with: "\"leadTimes\":[5]")
    #expect(broken != text)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(LeadTimeScores.self, from: Data(broken.utf8))
    }
  }
}
