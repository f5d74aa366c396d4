extension ComparisonReport {
  /// The score that decides against the share of the training data, and whether more would help.
  var trainingSharesSection: Markup? {
    guard let trainingShares, !trainingShares.entries.isEmpty else { return nil }
    let entries = recommendedFirst(trainingShares.entries, name: \.name)
    let primary = verdict.primaryScore
    let shares = Set(entries.flatMap { $0.points.map(\.share) }).sorted()
    let hasIntervals = entries.contains { $0.points.contains { $0.score.interval != nil } }
    return .group([
      tag(
        "p",
        text:
          "The contenders were trained with the same settings on parts of the training data, each within the next, "
          + "for as many steps, and scored on the same test part."
          + (hasIntervals ? " Bands and small numbers are 95% intervals." : "")),
      tag("ul") { for entry in entries { tag("li", text: entry.sentence) } },
      Parts.legend(entries.map { ($0.name, style(of: $0.name)) }),
      tag("div", ["class": "charts"]) {
        tag("figure") {
          LineChart(
            title: primary.title(in: self),
            x: ChartAxis("share of the training data in %", scale: .integers, extent: .fromZero),
            y: ChartAxis("mean over the seeds"),
            series: entries.map { entry in
              LineChart.Series(
                name: entry.name, style: style(of: entry.name),
                points: entry.points.map {
                  LineChart.Point(
                    x: 100 * $0.share, y: $0.score.value, lower: $0.score.interval?.lower,
                    upper: $0.score.interval?.upper)
                })
            }, showsLegend: false
          ).markup(id: "training-shares")
        }
      },
      Parts.scrolling("Scores by share of the training data", toTheEdge: false) {
        tag("table", ["class": "dense"]) {
          tag("caption", text: primary.title(in: self))
          tag("thead") {
            tag("tr") {
              for name in ["Training data"] + entries.map(\.name) { tag("th", ["scope": "col"], text: name) }
            }
          }
          tag("tbody") {
            for share in shares {
              tag("tr") {
                tag("th", ["scope": "row"], text: Format.percent(share))
                for entry in entries {
                  let score = entry.points.first { $0.share == share }?.score
                  tag("td") {
                    Parts.value(score?.value, primary.format)
                    Parts.interval(score?.interval, primary.format)
                  }
                }
              }
            }
          }
        }
      },
    ])
  }
}
