import Comparison
import Foundation
import Readers
import Reports
import Synthesis
import Testing
import Verification

@Suite struct AdviceTests {
  static func cells(lifetime: Double, wind: Double, seed: UInt64) throws -> AdvectedCells {
    var options = AdvectedCells.Options()
    options.frames = 10
    options.height = 24
    options.width = 30
    options.largestScale = 20
    options.smallestScale = 5
    options.waves = 64
    options.lifetime = lifetime
    options.wind = AdvectedCells.Wind(rows: wind / 2, columns: wind)
    return try AdvectedCells(options, seed: seed)
  }

  static func study(_ advantages: [Double]) -> MeasuredDial {
    MeasuredDial(
      command: "script/dial-study", setting: "a test", contenders: ["conv2d-lstm", "convlstm2d"],
      runs: advantages.enumerated().flatMap { number, advantage in
        [1, 2].map { seed in
          MeasuredDial.Run(
            theta: Double(number) / 4, seed: UInt64(seed), index: 0.1 * Double(number),
            errors: [0.5 + advantage, 0.5], persistence: 0.9, optimum: 0.4)
        }
      })
  }

  @Test func movingRainHasAHigherIndex() throws {
    let moving = try DataAdvice(
      on: (1...4).map { try Self.cells(lifetime: 240, wind: 3, seed: $0) }, name: "moving", study: nil)
    let still = try DataAdvice(
      on: (1...4).map { try Self.cells(lifetime: 20, wind: 0, seed: $0) }, name: "still", study: nil)
    let values = try [moving, still].map { try #require($0.measurement.index.value) }
    #expect(values[0] > values[1] + 0.1, "\(values)")
    #expect(moving.recommendation == .unmeasured)
    #expect(moving.text.contains("has not been measured"))
    #expect(moving.sequences == 4 && moving.measured == 4)
    let decoded = try JSONDecoder().decode(DataAdvice.self, from: JSONEncoder().encode(moving))
    #expect(decoded.measurement == moving.measurement)
    for recommendation: DataAdvice.Recommendation in [.contender("unet"), .either, .unmeasured] {
      let text = String(decoding: try JSONEncoder().encode([recommendation]), as: UTF8.self)
      #expect(["[\"unet\"]", "[\"either\"]", "[\"unmeasured\"]"].contains(text))
      #expect(
        try JSONDecoder().decode([DataAdvice.Recommendation].self, from: Data(text.utf8)) == [recommendation])
    }
  }

  @Test func oneSequenceSaysSo() throws {
    let advice = try DataAdvice(
      on: [try Self.cells(lifetime: 100, wind: 2, seed: 3)], name: "one", study: Self.study([0, 0.1, 0.2]))
    #expect(advice.limits.contains { $0.contains("nothing about other events") })
    #expect(advice.nearest != nil)
  }

  @Test func winnersAlongTheDial() throws {
    let study = Self.study([-0.1, 0, 0.05, 0.2])
    #expect(study.points.map(\.winner) == [0, nil, 1, 1])
    #expect(study.indexPredictsMargin == true)
    #expect(study.soleWinner == nil && Self.study([0, 0.1, 0.2]).soleWinner == 1)
    var single = study
    single.runs.removeAll { $0.seed != 1 }
    #expect(single.points.allSatisfy { $0.winner == nil }, "one seed decides nothing")
    #expect(study.nearest(to: 0.26)?.theta == 0.75)
    #expect(Self.study([0.2, 0.1, 0, -0.1]).indexPredictsMargin == false)
    #expect(Self.study([0.2, 0.1]).indexPredictsMargin == nil)
    #expect(study.source.contains("(0.25, 2, 0.1000, [0.5000, 0.5000], 0.9000, 0.4000)"))
  }

  @Test func nothingToMeasure() throws {
    #expect(throws: DataError.self) {
      try DataAdvice(on: [], name: "none", study: nil)
    }
    let frame = try Frame(
      shape: FrameShape(height: 6, width: 8), values: [Float](repeating: 1, count: 48))
    let still = try FrameArray([frame, frame, frame], unit: .brightness)
    #expect(throws: VerificationError.self) { try DataAdvice(on: [still], name: "still", study: nil) }
    let single = try FrameArray([frame], unit: .brightness)
    #expect(throws: DataError.self) { try DataAdvice(on: [single], name: "single", study: nil) }
  }

  /// What the comparison finds against what was advised.
  @Test func theComparisonConfirmsOrContradicts() throws {
    let study = Self.study([0, 0.05, 0.2])
    var advice = try DataAdvice(
      on: (1...10).map { try Self.cells(lifetime: 240, wind: 3, seed: $0) }, name: "moving", study: study)
    typealias Case = (DataAdvice.Recommendation, String?, Suitability.Outcome)
    let cases: [Case] = [
      (.contender("convlstm2d"), "ConvLSTM2D", .confirms),
      (.contender("convlstm2d"), "Conv2D + LSTM", .contradicts),
      (.contender("conv2d-lstm"), "ConvLSTM2D", .contradicts), (.contender("conv2d-lstm"), nil, .undecided),
      (.either, nil, .confirms),
      (.either, "ConvLSTM2D", .decides), (.unmeasured, "ConvLSTM2D", .withoutAdvice),
    ]
    for (recommendation, found, outcome) in cases {
      advice.recommendation = recommendation
      let measurement = SuitabilityMeasurement(
        advice: advice, study: study, models: ["Conv2D + LSTM", "ConvLSTM2D"], task: .forecast)
      let suitability = measurement.suitability(
        found: found, Verdict(recommendation: "", reason: "", certainty: "", primaryScore: .mse))
      // A baseline that beats the contenders decides nothing between them.
      let beaten = measurement.suitability(
        found: found,
        Verdict(
          recommendation: "", reason: "", certainty: "", primaryScore: .mse,
          outcome: .useNeither(baseline: "rain")))
      #expect(beaten.outcome == outcome && beaten.sentence.contains("rain is at least") == (found != nil))
      #expect(suitability.outcome == outcome)
      // Without an interval nothing is confirmed.
      let unknown = measurement.suitability(
        found: nil,
        Verdict(
          recommendation: "", reason: "", certainty: "", primaryScore: .mse, outcome: .unknown(reason: "few"))
      )
      #expect(unknown.outcome == (recommendation == .unmeasured ? .withoutAdvice : .undecided))
      #expect(suitability.index == advice.measurement.index.value && suitability.indexInterval != nil)
      if outcome == .confirms || outcome == .contradicts {
        #expect(suitability.sentence.contains(outcome.rawValue), "\(suitability.sentence)")
      }
      guard case .chart(let chart) = measurement.aspect.figures.first else {
        Issue.record("no chart")
        continue
      }
      #expect(chart.marker?.x == suitability.index)
      #expect(chart.lines.map(\.points.count) == [3, 3, 3])
    }
  }
}
