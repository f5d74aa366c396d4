extension ComparisonReport {
  /// The summary table: measures down, models and baselines across, so that a phone has little to scroll.
  var glanceSection: Markup? {
    let contenders = recommendedFirst
    guard !contenders.isEmpty else { return nil }
    let columns = contenders.count + 1
    return Parts.scrolling("Summary table", toTheEdge: false) {
      tag(
        "table",
        [
          "class": contenders.count > 4 ? "glance many" : "glance",
          "style": "--columns: \(contenders.count)",
        ]
      ) {
        tag("caption", ["class": "hidden"], text: "Cost and scores of every model and baseline")
        tag("thead") {
          tag("tr") {
            tag("td")
            for contender in contenders {
              tag("th", ["scope": "col"]) {
                Parts.swatch(contender.style)
                contender.name
                Parts.badge(badge(contender.name))
                tag("small", ["class": "muted"], text: contender.summary)
              }
            }
          }
        }
        tag("tbody") {
          group("Cost", columns)
          row("Parameters", contenders.map { $0.model.map { Format.count($0.parameters) } })
          row("FLOPs per sample", contenders.map { $0.model.map { Format.metric($0.flopsPerSample) } })
          if models.contains(where: { $0.secondsPerStep != nil }) {
            row("Training step", contenders.map { $0.model?.secondsPerStep.map(Format.brief) })
          }
          row(trainingTimeLabel, contenders.map { $0.model?.trainingSeconds.map(Format.duration) })
        }
        tag("tbody") {
          if task == .forecast {
            forecastRows(contenders, columns)
          } else {
            accuracyRows(contenders, columns)
          }
          if models.contains(where: { $0.trainings.count { $0.primaryScore != nil } > 1 }) {
            row("\(verdict.primaryScore.title(in: self)), lowest to highest seed", contenders.map(seedRange))
          }
          if task == .forecast { optimumRows(contenders, columns) }
        }
      }
    }
  }

  private func seedRange(_ contender: Contender) -> String? {
    let scores = (contender.model?.trainings ?? []).compactMap(\.primaryScore)
    guard let low = scores.min(), let high = scores.max() else { return nil }
    let format = verdict.primaryScore.format
    return "\(format(low)) to \(format(high))"
  }

  private var trainingTimeLabel: String {
    let seeds = models.map(\.trainings.count).max() ?? 0
    return seeds > 1 ? "Training time, mean of \(seeds) seeds" : "Training time"
  }

  @MarkupBuilder
  private func forecastRows(_ contenders: [Contender], _ columns: Int) -> Markup {
    group("Scores on the test part, pooled over lead times", columns)
    for threshold in thresholds {
      let scores = contenders.map { $0.forecast?.pooled.at(threshold) }
      scoreRow(
        "CSI", event(threshold) + role(verdict.primaryScore == .csi(threshold: threshold)),
        scores.map { ShownScore(value: $0?.csi, interval: $0?.csiInterval) },
        lowerIsBetter: false, Format.score)
    }
    let pooled = contenders.map { $0.forecast?.pooled }
    scoreRow(
      errorName("MSE"), squaredUnit + role(verdict.primaryScore.kind == .mse),
      pooled.map { printed(ShownScore(value: $0?.mse, interval: $0?.mseInterval)) },
      lowerIsBetter: true, Format.significant)
  }

  /// Which score decides, behind its name.
  private func role(_ decides: Bool) -> String { decides ? " · decides" : " · exploratory" }

  @MarkupBuilder
  private func optimumRows(_ contenders: [Contender], _ columns: Int) -> Markup {
    if let optimum {
      group("Beside the \(optimum.name)", columns)
      scoreRow(
        "Skill", "0: the mean, 1: the \(optimum.name)",
        contenders.map { contender in
          let skill = optimum.skills.first { $0.name == contender.name }
          return ShownScore(value: skill?.value, interval: skill?.interval)
        }, lowerIsBetter: false, Format.score)
    }
  }

  @MarkupBuilder
  private func accuracyRows(_ contenders: [Contender], _ columns: Int) -> Markup {
    group("Scores on the test part", columns)
    let results = contenders.map(\.classification)
    scoreRow(
      "Accuracy", "", results.map { ShownScore(value: $0?.accuracy, interval: $0?.accuracyInterval) },
      lowerIsBetter: false, Format.score)
    row(
      "Samples",
      results.map { result in
        result.map { Format.count($0.confusion.reduce($0.undecided) { $0 + $1.reduce(0, +) }) }
      })
  }

  private func group(_ name: String, _ columns: Int) -> Markup { Parts.groupRow(name, columns: columns) }

  /// A row of plain values; nil does not apply to that column.
  private func row(_ name: String, _ values: [String?]) -> Markup {
    tag("tr") {
      tag("th", ["scope": "row"], text: name)
      for value in values { tag("td", text: value ?? "") }
    }
  }

  /// A row of scores with the best one marked.
  private func scoreRow(
    _ name: String, _ unit: String, _ scores: [ShownScore], lowerIsBetter: Bool,
    _ format: (Double) -> String
  ) -> Markup {
    let known = scores.compactMap(\.value)
    let best = known.count > 1 ? (lowerIsBetter ? known.min() : known.max()) : nil
    return tag("tr") {
      tag("th", ["scope": "row"]) {
        name
        if !unit.isEmpty { tag("small", ["class": "muted"], text: unit) }
      }
      for score in scores {
        if score.value != nil && score.value == best {
          tag("td", ["class": "best"]) {
            tag("b") { Parts.value(score.value, format) }
            tag("span", ["class": "hidden"], text: " best")
            Parts.interval(score.interval, format)
          }
        } else {
          tag("td") {
            Parts.value(score.value, format)
            Parts.interval(score.interval, format)
          }
        }
      }
    }
  }
}
