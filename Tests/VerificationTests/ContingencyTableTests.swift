import Foundation
import Testing
import Verification

@Suite struct ContingencyTableTests {
  @Test func countsEventsAboveTheThreshold() throws {
    // Pixels:        hit, miss, false alarm, negative, on the threshold twice (none is an event)
    let forecast: [Float] = [3, 0, 3, 0, 2, 3]
    let observation: [Float] = [4, 4, 1, 1, 5, 2]
    var table = ContingencyTable(threshold: 2)
    try table.add(forecast: forecast, observation: observation)
    #expect(table.hits == 1)
    #expect(table.misses == 2)
    #expect(table.falseAlarms == 2)
    #expect(table.correctNegatives == 1)
    #expect(table.tally == PixelTally(valid: 6))
  }

  @Test func comparesInTheFieldsPrecision() throws {
    // 0.1 as Float is a little above 0.1 as Double: a pixel holding Float(0.1) must still not be an event.
    var table = ContingencyTable(threshold: 0.1)
    try table.add(forecast: [0.1, Float(0.1).nextUp], observation: [0.1, 0.1])
    #expect(table.hits == 0)
    #expect(table.falseAlarms == 1)
    #expect(table.correctNegatives == 1)
  }

  @Test func scoresFollowTheirFormulas() {
    let table = ContingencyTable(threshold: 1, hits: 28, misses: 23, falseAlarms: 72, correctNegatives: 2680)
    // Finley's tornado forecasts (1884), the worked example of the field.
    #expect(abs(table.csi! - 28.0 / 123) < 1e-12)
    #expect(abs(table.pod! - 28.0 / 51) < 1e-12)
    #expect(abs(table.far! - 0.72) < 1e-12)
    #expect(abs(table.bias! - 100.0 / 51) < 1e-12)
    let chance = 51.0 * 100 / 2803
    #expect(abs(table.ets! - (28 - chance) / (123 - chance)) < 1e-12)
    #expect(abs(table.hss! - 0.355) < 5e-4)
    for score in CategoricalScore.allCases { #expect(table.value(of: score) != nil) }
    #expect(table.value(of: .far) == table.far)
    #expect(table.value(of: .bias) == table.bias)
  }

  @Test func undefinedIsNil() {
    let empty = ContingencyTable(threshold: 1)
    for score in CategoricalScore.allCases { #expect(empty.value(of: score) == nil) }
    let dry = ContingencyTable(threshold: 1, correctNegatives: 10)
    for score in CategoricalScore.allCases { #expect(dry.value(of: score) == nil) }
    let neverForecast = ContingencyTable(threshold: 1, misses: 3, correctNegatives: 7)
    #expect(neverForecast.csi == 0)
    #expect(neverForecast.pod == 0)
    #expect(neverForecast.far == nil)
    let neverObserved = ContingencyTable(threshold: 1, falseAlarms: 3, correctNegatives: 7)
    #expect(neverObserved.pod == nil)
    #expect(neverObserved.bias == nil)
    #expect(neverObserved.far == 1)
  }

  @Test func masksCountAndNothingIsDroppedSilently() throws {
    let forecast: [Float] = [3, .nan, 3, .infinity, 3, 0]
    let observation: [Float] = [3, 3, .nan, 3, 3, 3]
    let mask = [true, true, true, true, false, true]
    var table = ContingencyTable(threshold: 2)
    try table.add(forecast: forecast, observation: observation, mask: mask)
    #expect(table.hits == 1)
    #expect(table.misses == 1)
    let tally = PixelTally(valid: 2, masked: 1, nonFiniteForecasts: 2, nonFiniteObservations: 1)
    #expect(table.tally == tally)
    #expect(tally.total == 6)

    var byFloat = ContingencyTable(threshold: 2)
    try byFloat.add(forecast: forecast, observation: observation, mask: mask.map { $0 ? 1 : 0 } as [Float])
    #expect(byFloat == table)
  }

  @Test func mergingEqualsPooling() throws {
    var random = Pixels(seed: 7)
    let (f, o, m) = random.fields(997)
    var pooled = ContingencyTable(threshold: 0.5)
    try pooled.add(forecast: f, observation: o, mask: m)
    var merged = ContingencyTable(threshold: 0.5)
    for part in [0..<1, 1..<400, 400..<997] {
      var piece = ContingencyTable(threshold: 0.5)
      try piece.add(forecast: Array(f[part]), observation: Array(o[part]), mask: Array(m[part]))
      merged = merged.merged(with: piece)
    }
    #expect(merged == pooled)
    #expect(pooled.tally.nonFiniteForecasts > 0)
    #expect(pooled.tally.masked > 0)
  }

  @Test func differentSizesAreAnError() {
    var table = ContingencyTable(threshold: 1)
    let short = #expect(throws: VerificationError.self) {
      try table.add(forecast: [1, 2, 3], observation: [1, 2])
    }
    #expect(short?.description.contains("3 forecast, 2 observed") == true)
    #expect(throws: VerificationError.self) {
      try table.add(forecast: [1, 2], observation: [1, 2], mask: [true])
    }
    #expect(throws: VerificationError.self) {
      try table.add(forecast: [1, 2], observation: [1, 2], mask: [1] as [Float])
    }
    #expect(table == ContingencyTable(threshold: 1))
  }

  @Test func survivesJSON() throws {
    var table = ContingencyTable(threshold: 0.1)
    try table.add(forecast: [1, .nan, 0], observation: [1, 1, 1], mask: [true, true, false])
    let decoded = try JSONDecoder().decode(ContingencyTable.self, from: JSONEncoder().encode(table))
    #expect(decoded == table)
  }
}
