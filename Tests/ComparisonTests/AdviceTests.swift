import Comparison
import Foundation
import Readers
import Reports
import Synthesis
import Testing
import Verification

/// What `squall advise` says, and whether a comparison bears it out.
@Suite struct AdviceTests {
  /// Rows in which the contenders do by half what the twins do, with a little scatter.
  static func rows(_ count: Int = 40) -> [StudyRow] {
    (0..<count).map { number in
      let ratio = Double(number % 10) / 5 - 0.9
      let scatter = Double(number % 3 - 1) / 50
      return StudyRow(
        StudiedSet(number: number),
        twins: TwinErrors(
          local: 0.4, global: 0.4 * exp(ratio), persistence: 1.5, extrapolation: 1.2, rank: 16),
        conv2DLSTM: exp(ratio / 2 + scatter), convLSTM2D: 1, baseline: 2, lower: ratio - 0.05,
        upper: ratio + 0.05)
    }
  }

  static func events(_ text: String, seed: UInt64 = 1) throws -> [any FrameSource] {
    guard case .events(let events) = try GeneratedData(parsing: text, seed: seed).content else { return [] }
    return events
  }

  static let far =
    "generated:coupling-dial:reach=2,variety=1,memory=0.95,noise=0.1,cell=4,samples=30,frames=24,height=16,width=16"
  static let moving =
    "generated:interaction-dial:theta=1,wind-rows=0,wind-columns=1,largest-scale=8,samples=30,frames=24,height=16,"
    + "width=16"

  @Test func farCouplingAndMotionAreToldApart() throws {
    let model = try #require(AdviceModel(fitting: Self.rows()))
    let far = try DataAdvice(
      on: Self.events(Self.far), name: "far", inputFrames: 4, forecastFrames: 3, model: model)
    let moving = try DataAdvice(
      on: Self.events(Self.moving), name: "moving", inputFrames: 4, forecastFrames: 3, model: model)
    #expect(far.recommendation == .contender("conv2d-lstm"), "\(far.text)")
    #expect(moving.recommendation == .contender("convlstm2d"), "\(moving.text)")
    #expect(far.text.contains("fixed in place") && moving.text.contains("surroundings"))
    #expect(far.sequences == 30 && far.inputFrames == 4 && far.forecastFrames == 3)
    let decoded = try JSONDecoder().decode(DataAdvice.self, from: JSONEncoder().encode(far))
    #expect(decoded.twins == far.twins && decoded.recommendation == far.recommendation)
  }

  /// Trained forecasts of rain start from a nowcast, which no set of the study does: no probability may be claimed.
  @Test func rainHasNoProbability() throws {
    let cells = "generated:advected-cells:wind-columns=1,samples=12,frames=24,height=16,width=16"
    let advice = try DataAdvice(
      on: Self.events(cells), name: "rain", inputFrames: 4, forecastFrames: 2,
      model: AdviceModel(fitting: Self.rows()))
    #expect(advice.startsFromNowcast && advice.prediction == nil && advice.twins != nil)
    #expect(advice.recommendation == .contender("convlstm2d"), "\(advice.text)")
    #expect(advice.answer.contains("No probability") && !advice.answer.contains("%"))
  }

  @Test func theSameDataGiveTheSameAdvice() throws {
    let advice = try (0..<2).map { _ in
      try DataAdvice(on: Self.events(Self.far), name: "far", inputFrames: 4, forecastFrames: 2)
    }
    #expect(advice[0].twins == advice[1].twins && advice[0].answer == advice[1].answer)
  }

  @Test func noiseIsLeftToTheBaselinesOrToNone() throws {
    let noise = "generated:coupling-dial:reach=2,memory=0.01,cell=1,samples=20,frames=20,height=16,width=16"
    let advice = try DataAdvice(on: Self.events(noise), name: "noise", inputFrames: 4, forecastFrames: 2)
    let twins = try #require(advice.twins)
    #expect(min(twins.local[0], twins.global[0]) > 0.9)
    #expect(advice.text.contains("little to be learned"))
  }

  @Test func tooLittleDataSaySo() throws {
    #expect(throws: DataError.self) { try DataAdvice(on: [], name: "none") }
    let frame = try Frame(
      shape: FrameShape(height: 6, width: 8), values: [Float](repeating: 1, count: 48))
    let single = try FrameArray([frame], unit: .brightness)
    #expect(throws: DataError.self) { try DataAdvice(on: [single], name: "single") }
    let still = try DataAdvice(on: [FrameArray([frame, frame, frame], unit: .brightness)], name: "still")
    #expect(still.recommendation == .unmeasured && still.twins == nil && still.answer.contains("too short"))
  }

  @Test func probabilitiesFollowTheStudy() throws {
    let model = try #require(AdviceModel(fitting: Self.rows()))
    var last = -1.0
    for ratio in stride(from: -1.0, through: 1, by: 0.25) {
      let prediction = model.prediction(
        TwinErrors(local: 0.4, global: 0.4 * exp(ratio), persistence: 1.5, extrapolation: 1.2, rank: 16))
      #expect(abs(prediction.advantage - ratio / 2) < 0.05)
      #expect(abs(prediction.convLSTM2D + prediction.conv2DLSTM + prediction.neither - 1) < 1e-9)
      #expect(prediction.convLSTM2D >= last)
      last = prediction.convLSTM2D
    }
    #expect(last > 0.99)
    #expect(AdviceModel(fitting: Array(Self.rows().prefix(9))) == nil)
  }

  @Test func rowsSurviveTheirTable() throws {
    let rows = Self.rows(5)
    let table = ([StudyRow.header] + rows.map(\.line)).joined(separator: "\n") + "\n"
    let read = try StudyRow.rows(of: table)
    #expect(read.map(\.data) == rows.map(\.data) && read.map(\.budget) == rows.map(\.budget))
    for (a, b) in zip(read, rows) {
      #expect(abs(a.advantage - b.advantage) < 1e-4 && a.winner == b.winner)
    }
    #expect(throws: ComparisonError.self) { try StudyRow.rows(of: "number\n1\n") }
    #expect(throws: ComparisonError.self) { try StudyRow.rows(of: StudyRow.header + "\n1,x\n") }
  }

  /// The table that comes with Squall: enough sets, both families win somewhere, and what the documentation says of it.
  @Test func theShippedStudyHasBothWinnersAndJudgesTheAdvice() throws {
    let rows = try StudyRow.shipped()
    #expect(rows.count >= 60)
    for row in rows {
      let set = StudiedSet(number: row.number)
      #expect(set.data == row.data && set.budget == row.budget, "the draw of \(set.name) has changed")
    }
    #expect(rows.contains { $0.winner > 0 } && rows.contains { $0.winner < 0 })
    let judgement = try AdviceJudgement(rows)
    #expect(judgement.brier < judgement.climatology)
    let page = URL(filePath: #filePath).appending(path: "../../../Docs/Advice.md").standardizedFileURL
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.contains("\(judgement.right) of \(judgement.clear)"), "\(judgement.text)")
  }

  /// What the comparison finds against what was advised.
  @Test func theComparisonConfirmsOrContradicts() throws {
    var advice = try DataAdvice(
      on: Self.events(Self.moving), name: "moving", inputFrames: 4, forecastFrames: 2,
      model: AdviceModel(fitting: Self.rows()))
    typealias Case = (DataAdvice.Recommendation, String?, String?, Suitability.Outcome)
    let cases: [Case] = [
      (.contender("convlstm2d"), "ConvLSTM2D", nil, .confirms),
      (.contender("convlstm2d"), "Conv2D + LSTM", nil, .contradicts),
      (.contender("conv2d-lstm"), "ConvLSTM2D", nil, .contradicts),
      (.contender("conv2d-lstm"), nil, nil, .undecided),
      (.contender("conv2d-lstm"), "Conv2D + LSTM", "rain", .contradicts),
      (.either, nil, nil, .confirms), (.either, "ConvLSTM2D", nil, .decides),
      (.either, nil, "rain", .contradicts),
      (.baseline("rain"), "ConvLSTM2D", "rain", .confirms), (.baseline("rain"), nil, nil, .contradicts),
      (.unmeasured, "ConvLSTM2D", nil, .withoutAdvice),
    ]
    for (recommendation, found, baseline, outcome) in cases {
      advice.recommendation = recommendation
      let measurement = SuitabilityMeasurement(advice: advice, models: ["Conv2D + LSTM", "ConvLSTM2D"])
      var verdict = Verdict(recommendation: "", reason: "", certainty: "", primaryScore: .mse)
      if let baseline {
        verdict = Verdict(
          recommendation: "", reason: "", certainty: "", primaryScore: .mse,
          outcome: .useNeither(baseline: baseline))
      }
      let suitability = measurement.suitability(found: found, verdict)
      #expect(suitability.outcome == outcome, "\(recommendation), \(found ?? "–"), \(baseline ?? "–")")
      if outcome == .confirms || outcome == .contradicts {
        #expect(suitability.sentence.contains(outcome.rawValue), "\(suitability.sentence)")
      }
      // Without an interval nothing is confirmed.
      let unknown = measurement.suitability(
        found: nil,
        Verdict(
          recommendation: "", reason: "", certainty: "", primaryScore: .mse, outcome: .unknown(reason: "few"))
      )
      #expect(unknown.outcome == (recommendation == .unmeasured ? .withoutAdvice : .undecided))
      if let baseline, case .contender = recommendation {
        #expect(suitability.sentence.contains(baseline))
      }
      guard case .chart(let chart) = measurement.aspect.figures.first else {
        Issue.record("no chart")
        continue
      }
      #expect(chart.lines.count == 3 && chart.lines.allSatisfy { $0.points.count == 2 })
    }
  }
}
