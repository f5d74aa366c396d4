extension ComparisonReport {
  /// Precision, recall and F1 by class; top-k accuracy and calibration of the models.
  var classScoresTables: Markup {
    guard let classScores, !classScores.entries.isEmpty else { return .empty }
    return tag("div", ["class": "chart-group"]) {
      tag("h3", text: "More scores")
      tag(
        "p", ["class": "muted"],
        text:
          "Macro F1 is the mean over classes. Top-\(classScores.k) accuracy and the expected calibration error "
          + "(15 bins, 0 is best) are those of the published models; precision, recall and F1 count all seeds together."
      )
      Parts.scrolling("More scores") {
        tag("table", ["class": "dense"]) {
          tag("caption", ["class": "hidden"], text: "Macro F1, top-\(classScores.k) accuracy, calibration")
          tag("thead") {
            tag("tr") {
              for name in ["Model", "Macro F1", "Top-\(classScores.k) accuracy", "Calibration error"] {
                tag("th", ["scope": "col"], text: name)
              }
            }
          }
          tag("tbody") {
            for entry in recommendedFirst(classScores.entries, name: \.name) {
              tag("tr") {
                tag("th", ["scope": "row"], text: entry.name)
                for value in [entry.macroF1, entry.topK, entry.calibrationError] {
                  tag("td") { Parts.value(value, Format.score) }
                }
              }
            }
          }
        }
      }
      tag("details", ["class": "screen"]) {
        tag("summary", text: "Precision, recall and F1 by class")
        byClass(classScores)
      }
    }
  }

  /// A group of rows for each class, so that models are compared within it.
  private func byClass(_ scores: ClassScores) -> Markup {
    let entries = recommendedFirst(scores.entries, name: \.name)
    return Parts.scrolling("Precision, recall and F1 by class") {
      tag("table", ["class": "dense"]) {
        tag("caption", ["class": "hidden"], text: "Precision, recall and F1 by class and model")
        tag("thead") {
          tag("tr") {
            for name in ["Model", "Precision", "Recall", "F1"] { tag("th", ["scope": "col"], text: name) }
          }
        }
        for label in 0..<(entries.map(\.byClass.count).max() ?? 0) {
          tag("tbody") {
            Parts.groupRow(className(label), columns: 4)
            for entry in entries where label < entry.byClass.count {
              let score = entry.byClass[label]
              tag("tr") {
                tag("th", ["scope": "row"], text: entry.name)
                for value in [score.precision, score.recall, score.f1] {
                  tag("td") { Parts.value(value, Format.score) }
                }
              }
            }
          }
        }
      }
    }
  }
}
