import Testing
import Verification

@Suite struct ContinuousErrorsTests {
  @Test func meansOverValidPixelsOnly() throws {
    var errors = ContinuousErrors()
    try errors.add(
      forecast: [1, 2, 100, 6, .nan], observation: [2, 2, 0, 2, 1],
      mask: [true, true, false, true, true])
    // Errors −1, 0, 4 over three pixels.
    #expect(errors.meanError == 1)
    #expect(abs(errors.mae! - 5.0 / 3) < 1e-12)
    #expect(abs(errors.mse! - 17.0 / 3) < 1e-12)
    #expect(abs(errors.rmse! - (17.0 / 3).squareRoot()) < 1e-12)
    #expect(errors.tally == PixelTally(valid: 3, masked: 1, nonFiniteForecasts: 1))
  }

  @Test func undefinedIsNil() throws {
    var errors = ContinuousErrors()
    try errors.add(forecast: [1, .nan], observation: [2, 0], mask: [false, true])
    #expect(errors.mse == nil)
    #expect(errors.mae == nil)
    #expect(errors.rmse == nil)
    #expect(errors.meanError == nil)
  }

  @Test func sumsAreInDouble() throws {
    // In Float, 16,777,216 + 1 is lost; 2²⁴ + 3 squared errors of 1 must all arrive.
    var errors = ContinuousErrors()
    let count = (1 << 24) + 3
    let ones = [Float](repeating: 1, count: count)
    let zeros = [Float](repeating: 0, count: count)
    try errors.add(forecast: ones, observation: zeros)
    #expect(errors.sumOfSquaredErrors == Double(count))
    #expect(errors.mse == 1)
    // The difference itself is taken in Double as well.
    var large = ContinuousErrors()
    try large.add(forecast: [16_777_216], observation: [-1])
    #expect(large.meanError == 16_777_217)
  }

  @Test func mergingEqualsPooling() throws {
    var random = Pixels(seed: 11)
    let (f, o, m) = random.fields(1_001)
    var pooled = ContinuousErrors()
    try pooled.add(forecast: f, observation: o, mask: m)
    var merged = ContinuousErrors()
    for part in [0..<333, 333..<334, 334..<1_001] {
      var piece = ContinuousErrors()
      try piece.add(forecast: Array(f[part]), observation: Array(o[part]), mask: Array(m[part]))
      merged.merge(piece)
    }
    #expect(merged.tally == pooled.tally)
    for (a, b) in [(merged.mse, pooled.mse), (merged.mae, pooled.mae), (merged.meanError, pooled.meanError)] {
      #expect(abs(a! - b!) <= 1e-12 * max(1, abs(b!)))
    }
  }
}
