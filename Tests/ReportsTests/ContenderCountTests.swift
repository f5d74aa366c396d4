import Foundation
import Reports
import Testing

/// Pages and files for any number of models.
@Suite struct ContenderCountTests {
  static let counts = [1, 2, 3, 5, 8]

  private static func reports(_ count: Int) throws -> [ComparisonReport] {
    [try ExampleReport.forecast(models: count), try ExampleReport.classification(models: count)]
  }

  /// `SQUALL_EXAMPLE_REPORT=folder` keeps the pages to look at.
  @Test(arguments: counts) func everyContenderIsOnThePage(count: Int) throws {
    let kept = ProcessInfo.processInfo.environment["SQUALL_EXAMPLE_REPORT"].map { URL(filePath: $0) }
    for report in try Self.reports(count) {
      if let kept { try report.write(to: kept.appending(path: "\(report.task.rawValue)-\(count)")) }
      let page = try Elements.of(report.html())
      let ids = page.all.compactMap { $0.attributes["id"] }
      #expect(Set(ids).count == ids.count)
      // A bar, a column of the summary and a line of the legend for each.
      let names = report.models.map(\.name) + report.baselines.map(\.name)
      for name in names { #expect(page.text.components(separatedBy: name).count > 3, "\(name)") }
      for word in ["families", "each family", "the other family"] {
        #expect(page.text.range(of: word) == nil, "\(word)")
      }
    }
  }

  @Test(arguments: counts) func jsonComesBackEqual(count: Int) throws {
    for report in try Self.reports(count) {
      let again = try ComparisonReport(json: report.json())
      #expect(again == report)
      #expect(again.html() == report.html())
    }
  }

  @Test func theRecommendedColumnComesFirst() throws {
    for count in [2, 5, 8] {
      let report = try ExampleReport.forecast(models: count)
      let recommended = try #require(report.verdict.recommended)
      #expect(report.verdict.preferredModel == recommended)
      let html = report.html()
      let table = try #require(html.range(of: "class=\"glance"))
      let head = try #require(html.range(of: "</thead>", range: table.upperBound..<html.endIndex))
      let names = report.models.map(\.name) + report.baselines.map(\.name)
      let columns = html[table.upperBound..<head.lowerBound]
      let order = names.sorted { first, second in
        guard let a = columns.range(of: first), let b = columns.range(of: second) else { return false }
        return a.lowerBound < b.lowerBound
      }
      #expect(order == [recommended] + names.filter { $0 != recommended })
    }
  }

  /// The style of a model does not depend on which one is recommended.
  @Test func aModelKeepsItsColour() throws {
    var report = try ExampleReport.forecast(models: 5)
    let bars = { (report: ComparisonReport) -> [String: String] in
      var colours: [String: String] = [:]
      for part in report.html().components(separatedBy: "<li class=\"").dropFirst() {
        let part = part.components(separatedBy: "</li>")[0]
        guard let name = report.models.map(\.name).first(where: { part.contains("<b>\($0)") }) else {
          continue
        }
        colours[name] = String(part.prefix(2))
      }
      return colours
    }
    let before = bars(report)
    #expect(Set(before.values).count == 5)
    report.verdict.outcome = .use(model: "trajgru")
    #expect(bars(report) == before)
  }

  /// Findings and lines are given in reverse; each must reach its model.
  @Test func measurementsAreFoundByName() throws {
    let report = try ExampleReport.forecast(models: 5)
    let html = report.html()
    for name in report.models.map(\.name) {
      #expect(html.contains("data-of=\"\(name)\">A sentence on \(name),"), "\(name)")
    }
    var sparse = report
    sparse.measurements?[0].models = ["unet"]
    sparse.measurements?[0].findings = ["Only this one."]
    #expect(sparse.html().contains("data-of=\"unet\">Only this one."))
  }

  @Test func aNameTwiceIsAClearError() throws {
    var report = try ExampleReport.forecast(models: 3)
    report.baselines[0].name = "trajgru"
    let folder = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    let error = #expect(throws: ReportError.self) { try report.write(to: folder) }
    #expect(error?.received.contains("trajgru") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test func aLongPanelRepeatsItsLeadTimes() throws {
    var report = try ExampleReport.forecast(models: 2)
    report.animation = nil
    report.pictures = [try ExampleReport.ensemble()]
    let html = report.html()
    #expect(html.contains("class=\"panel long\""))
    // 22 rows in groups of 8: a head above each.
    #expect(html.components(separatedBy: "<tr class=\"times\">").count == 4)
    #expect(html.components(separatedBy: "alt=\"member ").count == 121)
  }
}
