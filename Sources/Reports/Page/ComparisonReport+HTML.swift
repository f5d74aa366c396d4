extension ComparisonReport {
  /// The report as one self-contained page that needs no network and no script.
  ///
  /// Every word that comes from outside is escaped. The page is well-formed XML as well as HTML.
  package func html() -> String {
    let sections: [(id: String, name: String, content: Markup?)] = [
      ("glance", "At a glance", glanceSection),
      ("scores", task == .forecast ? "Scores by lead time" : "By class", scoresSection),
      ("differences", "Differences", differencesSection),
      ("measured", "Measured aspects", measurementsSection),
      ("learning", "Learning curves", learningSection),
      ("tuning", "Settings", tuningSection),
      ("data", "More data?", trainingSharesSection),
      ("pictures", "Pictures", picturesSection),
      ("details", "Details", detailsSection),
    ]
    let shown = sections.filter { $0.content != nil }
    let body = Markup.group([
      tag("a", ["class": "skip", "href": "#answer"], text: "Skip to the answer"),
      heading,
      tag("nav", ["aria-label": "On this page"]) {
        tag("ul") {
          for section in shown {
            tag("li") { tag("a", ["href": "#\(section.id)"], text: section.name) }
          }
        }
      },
      tag("main") {
        answerSection
        shown.compactMap { section in
          section.content.map { content in Parts.section(section.id, section.name) { content } }
        }
      },
      footer,
    ])
    return Page(
      title: title, description: "\(verdict.recommendation) \(verdict.reason)",
      generator: "Squall \(provenance.version)", body: body
    ).html
  }

  private var scoresSection: Markup? {
    task == .forecast ? leadTimeSection : confusionSection
  }

  private var heading: Markup {
    tag("header") {
      tag(
        "p", ["class": "kicker"],
        text: "Squall · \(task == .forecast ? "forecast" : "classification") "
          + (models.count > 1 ? "comparison" : "evaluation"))
      tag("h1", text: title)
      tag("p", ["class": "byline"], text: "\(data.name) · \(Format.date(provenance.date))")
    }
  }

  private var footer: Markup {
    tag("footer") {
      tag("p") {
        "Squall \(provenance.version). The numbers behind this page are in "
        tag("code", text: "results.json")
        " beside it, as tables in the CSV files."
      }
    }
  }
}
