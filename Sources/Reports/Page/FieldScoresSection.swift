extension ComparisonReport {
  /// Similarity, signal-to-noise, sharpness and fractions skill against lead time.
  var fieldScoresGroup: Markup {
    guard let fieldScores, !fieldScores.entries.isEmpty else { return .empty }
    let columns = FieldColumn.of(fieldScores, self)
    return tag("div", ["class": "chart-group"]) {
      tag("h3", text: "Surroundings and sharpness")
      tag("p", ["class": "muted"], text: fieldScores.explanation)
      Parts.legend(fieldScores.entries.map { ($0.name, style(of: $0.name)) })
      tag("div", ["class": "charts"]) {
        for column in columns where column.isDrawn {
          tag("figure") { chart(column, fieldScores).markup(id: column.id) }
        }
      }
      tag("details", ["class": "screen"]) {
        tag("summary", text: "Surroundings and sharpness as a table")
        numbers(columns, fieldScores)
      }
    }
  }

  /// ETS, HSS, frequency bias and RMSE, pooled over lead times.
  var moreScores: Markup {
    let shown = recommendedFirst.filter { $0.forecast != nil }
    guard !shown.isEmpty else { return .empty }
    return tag("details", ["class": "screen"]) {
      tag("summary", text: "ETS, HSS, bias and RMSE")
      tag("p", ["class": "muted"], text: "Pooled over lead times; by lead time they are in scores.csv.")
      Parts.scrolling("More scores, pooled over lead times") {
        tag("table", ["class": "dense scores"]) {
          tag("caption", ["class": "hidden"], text: "More scores, pooled over lead times")
          tag("thead") {
            tag("tr") {
              for name in ["Score"] + shown.map(\.name) { tag("th", ["scope": "col"], text: name) }
            }
          }
          tag("tbody") {
            for threshold in thresholds {
              line("ETS, \(event(threshold))", shown) { $0.at(threshold)?.ets }
              line("HSS, \(event(threshold))", shown) { $0.at(threshold)?.hss }
              line("Bias, \(event(threshold))", shown) { $0.at(threshold)?.bias }
            }
            line("RMSE" + (data.unit.isEmpty ? "" : " in \(data.unit)"), shown) { $0.mse?.squareRoot() }
          }
        }
      }
    }
  }

  private func line(_ name: String, _ shown: [Contender], _ value: (PixelScores) -> Double?) -> Markup {
    tag("tr") {
      tag("th", ["scope": "row"], text: name)
      for contender in shown {
        tag("td") { Parts.value(contender.forecast.flatMap { value($0.pooled) }, Format.score) }
      }
    }
  }

  private func chart(_ column: FieldColumn, _ scores: FieldScores) -> LineChart {
    LineChart(
      title: column.title,
      x: ChartAxis(
        "lead time (\(leadTimeSuffix))", scale: data.leadTimeUnit == .minutes ? .minutes : .integers),
      y: ChartAxis(column.yLabel, extent: column.isShare ? .fromZero : .data),
      series: scores.entries.map { entry in
        LineChart.Series(
          name: entry.name, style: style(of: entry.name),
          points: entry.byLeadTime.map { LineChart.Point(x: $0.leadTime, y: column.value($0)) })
      }, showsLegend: false, height: chartHeight)
  }

  private func numbers(_ columns: [FieldColumn], _ scores: FieldScores) -> Markup {
    Parts.scrolling("Surroundings and sharpness by lead time") {
      tag("table", ["class": "dense"]) {
        tag("caption", ["class": "hidden"], text: "Surroundings and sharpness by model and lead time")
        tag("thead") {
          tag("tr") {
            for name in ["Lead time"] + columns.map(\.title) { tag("th", ["scope": "col"], text: name) }
          }
        }
        for entry in recommendedFirst(scores.entries, name: \.name) {
          tag("tbody") {
            Parts.groupRow(entry.name, columns: columns.count + 1)
            for lead in entry.byLeadTime {
              tag("tr") {
                tag("th", ["scope": "row"], text: leadTime(lead.leadTime))
                for column in columns { tag("td") { Parts.value(column.value(lead), Format.score) } }
              }
            }
          }
        }
      }
    }
  }
}

/// One score of the group.
private struct FieldColumn {
  let id: String
  let title: String
  let yLabel: String
  /// Whether it is a share, to be seen from 0.
  var isShare = true
  /// Whether it has a chart beside its column in the table.
  var isDrawn = true
  let value: (FieldScores.Lead) -> Double?

  static func of(_ scores: FieldScores, _ report: ComparisonReport) -> [FieldColumn] {
    var columns = [
      FieldColumn(id: "ssim", title: "Structural similarity", yLabel: "SSIM", isShare: false) { $0.ssim },
      FieldColumn(id: "psnr", title: "Signal-to-noise", yLabel: "PSNR (dB)", isShare: false) { $0.psnr },
      FieldColumn(id: "sharpness", title: "Sharpness", yLabel: "power, forecast / observed") { $0.sharpness },
      FieldColumn(id: "patches", title: "Patches", yLabel: "power, patches / beside", isDrawn: false) {
        $0.patches
      },
    ]
    let fractions = scores.entries.first?.byLeadTime.first?.fractions ?? []
    for (index, part) in fractions.enumerated() {
      columns.append(
        FieldColumn(
          id: "fss-\(index)", title: "FSS, \(report.event(part.threshold)), \(part.scale) px",
          yLabel: "fractions skill score", isDrawn: part.threshold == fractions[0].threshold
        ) { $0.fraction(threshold: part.threshold, scale: part.scale) })
    }
    let pooled = scores.entries.first?.byLeadTime.first?.pooledCSI ?? []
    for (index, part) in pooled.enumerated() {
      columns.append(
        FieldColumn(
          id: "pooled-\(index)", title: "CSI, \(report.event(part.threshold)), blocks of \(part.pool) px",
          yLabel: "critical success index", isDrawn: part.threshold == pooled[0].threshold
        ) { $0.pooledCSI(threshold: part.threshold, pool: part.pool) })
    }
    // A score that nobody has is left out.
    return columns.filter { column in
      scores.entries.contains { $0.byLeadTime.contains { column.value($0) != nil } }
    }
  }
}
