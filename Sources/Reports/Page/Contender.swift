/// A model or a baseline, as the tables and charts see it: a name, a line style, scores.
struct Contender {
  let name: String
  let summary: String
  let style: SeriesStyle
  /// nil for a baseline.
  let model: ModelResult?
  let forecast: ForecastResult?
  let classification: ClassificationResult?
}

extension ComparisonReport {
  /// The models, then the baselines: the order of charts, legends and CSV files.
  var contenders: [Contender] {
    models.enumerated().map { index, model in
      Contender(
        name: model.name, summary: model.summary, style: .model(index), model: model,
        forecast: model.forecast, classification: model.classification)
    }
      + baselines.enumerated().map { index, baseline in
        Contender(
          name: baseline.name, summary: baseline.summary, style: .baseline(index), model: nil,
          forecast: baseline.forecast, classification: baseline.classification)
      }
  }

  /// The contenders as tables and bars show them: the recommended one first, so that no narrow screen hides it.
  var recommendedFirst: [Contender] { recommendedFirst(contenders, name: \.name) }

  func recommendedFirst<Element>(_ elements: [Element], name: (Element) -> String) -> [Element] {
    guard let recommended = verdict.recommended else { return elements }
    return elements.filter { name($0) == recommended } + elements.filter { name($0) != recommended }
  }

  /// The line of a model or baseline; a name that is none of theirs gets that of a baseline.
  func style(of name: String) -> SeriesStyle {
    contenders.first { $0.name == name }?.style ?? .baseline(0)
  }

  /// Charts of many lines are taller, so that the lines come apart.
  var chartHeight: Double { contenders.count > 5 ? 320 : 250 }

  /// What the answer says of a model or baseline, in a word; nil for most.
  func badge(_ name: String) -> String? {
    if name == verdict.recommended { return "recommended" }
    switch verdict.outcome {
    case .noClearDifference(let among, name), .equivalent(let among, name, _):
      return among.count > 2 ? "cheapest" : "cheaper"
    default: return nil
    }
  }

  /// All thresholds that occur, in ascending order.
  var thresholds: [Double] {
    let all = contenders.flatMap { contender in
      (contender.forecast?.pooled.thresholds ?? []).map(\.threshold)
        + (contender.forecast?.byLeadTime ?? []).flatMap { $0.scores.thresholds.map(\.threshold) }
    }
    return Set(all).sorted()
  }

  /// All lead times that occur, in ascending order.
  var leadTimes: [Double] {
    Set(contenders.flatMap { ($0.forecast?.byLeadTime ?? []).map(\.leadTime) }).sorted()
  }

  /// "rain > 2 mm/h".
  func event(_ threshold: Double) -> String {
    "\(data.quantity) > \(Format.plain(threshold))" + (data.unit.isEmpty ? "" : " \(data.unit)")
  }

  /// "(mm/h)²", "mm²", or nothing for pure numbers.
  var squaredUnit: String {
    data.unit.isEmpty ? "" : data.unit.contains("/") ? "(\(data.unit))²" : "\(data.unit)²"
  }

  /// "min" or "frames", behind a lead time.
  var leadTimeSuffix: String { data.leadTimeUnit == .minutes ? "min" : "frames" }

  /// "15 min", on one line.
  func leadTime(_ time: Double) -> String { "\(Format.plain(time))\u{A0}\(leadTimeSuffix)" }
}

extension PixelScores {
  func at(_ threshold: Double) -> ThresholdScores? { thresholds.first { $0.threshold == threshold } }
}

extension ForecastResult {
  func at(leadTime: Double) -> PixelScores? { byLeadTime.first { $0.leadTime == leadTime }?.scores }
}

/// A score with its interval, as both tables and bars show it.
struct ShownScore {
  var value: Double?
  var interval: ScoreInterval?
}

extension PrimaryScore {
  func of(_ contender: Contender) -> ShownScore {
    switch kind {
    case .csi:
      let scores = threshold.flatMap { contender.forecast?.pooled.at($0) }
      return ShownScore(value: scores?.csi, interval: scores?.csiInterval)
    case .mse:
      return ShownScore(
        value: contender.forecast?.pooled.mse, interval: contender.forecast?.pooled.mseInterval)
    case .mae: return ShownScore(value: contender.forecast?.pooled.mae)
    case .accuracy:
      return ShownScore(
        value: contender.classification?.accuracy, interval: contender.classification?.accuracyInterval)
    }
  }

  var lowerIsBetter: Bool { kind == .mse || kind == .mae }

  func format(_ value: Double) -> String {
    switch kind {
    case .csi: Format.score(value)
    case .mse, .mae: Format.significant(value)
    case .accuracy: Format.score(value)
    }
  }

  func title(in report: ComparisonReport) -> String {
    switch kind {
    case .csi: "CSI" + (threshold.map { ", \(report.event($0))" } ?? "")
    case .mse: "MSE" + (report.squaredUnit.isEmpty ? "" : " in \(report.squaredUnit)")
    case .mae: "MAE" + (report.data.unit.isEmpty ? "" : " in \(report.data.unit)")
    case .accuracy: "Accuracy"
    }
  }
}
