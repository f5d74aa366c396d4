import Foundation
import Reports
import Testing

@Suite struct ComparisonReportTests {
  @Test func jsonComesBackEqual() throws {
    for report in [try ExampleReport.forecast(), ExampleReport.classification()] {
      #expect(try ComparisonReport(json: report.json()) == report)
      #expect(try report.json() == report.json())
    }
  }

  @Test func undefinedIsNullAndComesBackNil() throws {
    var report = try ExampleReport.forecast(intervals: false)
    report.models[0].forecast?.pooled.thresholds[2].csi = nil
    report.verdict.preferredModel = nil
    report.models[1].trainings[0].bestEpoch = nil
    report.provenance.totalSeconds = nil
    let text = String(decoding: try report.json(), as: UTF8.self)
    for key in ["csi", "csiInterval", "preferredModel", "bestEpoch", "totalSeconds", "classification"] {
      #expect(text.contains("\"\(key)\" : null"), "\(key)")
    }
    #expect(try ComparisonReport(json: Data(text.utf8)) == report)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func aMeasurementThatIsNoNumberIsUndefined(value: Double) throws {
    var report = try ExampleReport.forecast()
    report.models[0].forecast?.pooled.mse = value
    report.models[0].trainings[0].learningCurve[3].validationLoss = value
    #expect(report.models[0].forecast?.pooled.mse == nil)
    #expect(EpochLoss(epoch: 1, trainingLoss: value, validationLoss: 1).trainingLoss == nil)
    #expect(ScoreInterval(lower: value, upper: 1) == nil)
    #expect(try ComparisonReport(json: report.json()) == report)
    #expect(throws: Never.self) { try Elements.of(report.html()) }
  }

  @Test func aGivenNumberThatIsNoneIsAnError() throws {
    var report = try ExampleReport.forecast()
    report.models[1].forecast?.byLeadTime[4].leadTime = .nan
    let error = #expect(throws: ReportError.self) { try report.json() }
    #expect(error?.expected.contains("models.[1].forecast.byLeadTime.[4].leadTime") == true)
  }

  @Test func foreignFilesAreRefusedWithAReason() throws {
    let text = String(decoding: try ExampleReport.forecast().json(), as: UTF8.self)
    func reading(_ text: String) -> ReportError? {
      #expect(throws: ReportError.self) { try ComparisonReport(json: Data(text.utf8)) }
    }
    let newer = text.replacingOccurrences(of: "\"schemaVersion\" : 1", with: "\"schemaVersion\" : 2")
    #expect(reading(newer)?.received == "version 2")
    #expect(reading(String(text.prefix(500))) != nil)
    #expect(reading("{}")?.received == "no key schemaVersion")
    let renamed = text.replacingOccurrences(of: "\"parameters\"", with: "\"params\"")
    #expect(reading(renamed)?.received.contains("parameters") == true)
  }

  /// The names that others read; a change here is a change of the schema.
  @Test func keysAreStable() throws {
    let report = try ExampleReport.forecast()
    let object = try #require(try JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
    func keys(_ path: [String], _ value: Any? = nil) throws -> Set<String> {
      var value: Any? = object
      for step in path {
        value = Int(step).map { (value as? [Any])?[$0] } ?? (value as? [String: Any])?[step]
      }
      return Set(try #require(value as? [String: Any]).keys)
    }
    #expect(
      try keys([]) == [
        "schemaVersion", "title", "task", "verdict", "data", "settings", "provenance", "models", "baselines",
        "pictures", "differences", "measurements", "suitability", "optimum", "classScores", "fieldScores",
        "conventions", "animation", "tuning", "trainingShares",
      ])
    #expect(
      try keys(["verdict"]) == [
        "recommendation", "reason", "certainty", "caveats", "preferredModel", "primaryScore", "outcome",
        "decisivePair", "nextSteps",
      ])
    #expect(
      try keys(["data"]) == [
        "name", "summary", "quantity", "unit", "leadTimeUnit", "inputFrames", "forecastFrames", "classes",
        "split", "tiles",
      ])
    #expect(
      try keys(["models", "0"]) == [
        "name", "summary", "parameters", "flopsPerSample", "layers", "trainings", "forecast",
        "classification", "secondsPerStep",
      ])
    #expect(
      try keys(["models", "0", "trainings", "0"]) == [
        "seed", "seconds", "bestEpoch", "learningCurve", "primaryScore", "learningRate",
      ])
    #expect(
      try keys(["baselines", "0", "forecast", "byLeadTime", "0", "scores"]) == [
        "pixels", "mse", "mseInterval", "mae", "meanError", "thresholds",
      ])
    #expect(
      try keys(["baselines", "0", "forecast", "pooled", "thresholds", "1"]) == [
        "threshold", "hits", "misses", "falseAlarms", "correctNegatives", "csi", "csiInterval", "pod", "far",
        "bias", "ets", "hss",
      ])
    #expect(
      try keys(["provenance"]) == [
        "command", "version", "date", "machine", "backends", "threads", "totalSeconds",
      ])
    #expect(try keys(["pictures", "0"]) == ["title", "caption", "leadTimes", "rows"])
  }
}
