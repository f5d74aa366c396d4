extension ComparisonReport {
  /// What was measured on this data, aspect by aspect: first in a table, then with its figures.
  var measurementsSection: Markup? {
    guard let measurements, !measurements.isEmpty else { return nil }
    let models = recommendedFirst(models, name: \.name)
    return .group([
      Parts.scrolling("Measured aspects", toTheEdge: false) {
        tag("table", ["class": models.count > 3 ? "words aspects many" : "words aspects", "role": "table"]) {
          tag("caption", ["class": "hidden"], text: "What was measured of each model")
          tag("thead") {
            tag("tr", ["role": "row"]) {
              tag("th", ["scope": "col", "role": "columnheader"], text: "Aspect")
              for model in models { tag("th", ["scope": "col", "role": "columnheader"], text: model.name) }
            }
          }
          tag("tbody") {
            for measurement in measurements {
              tag("tr", ["role": "row"]) {
                tag("th", ["scope": "row", "role": "rowheader"]) {
                  tag("a", ["href": "#\(anchor(measurement))"], text: measurement.aspect.title)
                }
                for model in models {
                  tag("td", ["role": "cell", "data-of": model.name]) {
                    finding(measurement, of: model.name).map { Markup.text($0) } ?? Parts.undefined
                  }
                }
              }
            }
          }
        }
      },
      .group(measurements.map(details)),
    ])
  }

  private func finding(_ measurement: MeasuredAspect, of name: String) -> String? {
    let subjects = measurement.models ?? models.map(\.name)
    return zip(subjects, measurement.findings).first { $0.0 == name }?.1
  }

  private func anchor(_ measurement: MeasuredAspect) -> String { "measured-\(measurement.aspect.rawValue)" }

  private func details(_ measurement: MeasuredAspect) -> Markup {
    let id = anchor(measurement)
    return tag("div", ["id": id]) {
      tag("h3", text: measurement.aspect.title)
      tag("p", ["class": "muted"], text: measurement.method)
      charts(measurement, id)
      for (index, figure) in measurement.figures.enumerated() { other(figure, "\(id)-\(index)") }
    }
  }

  private func charts(_ measurement: MeasuredAspect, _ id: String) -> Markup {
    let shown: [(Int, Markup)] = measurement.figures.enumerated().compactMap { index, figure in
      switch figure {
      case .chart(let chart):
        (index, tag("figure") { lineChart(chart).markup(id: "\(id)-\(index)") })
      case .graph(let graph):
        (
          index,
          tag("figure", ["class": "graph-figure"]) {
            tag("figcaption", text: graph.title)
            GraphDrawing(graph: graph).markup(id: "\(id)-\(index)")
          }
        )
      case .table, .pictures: nil
      }
    }
    guard !shown.isEmpty else { return .empty }
    return tag("div", ["class": "charts"]) { shown.map(\.1) }
  }

  private func other(_ figure: MeasuredFigure, _ id: String) -> Markup {
    switch figure {
    case .table(let table):
      tag("details") {
        tag("summary", text: table.title)
        Parts.scrolling(table.title) {
          tag("table", ["class": "dense"]) {
            tag("caption", ["class": "hidden"], text: table.title)
            tag("thead") {
              tag("tr") { for column in table.columns { tag("th", ["scope": "col"], text: column) } }
            }
            tag("tbody") {
              for row in table.rows {
                tag("tr") {
                  for (index, cell) in row.enumerated() {
                    if index == 0 { tag("th", ["scope": "row"], text: cell) } else { tag("td", text: cell) }
                  }
                }
              }
            }
          }
        }
      }
    case .pictures(let panel): self.panel(panel, id: id, unit: "")
    case .chart, .graph: .empty
    }
  }

  private func lineChart(_ chart: MeasuredChart) -> LineChart {
    let xs = chart.lines.flatMap(\.points).map(\.x) + (chart.marker.map { [$0.x] } ?? [])
    var others = 0
    func style(_ line: MeasuredLine) -> SeriesStyle {
      if let name = line.contender, let contender = contenders.first(where: { $0.name == name }) {
        return contender.style
      }
      if let model = line.model { return .model(model) }
      others += 1
      return .baseline(others - 1)
    }
    return LineChart(
      title: chart.title,
      x: ChartAxis(chart.xLabel, scale: xs.allSatisfy { $0 == $0.rounded() } ? .integers : .linear),
      y: ChartAxis(
        chart.yLabel, scale: chart.isLogarithmic ? .logarithmic : .linear,
        extent: chart.isLogarithmic ? .data : .fromZero),
      series: chart.lines.map { line in
        LineChart.Series(
          name: line.name, style: style(line),
          points: line.points.map {
            LineChart.Point(x: $0.x, y: $0.y, lower: $0.range?.lower, upper: $0.range?.upper)
          })
      },
      marker: chart.marker.map {
        LineChart.Marker(name: $0.name, x: $0.x, lower: $0.interval?.lower, upper: $0.interval?.upper)
      })
  }
}
