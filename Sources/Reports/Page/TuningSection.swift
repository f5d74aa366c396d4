import Support

extension ComparisonReport {
  /// The trials of the search for settings, and what a search of n trials can expect.
  var tuningSection: Markup? {
    guard let tuning, tuning.entries.contains(where: { !$0.trials.isEmpty }) else { return nil }
    let entries = recommendedFirst(tuning.entries, name: \.name)
    return .group([
      tag(
        "p",
        text:
          "Every contender had as many trials, judged by the validation loss alone; the test part is not used "
          + "here. After each round the best third goes on for three times as long. The best two are trained from a "
          + "second seed too, and the lower mean wins; where the seeds disagree, the lower learning rate."),
      Parts.scrolling("Trials") {
        tag("table", ["class": "dense"]) {
          tag("caption", ["class": "hidden"], text: "Trials by contender")
          tag("thead") {
            tag("tr") {
              for name in ["Learning rate", "First round", "Last round"] {
                tag("th", ["scope": "col"], text: name)
              }
            }
          }
          for entry in entries { tag("tbody") { rows(entry) } }
        }
      },
      bestOfNGroup(entries),
    ])
  }

  /// Losses of trials lie close together: four digits.
  private static func loss(_ value: Double) -> String { NumberText.general(value, 4) }

  private func rows(_ entry: TuningResult.Entry) -> Markup {
    .group(
      [Parts.groupRow(entry.name, columns: 3)]
        + entry.trials.sorted { $0.learningRate < $1.learningRate }.map { trial in
          let options = trial.contender.split(separator: ":").dropFirst().joined(separator: ", ")
          return tag("tr") {
            tag("th", ["scope": "row"]) {
              Format.plain(trial.learningRate)
              if trial.isChosen { " " }
              Parts.badge(trial.isChosen ? "chosen" : nil)
              if !options.isEmpty { tag("small", ["class": "muted"], text: " \(options)") }
            }
            tag("td") { Parts.value(trial.firstLoss, Self.loss) }
            tag("td") {
              Parts.value(trial.lastLoss, Self.loss)
              tag(
                "small",
                text: (trial.epochs == 1 ? "1 epoch" : "\(trial.epochs) epochs")
                  + (trial.seeds > 1 ? ", \(trial.seeds) seeds" : ""))
            }
          }
        })
  }

  private func bestOfNGroup(_ entries: [TuningResult.Entry]) -> Markup {
    let shown = entries.filter { !$0.bestOfN.isEmpty }
    guard !shown.isEmpty else { return .empty }
    let most = shown.map(\.bestOfN.count).max() ?? 0
    return tag("div", ["class": "chart-group"]) {
      tag("h3", text: "Best of n trials")
      tag(
        "p", ["class": "muted"],
        text:
          "The expected lowest validation loss of n trials, from the losses after the first round (Dodge et al. "
          + "2019). A line that still falls at its end says that more trials would find better settings. Bands are one "
          + "standard deviation over repeated searches.")
      Parts.legend(shown.map { ($0.name, style(of: $0.name)) })
      tag("div", ["class": "charts"]) {
        tag("figure") {
          LineChart(
            title: "Expected validation loss", x: ChartAxis("trials", scale: .integers),
            y: ChartAxis("lowest validation loss"),
            series: shown.map { entry in
              LineChart.Series(
                name: entry.name, style: style(of: entry.name),
                points: entry.bestOfN.map {
                  LineChart.Point(
                    x: Double($0.trials), y: $0.loss, lower: $0.loss - $0.deviation,
                    upper: $0.loss + $0.deviation)
                })
            }, showsLegend: false
          ).markup(id: "best-of-n")
        }
      }
      tag("details", ["class": "screen"]) {
        tag("summary", text: "Best of n trials as a table")
        Parts.scrolling("Best of n trials", toTheEdge: false) {
          tag("table", ["class": "dense"]) {
            tag("caption", text: "Expected lowest validation loss")
            tag("thead") {
              tag("tr") {
                for name in ["Trials"] + shown.map(\.name) { tag("th", ["scope": "col"], text: name) }
              }
            }
            tag("tbody") {
              for index in 0..<most {
                tag("tr") {
                  tag("th", ["scope": "row"], text: "\(index + 1)")
                  for entry in shown {
                    tag("td") {
                      if index < entry.bestOfN.count {
                        Self.loss(entry.bestOfN[index].loss)
                        tag("small", text: "± \(NumberText.general(entry.bestOfN[index].deviation, 2))")
                      } else {
                        Parts.undefined
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
