extension ComparisonReport {
  /// A confusion matrix for each model and baseline.
  var confusionSection: Markup? {
    let shown = recommendedFirst.filter { $0.classification != nil }
    guard !shown.isEmpty else { return nil }
    return .group([
      tag(
        "p",
        text:
          "Rows are the true classes, columns the predicted ones; correct predictions lie on the diagonal. "
          + "Shading shows the share of a row."),
      tag("div", ["class": "confusions"]) {
        for contender in shown {
          if let result = contender.classification { matrix(contender.name, result) }
        }
      },
      classScoresTables,
    ])
  }

  func className(_ index: Int) -> String {
    index < data.classes.count ? data.classes[index] : "class \(index)"
  }

  private func matrix(_ name: String, _ result: ClassificationResult) -> Markup {
    let counts = result.confusion
    let size = counts.map(\.count).max() ?? 0
    return tag("div") {
      tag("h3", text: name)
      Parts.scrolling("Confusion matrix of \(name)") {
        tag("table", ["class": "confusion"]) {
          tag("caption") {
            "Accuracy "
            Parts.value(result.accuracy, Format.score)
          }
          tag("thead") {
            tag("tr") {
              tag("th", ["scope": "col"], text: "true ↓ predicted →")
              for column in 0..<size { tag("th", ["scope": "col"], text: className(column)) }
              tag("th", ["scope": "col"], text: "recall")
            }
          }
          tag("tbody") {
            for (row, line) in counts.enumerated() {
              let total = line.reduce(0, +)
              tag("tr") {
                tag("th", ["scope": "row"], text: className(row))
                for (column, count) in line.enumerated() { cell(count, of: total, onDiagonal: row == column) }
                tag("td", ["style": "--share: 0"]) {
                  Parts.value(
                    total > 0 && row < line.count ? Double(line[row]) / Double(total) : nil, Format.percent)
                }
              }
            }
          }
        }
      }
    }
  }

  private func cell(_ count: Int, of total: Int, onDiagonal: Bool) -> Markup {
    let share = total > 0 ? Double(count) / Double(total) : 0
    return tag(
      "td", ["class": onDiagonal ? "truth" : nil, "style": "--share: \(number3(share))"],
      text: Format.count(count))
  }
}
