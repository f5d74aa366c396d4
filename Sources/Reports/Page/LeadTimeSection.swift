extension ComparisonReport {
  /// CSI, POD and FAR at each threshold and the errors, against lead time.
  var leadTimeSection: Markup? {
    guard !leadTimes.isEmpty else { return nil }
    return .group([
      tag(
        "p",
        text: "An event is a pixel with \(data.quantity) above the threshold. Counts of all test samples are "
          + "added up before a score is taken, on the same pixels for every model and baseline. "
          + "Each chart has its own vertical scale. \(bandText)"),
      tag("p", ["class": "muted"], text: exploratoryText),
      .group(CategoricalChart.allCases.map { categorical($0) }),
      errors,
      moreScores,
      fieldScoresGroup,
    ])
  }

  /// With more lines than this, bands would lie over one another.
  private static let mostBands = 4

  private func hasBand(_ contender: Contender) -> Bool {
    contenders.count <= Self.mostBands || contender.name == verdict.recommended
  }

  private var bandText: String {
    let scores = contenders.flatMap { $0.forecast?.byLeadTime ?? [] }.map(\.scores)
    let hasIntervals = scores.contains { score in
      score.mseInterval != nil || score.thresholds.contains { $0.csiInterval != nil }
    }
    guard hasIntervals else { return "" }
    if contenders.count <= Self.mostBands { return "Bands are 95% intervals." }
    let shown =
      verdict.recommended.map { "The band is the 95% interval of \($0); " } ?? "Bands are left out; "
    return shown + "the intervals of all are in results.json."
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
        + "forecasts; the mean error is positive where too much is forecast."
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
            let band = hasBand(contender) ? score.interval : nil
            return LineChart.Point(
              x: result.leadTime, y: score.value, lower: band?.lower, upper: band?.upper)
          })
      } + (column.id == "mse" ? optimumSeries : []), showsLegend: false, height: chartHeight)
  }

  /// The smallest error there is, where it is known.
  private var optimumSeries: [LineChart.Series] {
    guard let optimum else { return [] }
    return [
      LineChart.Series(
        name: optimum.name, style: .bound,
        points: optimum.byLeadTime.map { LineChart.Point(x: $0.leadTime, y: $0.mse.map { $0 * errorFactor }) }
      )
    ]
  }

  /// One table for each chart: lead times down, models and baselines across.
  private func numbers(_ columns: [ChartColumn], _ name: String) -> Markup {
    tag("div", ["class": "tables"]) {
      for column in columns { numbers(column, columns.count > 1 ? "\(name), \(column.title)" : name) }
    }
  }

  private func numbers(_ column: ChartColumn, _ label: String) -> Markup {
    let contenders = recommendedFirst
    return Parts.scrolling("\(label) by lead time", toTheEdge: false) {
      tag("table", ["class": "dense"]) {
        tag("caption", text: column.title)
        tag("thead") {
          tag("tr") {
            for name in ["Lead time"] + contenders.map(\.name) { tag("th", ["scope": "col"], text: name) }
          }
        }
        tag("tbody") {
          for leadTime in leadTimes {
            tag("tr") {
              tag("th", ["scope": "row"], text: self.leadTime(leadTime))
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

/// One chart of a row, and one of the tables below it.
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
    case .csi: "Hits among hits, misses and false alarms. 1 is perfect, 0 is no hit."
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
