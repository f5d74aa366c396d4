extension ComparisonReport {
  /// Training and validation loss by epoch, one chart a model on a common scale.
  var learningSection: Markup? {
    let shown = recommendedFirst.filter { $0.model?.trainings.contains { !$0.learningCurve.isEmpty } == true }
    guard !shown.isEmpty else { return nil }
    let losses = shown.flatMap { $0.model?.trainings ?? [] }.flatMap(\.learningCurve)
      .flatMap { [$0.trainingLoss, $0.validationLoss].compactMap { $0 } }
    let (low, high) = (losses.min() ?? 0, losses.max() ?? 1)
    let isWide = low > 0 && high / low > 10
    let y = ChartAxis(
      isWide ? "loss, logarithmic" : "loss", scale: isWide ? .logarithmic : .linear,
      extent: .covering(low...high))
    let seeds = shown.map { $0.model?.trainings.count ?? 0 }.max() ?? 1
    return .group([
      tag(
        "p",
        text: "The loss on the training and the validation part after each epoch. The weights with the best "
          + "validation loss were kept; the test part is not used here. "
          + (seeds > 1
            ? "Lines are means over \(seeds) seeds, bands reach from the lowest to the highest."
            : "The ring marks that epoch.")),
      tag("div", ["class": "charts"]) {
        for (index, contender) in shown.enumerated() {
          if let model = contender.model {
            tag("figure") {
              curve(contender, model, y).markup(id: "learning-\(index)")
              tag("figcaption", text: caption(model))
            }
          }
        }
      },
    ])
  }

  private func curve(_ contender: Contender, _ model: ModelResult, _ y: ChartAxis) -> LineChart {
    let bestEpoch = model.trainings.count == 1 ? model.trainings[0].bestEpoch.map(Double.init) : nil
    let colour = contender.style.colour
    return LineChart(
      title: model.name, x: ChartAxis("epoch", scale: .integers), y: y,
      series: [
        LineChart.Series(
          name: "training", style: SeriesStyle(colour: colour, dash: .dashed, marker: .none),
          points: points(model.trainings, \.trainingLoss)),
        LineChart.Series(
          name: "validation", style: SeriesStyle(colour: colour, marker: contender.style.marker),
          points: points(model.trainings, \.validationLoss), highlight: bestEpoch),
      ])
  }

  /// The mean over the seeds that reached an epoch, with the range where there are several.
  private func points(
    _ trainings: [TrainingResult], _ loss: (EpochLoss) -> Double?
  ) -> [LineChart.Point] {
    let byEpoch = Dictionary(grouping: trainings.flatMap(\.learningCurve), by: \.epoch)
    return byEpoch.keys.sorted().map { epoch in
      let losses = (byEpoch[epoch] ?? []).compactMap(loss)
      guard !losses.isEmpty else { return LineChart.Point(x: Double(epoch), y: nil) }
      let mean = losses.reduce(0) { $0 + $1 / Double(losses.count) }
      let several = trainings.count > 1
      return LineChart.Point(
        x: Double(epoch), y: mean, lower: several ? losses.min() : nil, upper: several ? losses.max() : nil)
    }
  }

  private func caption(_ model: ModelResult) -> String {
    let epochs = model.trainings.compactMap(\.bestEpoch)
    var parts: [String] = []
    if let first = epochs.min(), let last = epochs.max() {
      parts.append(first == last ? "best epoch \(first)" : "best epochs \(first) to \(last)")
    }
    if let seconds = model.trainingSeconds {
      parts.append("trained for \(Format.duration(seconds))" + (model.trainings.count > 1 ? " per seed" : ""))
    }
    return parts.joined(separator: "; ")
  }
}
