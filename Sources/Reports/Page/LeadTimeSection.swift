extension ComparisonReport {
  /// CSI, POD and FAR at each threshold and the errors, against lead time.
  var leadTimeSection: Markup? {
    guard !leadTimes.isEmpty else { return nil }
    return .group([
      tag(
        "p",
        text: "An event is a pixel with \(data.quantity) above the threshold. Counts of all test samples are "
          + "added up before a score is taken, on the same pixels for every model and baseline. "
          + "Each chart has its own vertical scale."),
      .group(CategoricalChart.allCases.map { categorical($0) }),
      errors,
      moreScores,
      fieldScoresGroup,
    ])
  }

  private func categorical(_ kind: CategoricalChart) -> Markup {
    let columns = thresholds.map { threshold in
      ChartColumn(
        id: "\(kind.rawValue)-\(Format.plain(threshold))", title: event(threshold), yLabel: kind.name,
        extent: kind.extent, format: Format.score
      ) { scores in kind.value(scores.at(threshold)) }
    }
    return chartGroup(kind.heading, kind.explanation, columns, tableName: kind.name)
  }

  private var errors: Markup {
    let unit = data.unit.isEmpty ? "" : " in \(data.unit)"
    let squared = squaredUnit.isEmpty ? "" : " in \(squaredUnit)"
    let columns = [
      ChartColumn(
        id: "mse", title: "Mean squared error", yLabel: errorName("MSE") + squared, extent: .fromZero,
        format: Format.significant
      ) { printed(ShownScore(value: $0.mse, interval: $0.mseInterval)) },
      ChartColumn(
        id: "mae", title: "Mean absolute error", yLabel: errorName("MAE") + unit, extent: .fromZero,
        format: Format.significant
      ) { printed(ShownScore(value: $0.mae)) },
      ChartColumn(
        id: "mean-error", title: "Mean error", yLabel: "forecast − observed\(unit)", extent: .covering(0...0),
        format: Format.significant
      ) { ShownScore(value: $0.meanError) },
    ]
    return chartGroup(
      "Errors",
      "Over all valid pixels. The squared error counts heavy \(data.quantity) most and rewards smooth "
        + "forecasts; the mean error tells too much from too little."
        + " \(conventionText)" + (optimum.map { " \($0.explanation)" } ?? ""),
      columns, tableName: "Errors")
  }

  /// One row of charts, their legend, and the numbers behind them as a table.
  private func chartGroup(
    _ heading: String, _ explanation: String, _ columns: [ChartColumn], tableName: String
  ) -> Markup {
    let known = columns.filter { column in
      contenders.contains { contender in
        (contender.forecast?.byLeadTime ?? []).contains { column.score($0.scores).value != nil }
      }
    }
    return tag("div", ["class": "chart-group"]) {
      tag("h3", text: heading)
      tag("p", ["class": "muted"], text: explanation)
      Parts.legend(
        contenders.map { ($0.name, $0.style) }
          + (columns.contains { $0.id == "mse" } ? optimumSeries.map { ($0.name, $0.style) } : []))
      tag("div", ["class": "charts"]) {
        for column in known { tag("figure") { chart(column).markup(id: column.id) } }
      }
      if !known.isEmpty {
        tag("details", ["class": "screen"]) {
          tag("summary", text: "\(tableName) as a table")
          numbers(known, tableName)
        }
      }
    }
  }

  private func chart(_ column: ChartColumn) -> LineChart {
    LineChart(
      title: column.title,
      x: ChartAxis(
        "lead time (\(leadTimeSuffix))", scale: data.leadTimeUnit == .minutes ? .minutes : .integers),
      y: ChartAxis(column.yLabel, extent: column.extent),
      series: contenders.map { contender in
        LineChart.Series(
          name: contender.name, style: contender.style,
          points: (contender.forecast?.byLeadTime ?? []).sorted { $0.leadTime < $1.leadTime }.map { result in
            let score = column.score(result.scores)
            return LineChart.Point(
              x: result.leadTime, y: score.value, lower: score.interval?.lower, upper: score.interval?.upper)
          })
      } + (column.id == "mse" ? optimumSeries : []), showsLegend: false)
  }

  /// The smallest error there is, where it is known.
  private var optimumSeries: [LineChart.Series] {
    guard let optimum else { return [] }
    return [
      LineChart.Series(
        name: optimum.name, style: SeriesStyle(colour: 5, dash: .dotted, marker: .none),
        points: optimum.byLeadTime.map { LineChart.Point(x: $0.leadTime, y: $0.mse.map { $0 * errorFactor }) }
      )
    ]
  }

  private func numbers(_ columns: [ChartColumn], _ name: String) -> Markup {
    let contenders = contenders
    return Parts.scrolling("\(name) by lead time") {
      tag("table", ["class": "dense"]) {
        tag("caption", ["class": "hidden"], text: "\(name) by lead time")
        tag("thead") {
          tag("tr") {
            tag("th", ["scope": "col", "rowspan": "2"], text: "Lead time")
            for column in columns {
              tag("th", ["scope": "colgroup", "colspan": "\(contenders.count)"], text: column.title)
            }
          }
          tag("tr") {
            for _ in columns {
              for contender in contenders { tag("th", ["scope": "col"], text: contender.name) }
            }
          }
        }
        tag("tbody") {
          for leadTime in leadTimes {
            tag("tr") {
              tag("th", ["scope": "row"], text: "\(Format.plain(leadTime)) \(leadTimeSuffix)")
              for column in columns {
                for contender in contenders {
                  let scores = contender.forecast?.at(leadTime: leadTime)
                  tag("td") { Parts.value(scores.flatMap { column.score($0).value }, column.format) }
                }
              }
            }
          }
        }
      }
    }
  }
}

/// One chart of a row, and one group of columns in the table below it.
private struct ChartColumn {
  let id: String
  let title: String
  let yLabel: String
  let extent: ChartAxis.Extent
  let format: (Double) -> String
  let score: (PixelScores) -> ShownScore
}

private enum CategoricalChart: String, CaseIterable {
  case csi, pod, far

  var name: String { rawValue.uppercased() }

  var heading: String {
    switch self {
    case .csi: "Critical success index (CSI)"
    case .pod: "Probability of detection (POD)"
    case .far: "False alarm ratio (FAR)"
    }
  }

  var explanation: String {
    switch self {
    case .csi: "Hits among hits, misses and false alarms. 1 is perfect, 0 is no hit at all."
    case .pod: "Share of the observed events that were forecast. Higher is better."
    case .far: "Share of the forecast events that did not happen. Lower is better."
    }
  }

  var extent: ChartAxis.Extent { self == .far ? .covering(0...1) : .fromZero }

  func value(_ scores: ThresholdScores?) -> ShownScore {
    switch self {
    case .csi: ShownScore(value: scores?.csi, interval: scores?.csiInterval)
    case .pod: ShownScore(value: scores?.pod)
    case .far: ShownScore(value: scores?.far)
    }
  }
}
