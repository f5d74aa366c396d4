import Foundation
import Reports
import Testing

@Suite struct VerdictOutcomeTests {
  private static let cases: [(Verdict.Outcome, String)] = [
    (.use(model: "unet"), #"{"kind":"use","model":"unet"}"#),
    (
      .noClearDifference(among: ["unet", "simvp"], cheaper: "unet"),
      #"{"among":["unet","simvp"],"cheaper":"unet","kind":"noClearDifference"}"#
    ),
    (
      .noClearDifference(among: ["unet", "simvp"], cheaper: nil),
      #"{"among":["unet","simvp"],"cheaper":null,"kind":"noClearDifference"}"#
    ),
    (
      .equivalent(among: ["unet", "simvp"], cheaper: nil, margin: 0.01),
      #"{"among":["unet","simvp"],"cheaper":null,"kind":"equivalent","margin":0.01}"#
    ),
    (
      .lastFrameSuffices(baseline: "cnn-last"), #"{"baseline":"cnn-last","kind":"lastFrameSuffices"}"#
    ),
    (.useNeither(baseline: "S-PROG"), #"{"baseline":"S-PROG","kind":"useNeither"}"#),
    (.unknown(reason: "no rain"), #"{"kind":"unknown","reason":"no rain"}"#),
  ]

  @Test func isFlatInJSON() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for (outcome, text) in Self.cases {
      #expect(String(decoding: try encoder.encode(outcome), as: UTF8.self) == text)
      #expect(try JSONDecoder().decode(Verdict.Outcome.self, from: Data(text.utf8)) == outcome)
    }
  }

  @Test func anUnknownKindListsTheKnownOnes() throws {
    let text = String(decoding: try ExampleReport.forecast(models: 2).json(), as: UTF8.self)
      .replacingOccurrences(of: "\"kind\" : \"use\"", with: "\"kind\" : \"win\"")
    let error = #expect(throws: ReportError.self) { try ComparisonReport(json: Data(text.utf8)) }
    #expect(
      error?.received.contains("use, equivalent, noClearDifference, useNeither, lastFrameSuffices, unknown")
        == true)
    #expect(error?.received.contains("verdict.outcome") == true)
  }

  @Test func reportsFromBeforeAreRead() throws {
    var report = try ExampleReport.complete(ExampleReport.forecast())
    report.verdict.outcome = nil
    report.verdict.nextSteps = []
    var object = try #require(try JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
    var verdict = try #require(object["verdict"] as? [String: Any])
    verdict["outcome"] = nil
    verdict["nextSteps"] = nil
    object["verdict"] = verdict
    var differences = try #require(object["differences"] as? [[String: Any]])
    for index in differences.indices { differences[index]["adjustment"] = nil }
    object["differences"] = differences
    let old = try JSONSerialization.data(withJSONObject: object)
    #expect(!String(decoding: old, as: UTF8.self).contains("nextSteps"))
    #expect(try ComparisonReport(json: old) == report)
  }

  @Test func nextStepsStandBelowTheAnswer() throws {
    let report = try ExampleReport.forecast(models: 2)
    let text = try Elements.of(report.html()).text
    let answer = try #require(text.range(of: report.verdict.reason))
    let sure = try #require(text.range(of: "How sure"))
    #expect(report.verdict.nextSteps.count == 2)
    for step in report.verdict.nextSteps {
      let command = try #require(text.range(of: step.command))
      #expect(answer.upperBound < command.lowerBound && command.upperBound < sure.lowerBound)
    }
    #expect(!(try Elements.of(ExampleReport.forecast().html()).text.contains("Next steps")))
  }

  @Test func theAnswerNamesWhatItRecommends() throws {
    let one = try ExampleReport.forecast(models: 1)
    #expect(one.verdict.recommended == "S-PROG")
    #expect(one.verdict.preferredModel == nil)
    #expect(one.html().contains("<b>S-PROG<span class=\"tag\">recommended</span></b>"))
    let three = try ExampleReport.forecast(models: 3)
    #expect(three.verdict.recommended == nil)
    #expect(three.html().contains("<b>conv2d-lstm<span class=\"tag\">cheapest</span></b>"))
  }
}
