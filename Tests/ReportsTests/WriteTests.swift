import Foundation
import Reports
import Testing

@Suite struct WriteTests {
  private func scratch() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("squall-report-\(UUID().uuidString)")
  }

  /// `SQUALL_EXAMPLE_REPORT=folder` keeps the examples to look at.
  @Test func writesPageAndResults() throws {
    let kept = ProcessInfo.processInfo.environment["SQUALL_EXAMPLE_REPORT"].map { URL(fileURLWithPath: $0) }
    let base = kept ?? scratch()
    defer { if kept == nil { try? FileManager.default.removeItem(at: base) } }
    for report in [try ExampleReport.forecast(), ExampleReport.classification()] {
      let folder = base.appendingPathComponent("deep/\(report.task.rawValue)")
      try report.write(to: folder)
      // A second time over the first.
      try report.write(to: folder)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      let table = report.task == .forecast ? "scores.csv" : "confusion.csv"
      #expect(Set(names) == ["index.html", "results.json", "learning-curves.csv", table])
      let results = try Data(contentsOf: folder.appendingPathComponent("results.json"))
      #expect(try ComparisonReport(json: results) == report)
      let page = try String(contentsOf: folder.appendingPathComponent("index.html"), encoding: .utf8)
      #expect(page == report.html())
      #expect(try ComparisonReport(json: results).html() == page)
    }
  }

  @Test func anUnwritablePlaceIsAClearError() throws {
    let folder = scratch()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("taken")
    try Data("x".utf8).write(to: file)
    let report = ExampleReport.classification()
    for place in [file, file.appendingPathComponent("below"), URL(fileURLWithPath: "/proc/squall-report")] {
      let error = #expect(throws: ReportError.self) { try report.write(to: place) }
      #expect(error?.expected.contains(place.path) == true)
      #expect(error?.remedy.contains("--output") == true)
    }
    #expect(try Data(contentsOf: file) == Data("x".utf8))
  }

  @Test func aFailureLeavesNothingHalfWritten() throws {
    let folder = scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    // A folder in the place of the page cannot be renamed over.
    let page = folder.appendingPathComponent("index.html")
    try FileManager.default.createDirectory(at: page, withIntermediateDirectories: true)
    let error = #expect(throws: ReportError.self) { try ExampleReport.classification().write(to: folder) }
    #expect(error?.expected.contains("index.html") == true)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["index.html"])
  }
}
