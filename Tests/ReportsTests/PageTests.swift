import Foundation
import Reports
import Testing

@Suite struct PageTests {
  @Test func isWellFormedWithLandmarksAndHeadings() throws {
    for report in [try ExampleReport.forecast(), ExampleReport.classification()] {
      let page = try Elements.of(report.html())
      #expect(page.named("html")[0].attributes["lang"] == "en")
      for landmark in ["header", "nav", "main", "footer", "h1"] { #expect(page.named(landmark).count == 1) }
      for section in page.named("section") {
        let label = try #require(section.attributes["aria-labelledby"])
        #expect(page.all.contains { $0.attributes["id"] == label })
      }
      // Levels of headings are not skipped.
      let levels = page.all.compactMap { $0.name.first == "h" ? Int($0.name.dropFirst()) : nil }
      for (level, next) in zip(levels, levels.dropFirst()) { #expect(next <= level + 1) }
      for image in page.named("img") { #expect(image.attributes["alt"]?.isEmpty == false) }
      for header in page.named("th") { #expect(header.attributes["scope"] != nil) }
      for drawing in page.named("svg") {
        let isNamed = drawing.attributes["aria-labelledby"] ?? drawing.attributes["aria-label"]
        #expect(isNamed != nil || drawing.attributes["aria-hidden"] == "true")
      }
    }
  }

  @Test func identifiersAreUniqueAndLinksLead() throws {
    let page = try Elements.of(ExampleReport.forecast().html())
    let ids = page.all.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for link in page.named("a") {
      let target = try #require(link.attributes["href"])
      #expect(target.hasPrefix("#") && ids.contains(String(target.dropFirst())), "\(target)")
    }
  }

  @Test func loadsNothingFromOutside() throws {
    for report in [try ExampleReport.forecast(), ExampleReport.classification()] {
      let html = report.html()
      for word in ["http://", "https://", "url(", "@import", "<script", "<iframe", "<link", "//cdn"] {
        #expect(!html.contains(word), "\(word)")
      }
      for element in try Elements.of(html).all {
        if let source = element.attributes["src"] { #expect(source.hasPrefix("data:image/png;base64,")) }
        #expect(!element.attributes.keys.contains { $0.lowercased().hasPrefix("on") })
      }
      #expect(html.contains("default-src 'none'"))
    }
  }

  @Test func opensWithTheAnswer() throws {
    let report = try ExampleReport.forecast()
    let text = try Elements.of(report.html()).text
    let answer = try #require(text.range(of: report.verdict.recommendation))
    let table = try #require(text.range(of: "FLOPs per sample"))
    #expect(answer.upperBound < table.lowerBound)
    #expect(text.contains(report.verdict.reason))
    #expect(text.contains(report.provenance.command))
    for caveat in report.verdict.caveats { #expect(text.contains(caveat)) }
  }

  @Test func hostileNamesAreOnlyText() throws {
    let hostile =
      "</style><script>alert('1')</script>\"' onload=\"x\" <img src=//evil/> &amp; "
      + "\u{0}\u{1B}[31m ]]> \u{202E}"
    var report = try ExampleReport.forecast()
    report.title = hostile
    report.data.name = hostile
    report.data.quantity = hostile
    report.data.unit = hostile
    report.provenance.command = hostile
    report.settings = [Setting(hostile, hostile)]
    report.models[0].name = hostile
    report.models[0].layers[0].name = hostile
    report.pictures[0].title = hostile
    report.pictures[0].rows[0].label = hostile
    report.verdict.caveats = [hostile]
    let html = report.html()
    #expect(!html.contains("<script"))
    #expect(!html.contains("\u{0}"))
    let page = try Elements.of(html)
    #expect(page.named("script").isEmpty)
    #expect(page.named("img").allSatisfy { $0.attributes["src"]?.hasPrefix("data:") == true })
    #expect(!page.all.contains { $0.attributes.keys.contains("onload") })
    #expect(page.text.contains("<script>alert('1')</script>"))

    var classes = ExampleReport.classification()
    classes.data.classes = [hostile, hostile]
    #expect(try Elements.of(classes.html()).named("script").isEmpty)
  }

  @Test func survivesAReportWithHolesInIt() throws {
    let original = try ExampleReport.forecast(seeds: [1])
    var empty = original
    empty.models = []
    empty.baselines = []
    empty.pictures = []
    empty.settings = []
    empty.data.split = []
    empty.data.tiles = nil
    #expect(throws: Never.self) { try Elements.of(empty.html()) }

    var sparse = original
    sparse.models[0].forecast = nil
    sparse.models[1].forecast?.byLeadTime = []
    sparse.models[1].trainings[0].learningCurve = []
    sparse.baselines[0].forecast?.byLeadTime[3].scores.thresholds = []
    sparse.pictures[0].rows[1].pictures = []
    sparse.verdict.primaryScore = .csi(threshold: 77)
    let page = try Elements.of(sparse.html())
    #expect(page.text.contains("undefined"))

    var ragged = ExampleReport.classification()
    ragged.models[0].classification?.confusion = [[1, 2, 3, 4, 5], [], [1]]
    ragged.data.classes = []
    #expect(try Elements.of(ragged.html()).text.contains("class 4"))
  }

  @Test func whatScoresLeaveOutIsSaid() throws {
    var report = try ExampleReport.forecast()
    #expect(!report.html().contains("class=\"warning\""))
    report.models[1].forecast?.nonFiniteForecasts = 1234
    #expect(report.html().contains("ConvLSTM2D forecast no finite value for 1\u{202F}234 pixels"))
    var classes = ExampleReport.classification()
    classes.models[0].classification?.undecided = 3
    #expect(classes.html().contains("Conv2D + LSTM gave no finite scores for 3 samples"))
  }

  @Test func theBestScoreIsMarkedInEveryRow() throws {
    let html = try ExampleReport.forecast().html()
    // Three thresholds and the MSE.
    #expect(html.components(separatedBy: "class=\"best\"").count == 5)
  }
}
