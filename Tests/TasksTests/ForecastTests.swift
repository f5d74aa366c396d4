import Foundation
import Readers
import Sampling
import Tasks
import Testing
import Verification

/// A forecast as a value: members, parts, what is derived from them.
@Suite struct ForecastTests {
  /// Members of 2 × 3 pixels at two leads: member m has 100 m + 10 lead + pixel.
  static func ensemble(_ members: Int, unit: PhysicalUnit = .dimensionless) throws -> Forecast {
    var values: [Float] = []
    for member in 0..<members {
      for lead in 0..<2 { values += (0..<6).map { Float(100 * member + 10 * lead + $0) } }
    }
    return try Forecast(
      values: values, members: members, isValid: [true, true, true, true, true, false], height: 2, width: 3,
      leads: [1, 2], hasTimes: false, reference: nil, unit: unit)
  }

  @Test func sizesAreNamed() throws {
    func message(
      _ count: Int = 48, members: Int = 2, mask: Int = 6, height: Int = 2, leads: [Double] = [5, 10, 15, 20],
      quantiles: ForecastLevels<Double>? = nil
    ) -> String? {
      do {
        _ = try Forecast(
          values: [Float](repeating: 0, count: count), members: members,
          isValid: [Bool](repeating: true, count: mask), height: height, width: 3, leads: leads,
          hasTimes: true, reference: nil, unit: .millimetresPerHour, quantiles: quantiles)
        return nil
      } catch { return "\(error)" }
    }
    #expect(message() == nil)
    #expect(message(47)?.contains("2 members × 4 leads × 2 × 3 = 48 values; found 47") == true)
    #expect(message(members: 0)?.contains("0 members") == true)
    #expect(message(mask: 5)?.contains("2 × 3 = 6 pixels; found 5") == true)
    #expect(message(height: 0)?.contains("0 rows") == true)
    #expect(message(leads: [5, 10, 10, 20])?.contains("ascending") == true)
    let short = ForecastLevels(levels: [0.5, 0.9], values: [Float](repeating: 0, count: 47))
    #expect(message(quantiles: short)?.contains("48 values for 2 quantile levels") == true)
    #expect(message(quantiles: ForecastLevels(levels: [], values: [])) != nil)
  }

  @Test func membersAndTheirMean() throws {
    let forecast = try Self.ensemble(3)
    #expect(Array(forecast.field(member: 2, lead: 1)) == [210, 211, 212, 213, 214, 215])
    let second = forecast.member(1)
    #expect(second.members == 1 && Array(second.field(lead: 0)) == [100, 101, 102, 103, 104, 105])
    #expect(second.isValid == forecast.isValid && second.leads == forecast.leads)
    let mean = forecast.mean()
    #expect(mean.members == 1 && mean.values == second.values)
    let one = try Self.ensemble(1)
    #expect(one.mean() == one && one.member(0) == one)
    // Nothing is copied where there is one member.
    let same = one.values.withUnsafeBufferPointer { a in
      one.mean().values.withUnsafeBufferPointer { a.baseAddress == $0.baseAddress }
    }
    #expect(same)
  }

  @Test func quantilesOfMembers() throws {
    // Members 0, 100, 200, 300 at the first pixel; NumPy's quantiles.
    let quantiles = try Self.ensemble(4).quantile([0, 0.1, 0.5, 0.9, 1])
    for (level, expected) in [0, 30, 150, 270, 300].enumerated() {
      for lead in 0..<2 {
        for pixel in 0..<6 {
          let value = quantiles.values[(level * 2 + lead) * 6 + pixel]
          #expect(abs(value - Float(expected + 10 * lead + pixel)) < 1e-3)
        }
      }
    }
    let one = try Self.ensemble(1)
    #expect(try one.quantile([0.3]).values == one.values)
    #expect(throws: ForecastingError.self) { try one.quantile([0.5, 1.1]) }
    #expect(throws: ForecastingError.self) { try one.quantile([]) }
    // In any order of the members, and none where one is not a number.
    let odd = try Forecast(
      values: [3, .nan, 1, 4, 2, 5], members: 3, isValid: [true, true], height: 1, width: 2, leads: [1],
      hasTimes: false, reference: nil, unit: .dimensionless)
    let median = try odd.quantile([0.5]).values
    #expect(median[0] == 2 && median[1].isNaN)
    let above = try odd.exceedance([1.5]).values
    #expect(abs(above[0] - 2 / 3) < 1e-6 && above[1].isNaN)
  }

  @Test func exceedanceIsAboveAThreshold() throws {
    let shares = try Self.ensemble(4).exceedance([100, 99.5, 1000])
    // The first pixel at the first lead: 0, 100, 200, 300, of which two are above 100.
    #expect(shares.values[0] == 0.5 && shares.values[12] == 0.75 && shares.values[24] == 0)
    #expect(shares.values[1] == 0.75, "101 is above 100")
    #expect(throws: ForecastingError.self) { try Self.ensemble(4).exceedance([.nan]) }
    let derived = try Self.ensemble(4).adding(quantiles: [0.5], exceedance: [100])
    #expect(derived.quantiles?.levels == [0.5] && derived.exceedance?.levels == [100])
    #expect(derived.quantiles?.values == (try Self.ensemble(4).quantile([0.5]).values))
    #expect(derived.mean().quantiles == nil, "quantiles are of the members, not of their mean")
  }

  @Test func anEnsembleOfForecasts() throws {
    let whole = try Self.ensemble(3)
    #expect(try Forecast(members: (0..<3).map(whole.member)) == whole)
    #expect(try Forecast(members: [whole]) == whole)
    #expect(throws: ForecastingError.self) { try Forecast(members: []) }
    func other(
      height: Int = 2, leads: [Double] = [1, 2], reference: Date? = nil, unit: PhysicalUnit = .dimensionless,
      mask: [Bool] = [false, true, true, true, true, true], grid: GridReference? = nil
    ) throws -> Forecast {
      try Forecast(
        values: [Float](repeating: 1, count: leads.count * height * 6 / height),
        isValid: mask, height: height, width: 6 / height, leads: leads, hasTimes: false,
        reference: reference, unit: unit, grid: grid, replacements: ["06:05 UTC repeated"])
    }
    let both = try Forecast(members: [whole.member(0), other()])
    #expect(both.isValid == [false, true, true, true, true, false], "where all members have a forecast")
    #expect(both.replacements == ["06:05 UTC repeated"])
    let metadata = GridMetadata(
      projection: "+proj=longlat",
      corners: [(0, 0), (0, 2), (3, 0)].map { .init(longitude: $0.0, latitude: $0.1) })
    let grid = try #require(GridReference(metadata, height: 2, width: 3))
    for (forecast, words) in [
      (try other(height: 3), ["2 × 3", "3 × 2"]), (try other(leads: [1, 3]), ["1, 2", "1, 3"]),
      (try other(reference: Date(timeIntervalSince1970: 0)), ["unknown time", "1970-01-01 00:00 UTC"]),
      (try other(unit: .brightness), ["dimensionless", "brightness"]),
      (try other(grid: grid), ["none", "longlat"]),
    ] {
      let error = #expect(throws: ForecastingError.self) {
        try Forecast(members: [whole.member(0), forecast])
      }
      #expect(error?.place == "member 2")
      for word in words { #expect("\(error!)".contains(word), "\(error!)") }
    }
  }

  /// Quantiles of sums are no sums of quantiles: here one member rains early and the other late.
  @Test func hoursAreSummedByMember() throws {
    let early = (0..<12).map { Float($0 < 6 ? 12 : 0) }
    let forecast = try Forecast(
      values: early + early.reversed(), members: 2, isValid: [true], height: 1, width: 1,
      leads: (1...12).map { 5 * Double($0) }, hasTimes: true, reference: nil, unit: .millimetresPerHour)
    let sums = try forecast.hourlySums()
    #expect(sums.members == 2 && sums.values == [6, 6] && sums.leads == [60] && sums.unit == .millimetres)
    #expect(try sums.quantile([0.9]).values == [6])
    #expect(try forecast.quantile([0.9]).values.reduce(0, +) / 12 > 10)
  }

  @Test func scoresTakeMembers() throws {
    let forecast = try Self.ensemble(3)
    let shape = FrameShape(height: 2, width: 3)
    let observed = try Frame(shape: shape, values: [110, 111, 112, 113, .nan, 115])
    var score = try EnsembleCRPS(members: 3)
    try score.add(forecast, lead: 1, observation: observed)
    // Members 10, 110, 210 around 110: 200 / 3 less 400 / 9.
    #expect(abs(score.value! - (200.0 / 3 - 400.0 / 9)) < 1e-9)
    #expect(score.tally == PixelTally(valid: 4, masked: 2))
    #expect(throws: VerificationError.self) { try score.add(forecast, lead: 2, observation: observed) }
    #expect(throws: VerificationError.self) {
      try score.add(forecast.mean(), lead: 1, observation: observed)
    }
  }
}
