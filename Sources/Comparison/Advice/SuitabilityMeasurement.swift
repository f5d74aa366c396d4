import Readers
import Reports
import Verification

/// Where these data lie on the interaction dial, what contenders reached along it, and whether the comparison
/// bears out what the index advises.
package struct SuitabilityMeasurement {
  let advice: DataAdvice
  let study: MeasuredDial
  /// In the order of the report's models.
  let models: [String]
  let task: ReportTask

  package init(advice: DataAdvice, study: MeasuredDial, models: [String], task: ReportTask) {
    self.advice = advice
    self.study = study
    self.models = models
    self.task = task
  }

  /// Measures the index as `squall advise` does; nil where the data leave nothing to measure.
  ///
  /// - Throws: What reading throws.
  static func measured(
    _ sources: [any FrameSource], name: String, task: ReportTask, models: [String],
    progress: any ComparisonProgress
  ) throws -> SuitabilityMeasurement? {
    guard let study = MeasuredDial.study else { return nil }
    do {
      let advice = try DataAdvice(
        on: sources, name: name, areClips: task == .classification, study: study)
      return SuitabilityMeasurement(advice: advice, study: study, models: models, task: task)
    } catch let error as VerificationError {
      progress.note("the interaction index was not measured: \(error)")
      return nil
    }
  }

  /// Adds the row of the table and the sentence on the advice.
  func add(to report: inout ComparisonReport) {
    report.suitability = suitability(found: report.clearWinner, report.verdict)
    var aspects = report.measurements ?? []
    aspects.insert(aspect, at: aspects.firstIndex { $0.aspect == .information } ?? aspects.endIndex)
    report.measurements = aspects
  }

  // MARK: The sentence

  private var advised: String? { advice.advised }

  /// - Parameter found: The contender that is clearly better than all others, whether or not a baseline beats it.
  package func suitability(found: String?, _ verdict: Verdict) -> Suitability {
    var isUnknown = false
    if case .unknown = verdict.outcome { isUnknown = true }
    let outcome = outcome(found, isUnknown: isUnknown)
    var sentence = sentence(outcome, found ?? "")
    if isUnknown, outcome == .undecided {
      sentence =
        "The comparison neither confirms nor contradicts squall advise: nothing can be said of a difference on these "
        + "data."
    }
    if let baseline = verdict.recommended, let found, baseline != found {
      sentence += " \(baseline) is at least as good as \(found), though."
    }
    return Suitability(
      index: advice.measurement.index.value, indexInterval: advice.measurement.index.reported,
      transport: advice.measurement.transport.value,
      transportInterval: advice.measurement.transport.reported, advised: advised,
      outcome: outcome, sentence: sentence)
  }

  /// Without an interval nothing is confirmed or contradicted: unknown is not "none is better".
  private func outcome(_ found: String?, isUnknown: Bool) -> Suitability.Outcome {
    if advice.recommendation == .unmeasured { return .withoutAdvice }
    if isUnknown { return .undecided }
    switch (advised, found) {
    case (nil, nil): return .confirms
    case (nil, _?): return .decides
    case (_?, nil): return .undecided
    case (let advised?, let found?): return advised == found ? .confirms : .contradicts
    }
  }

  private func sentence(_ outcome: Suitability.Outcome, _ found: String) -> String {
    let named = advised.map { "squall advise, which names \($0) for data of this index" }
    switch outcome {
    case .confirms:
      return "The comparison confirms "
        + (named ?? "squall advise, which names none for data of this index") + "."
    case .contradicts:
      return "The comparison contradicts \(named ?? "squall advise"): on these data \(found) is better. "
        + "What was measured on the data themselves counts."
    case .undecided:
      return "The comparison neither confirms nor contradicts \(named ?? "squall advise"): the difference "
        + "found on these data is not clear."
    case .decides:
      return "squall advise names none for data of this index; the comparison names \(found)."
    case .withoutAdvice:
      return "squall advise recommends nothing here, so there is nothing to confirm or contradict."
    }
  }

  // MARK: The row

  package var aspect: MeasuredAspect {
    let index = advice.measurement.index
    let points = study.points
    let marker = index.value.map {
      MeasuredMarker(name: "these data: \(MeasuredText.fixed($0, 2))", x: $0, interval: index.reported)
    }
    return MeasuredAspect(
      aspect: .suitability, findings: models.map(finding),
      method: method,
      figures: [
        .chart(
          MeasuredChart(
            title: "Error along the interaction dial", xLabel: "interaction index",
            yLabel: "squared error, share of the variance",
            lines: studied.map { model in line(model, points) { $0.errors[model.place] } } + [
              MeasuredLine(
                name: "best linear forecast", model: nil,
                points: points.map { MeasuredPoint(x: $0.index, y: $0.optimum) })
            ], marker: marker)),
        .chart(
          MeasuredChart(
            title: "Beside the best linear forecast", xLabel: "interaction index",
            yLabel: "skill (0: mean, 1: best linear forecast)",
            lines: studied.map { model in line(model, points) { skill($0, model.place) } }, marker: marker)),
        .table(table(points)), .table(indexTable),
      ])
  }

  /// The report's models that the study has, with their places in both.
  private var studied: [(name: String, number: Int, place: Int)] {
    models.enumerated().compactMap { number, name in
      study.contenders.firstIndex { DataAdvice.displayName($0) == name }.map { (name, number, $0) }
    }
  }

  /// How much of what the best linear forecast explains a contender explained: 0 is no better than the mean.
  private func skill(_ run: MeasuredDial.Run, _ place: Int) -> Double {
    (1 - run.errors[place]) / (1 - run.optimum)
  }

  private func line(
    _ model: (name: String, number: Int, place: Int), _ points: [MeasuredDial.Point],
    _ value: (MeasuredDial.Run) -> Double
  ) -> MeasuredLine {
    MeasuredLine(
      name: model.name, model: model.number,
      points: points.map { point in
        let values = study.runs.filter { $0.theta == point.theta }.map(value)
        let range = ScoreInterval(lower: values.min() ?? .nan, upper: values.max() ?? .nan)
        return MeasuredPoint(
          x: point.index, y: values.reduce(0, +) / Double(values.count), range: values.count > 1 ? range : nil
        )
      })
  }

  private func finding(_ name: String) -> String {
    guard let nearest = advice.nearest, let model = studied.first(where: { $0.name == name }) else {
      return "It was not measured along the interaction dial."
    }
    let runs = study.runs.filter { $0.theta == nearest.theta }
    let error = nearest.errors[model.place]
    let share = runs.map { skill($0, model.place) }.reduce(0, +) / Double(max(runs.count, 1))
    return
      "On synthetic data of nearly this index (\(MeasuredText.fixed(nearest.index, 2))) its forecasts erred by "
      + "\(MeasuredText.fixed(error, 2)) of the variance (the best linear forecast: "
      + "\(MeasuredText.fixed(nearest.optimum, 2))): \(MeasuredText.percent(share)) of what can be known"
      + (advised == name ? ". The index advises it." : ".")
  }

  private var method: String {
    var text =
      "The space–time interaction index tells how much of the covariance of these data no product of space and time "
      + "explains; the upright line in the charts is these data, the shaded area its 95% interval. The curves are "
      + "the contenders on synthetic data from separable to rigidly moving (\(study.setting)), means with the range "
      + "over seeds."
    if task == .classification {
      text +=
        " They forecast, and here clips are to be told apart: the index describes the clips, not the classes."
    }
    return text + " " + advice.limits.joined(separator: " ")
  }

  private func table(_ points: [MeasuredDial.Point]) -> MeasuredTable {
    func number(_ value: Double) -> String { MeasuredText.fixed(value, 3) }
    return MeasuredTable(
      title: "The interaction dial in numbers",
      columns: ["θ", "Index"] + study.contenders.map(DataAdvice.displayName)
        + ["Best linear forecast", "Last frame kept", "Seeds"],
      rows: points.map { point in
        ["\(point.theta)", number(point.index)]
          + point.errors.map(number) + [number(point.optimum), number(point.persistence), "\(point.seeds)"]
      })
  }

  private var indexTable: MeasuredTable {
    func row(_ name: String, _ estimate: ScoreEstimate) -> [String] {
      let interval = estimate.interval.map {
        "\(MeasuredText.fixed($0.lower, 3)) to \(MeasuredText.fixed($0.upper, 3))"
      }
      return [name, estimate.value.map { MeasuredText.fixed($0, 3) } ?? "undefined", interval ?? "none"]
    }
    return MeasuredTable(
      title: "The interaction index of these data", columns: ["Part", "Value", "95% interval"],
      rows: [row("Index", advice.measurement.index), row("Transport", advice.measurement.transport)])
  }
}
