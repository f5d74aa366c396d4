import Foundation
import Readers
import Reports
import Verification

/// What `squall advise` says of these data, with the errors of the linear twins, and whether the comparison bears it out.
package struct SuitabilityMeasurement {
  let advice: DataAdvice
  /// In the order of the report's models.
  let models: [String]

  package init(advice: DataAdvice, models: [String]) {
    self.advice = advice
    self.models = models
  }

  /// Adds the row of the table and the sentence on the advice.
  func add(to report: inout ComparisonReport) {
    report.suitability = suitability(found: report.clearWinner, report.verdict)
    var aspects = report.measurements ?? []
    aspects.insert(aspect, at: aspects.firstIndex { $0.aspect == .information } ?? aspects.endIndex)
    report.measurements = aspects
  }

  // MARK: The sentence

  /// - Parameter found: The contender that is clearly better than all others, whether or not a baseline beats it.
  package func suitability(found: String?, _ verdict: Verdict) -> Suitability {
    let result = AdviceOutcome(advice.recommendation, advised: advised, found: found, verdict)
    return Suitability(
      advice: advice.answer, advised: advised, probability: probability, outcome: result.outcome,
      sentence: result.sentence)
  }

  private var advised: String? {
    if case .baseline(let name) = advice.recommendation { name } else { advice.advised }
  }

  /// Of what was advised.
  private var probability: Double? {
    guard let prediction = advice.prediction else { return nil }
    switch advice.recommendation {
    case .contender(let name):
      return name == "convlstm2d" ? prediction.convLSTM2D : prediction.conv2DLSTM
    case .either: return prediction.neither
    case .baseline: return prediction.baseline
    case .unmeasured: return nil
    }
  }

  // MARK: The row

  package var aspect: MeasuredAspect {
    MeasuredAspect(
      aspect: .suitability, findings: models.map(finding), method: method,
      figures: [twinChart, studyChart].compactMap { $0 } + [.table(table)])
  }

  private func twin(of model: String) -> [Double]? {
    switch model {
    case DataAdvice.displayName("convlstm2d"): advice.twins?.local
    case DataAdvice.displayName("conv2d-lstm"): advice.twins?.global
    default: nil
    }
  }

  private func finding(_ model: String) -> String {
    guard let errors = twin(of: model), let leads = advice.twins?.leads else {
      return "It has no linear twin: nothing is said of it before training."
    }
    let shares = zip(leads, errors).map { lead, error in
      "\(MeasuredText.percent(max(0, 1 - error))) at \(lead)"
    }
    return
      "A linear model in its manner explains of the variance, by frames ahead, \(shares.joined(separator: ", "))"
      + (advice.advised == model ? ". It was advised." : ".")
  }

  private var method: String {
    "Before training, two linear models are fitted to these data in seconds, one in the manner of each family: a "
      + "convolutional autoregression (local, the same law everywhere) as the twin of ConvLSTM2D, and a regression of "
      + "principal components of the whole frame (global, a law for each place) as the twin of Conv2D + LSTM. "
      + "The second chart is the study by which their errors become probabilities; the upright line is these data. "
      + advice.limits.joined(separator: " ")
  }

  private var twinChart: MeasuredFigure? {
    guard let twins = advice.twins else { return nil }
    func points(_ errors: [Double]) -> [MeasuredPoint] {
      zip(twins.leads, errors).map { MeasuredPoint(x: Double($0), y: $1) }
    }
    return .chart(
      MeasuredChart(
        title: "Linear twins on these data", xLabel: "frames ahead",
        yLabel: "squared error, share of the variance",
        lines: models.enumerated().compactMap { index, name in
          twin(of: name).map { MeasuredLine(name: "twin of \(name)", model: index, points: points($0)) }
        } + [
          MeasuredLine(name: twins.betterBaseline, model: nil, points: points(twins.bestBaseline))
        ]))
  }

  /// Advantage found against advantage of the twins: means of a sixth of the sets each, with their range.
  private var studyChart: MeasuredFigure? {
    guard let model = AdviceModel.shipped, let twins = advice.twins else { return nil }
    let sets = model.rows.sorted { $0.twins.advantage < $1.twins.advantage }
    let parts = 6
    let points = (0..<parts).compactMap { part -> MeasuredPoint? in
      let some = sets[part * sets.count / parts..<(part + 1) * sets.count / parts]
      guard !some.isEmpty else { return nil }
      let found = some.map(\.advantage)
      return MeasuredPoint(
        x: some.map(\.twins.advantage).reduce(0, +) / Double(some.count),
        y: found.reduce(0, +) / Double(found.count),
        range: ScoreInterval(lower: found.min() ?? .nan, upper: found.max() ?? .nan))
    }
    let own = TwinErrors(twins).advantage
    return .chart(
      MeasuredChart(
        title: "From the twins to the contenders: \(sets.count) generated sets",
        xLabel: "twins: log(error global / error local)",
        yLabel: "contenders: log(MSE Conv2D + LSTM / MSE ConvLSTM2D)",
        lines: [MeasuredLine(name: "sets of the study, mean and range", model: nil, points: points)],
        marker: MeasuredMarker(
          name: "these data: \(MeasuredText.fixed(own, 2))", x: own,
          interval: twins.advantageInterval.flatMap { ScoreInterval(lower: $0.lower, upper: $0.upper) })))
  }

  private var table: MeasuredTable {
    guard let twins = advice.twins else {
      return MeasuredTable(title: "Linear twins", columns: ["Forecast"], rows: [["not measured"]])
    }
    func row(_ name: String, _ errors: [Double]) -> [String] {
      [name] + errors.map { MeasuredText.fixed($0, 3) }
    }
    return MeasuredTable(
      title: "Squared error as a share of the variance, by frames ahead",
      columns: ["Forecast"] + twins.leads.map { "\($0)" },
      rows: [
        row("Convolutional autoregression (twin of ConvLSTM2D)", twins.local),
        row("Principal components (twin of Conv2D + LSTM)", twins.global),
        row("Eulerian persistence", twins.persistence), row("Lagrangian persistence", twins.extrapolation),
      ])
  }
}
