import Foundation
import Reports

/// Reports of one to eight models and three baselines, with everything that a page can show.
extension ExampleReport {
  static let contenderNames = [
    "conv2d-lstm", "convlstm2d", "trajgru", "predrnn", "unet", "simvp", "earthformer", "conv3d",
  ]
  static let baselineNames = ["Eulerian persistence", "Lagrangian persistence", "S-PROG"]

  /// A forecast comparison; the recommended model is the last one.
  static func forecast(models count: Int) throws -> ComparisonReport {
    var report = try forecast()
    let names = contenderNames.prefix(count)
    report.title = "KNMI rain radar, 26 August 2010: \(count == 1 ? "one model" : "\(count) models")"
    report.models = names.enumerated().map { index, name in
      model(
        name, "encoder of three layers, kernel 3, and a head of 12 frames",
        skill: 0.55 + 0.018 * Double(index),
        decay: 0.044 - 0.003 * Double(index), parameters: 1_212_480 + 7_000 * index,
        flops: 412_000_000 * (index + 1), seconds: 802 + 120 * Double(index), [1, 2, 3], true)
    }
    report.baselines = baselineNames.enumerated().map { index, name in
      BaselineResult(
        name: name, summary: "a forecast without training",
        forecast: scores(
          skill: 0.6 + 0.02 * Double(index), decay: 0.085 - 0.01 * Double(index), intervals: true))
    }
    report.verdict = verdict(of: Array(names), primary: .csi(threshold: 2))
    report = try complete(report)
    report.measurements = report.measurements.map { $0.map { named($0, Array(names)) } }
    report.differences = differences(
      of: Array(names), scores: ["CSI, rain > 2 mm/h", "CSI, rain > 0.5 mm/h", "CSI, rain > 5 mm/h", "MSE"])
    report.pictures = try [stamps(Array(names) + baselineNames), ensemble()]
    report.animation = try movie(Array(names) + baselineNames)
    return report
  }

  /// A classification of clips into eight classes.
  static func classification(models count: Int) throws -> ComparisonReport {
    var report = classification()
    let names = contenderNames.prefix(count)
    report.title = "Eight gestures, \(count == 1 ? "one model" : "\(count) models")"
    report.data.classes = [
      "swipe left", "swipe right", "swipe up", "swipe down", "wave", "point", "grab", "release",
    ]
    func confusion(_ right: Int) -> [[Int]] {
      (0..<8).map { row in (0..<8).map { $0 == row ? right : (row + $0) % 3 } }
    }
    report.models = names.enumerated().map { classifier($1, confusion(40 + 5 * $0), 0.01) }
    report.baselines = baselineNames.enumerated().map { index, name in
      BaselineResult(
        name: name, summary: "a guess without training",
        classification: ClassificationResult(accuracy: 0.125, confusion: confusion(3 + index)))
    }
    report.verdict = verdict(of: Array(names), primary: .accuracy)
    report = try complete(report)
    report.measurements = report.measurements.map { $0.map { named($0, Array(names)) } }
    report.differences = differences(of: Array(names), scores: ["Accuracy"])
    return report
  }

  private static func verdict(of names: [String], primary: PrimaryScore) -> Verdict {
    let best = names[names.count - 1]
    let outcome: Verdict.Outcome =
      names.count == 1
      ? .useNeither(baseline: "S-PROG")
      : names.count == 3 ? .noClearDifference(among: names, cheaper: names[0]) : .use(model: best)
    let words =
      switch outcome {
      case .use: "Use \(best) for this data."
      case .noClearDifference: "No clear difference between \(names.joined(separator: ", "))."
      case .equivalent: "\(names.joined(separator: ", ")) are equivalent."
      case .lastFrameSuffices: "The last frame alone is as good."
      case .useNeither(let baseline): "Do not use \(best) yet: \(baseline) is as good."
      case .unknown: "Nothing can be said."
      }
    var verdict = Verdict(
      recommendation: words,
      reason:
        "At equal parameter counts the CSI above 2 mm/h of \(best), pooled over all lead times, is 0.350.",
      certainty: "The difference has a 95% interval of 0.061 to 0.148 over blocks of this event.",
      caveats: ["One event of seven and a half hours: nothing is said about other weather."],
      primaryScore: primary, outcome: outcome,
      nextSteps: [
        NextStep(
          "Train \(best) on all of the data, with the settings of this comparison.",
          command: "squall train --like report-knmi/results.json --architecture \(best) --output model.squall"
        ),
        NextStep("Forecast with it.", command: "squall forecast model.squall latest/ --output next-hour.nc"),
      ])
    if names.count > 1 { verdict.decisivePair = .init(first: best, second: names[names.count - 2]) }
    return verdict
  }

  /// The findings and lines by name, in an order that is not the report's.
  private static func named(_ aspect: MeasuredAspect, _ names: [String]) -> MeasuredAspect {
    var aspect = aspect
    aspect.models = names.reversed()
    aspect.findings.reverse()
    aspect.figures = aspect.figures.map { figure in
      guard case .chart(var chart) = figure else { return figure }
      chart.lines = chart.lines.map { line in
        MeasuredLine(name: line.name, contender: line.model.map { names[$0] }, points: line.points)
      }
      return .chart(chart)
    }
    return aspect
  }

  /// Every pair in every score, adjusted where there are more than two models.
  static func differences(of names: [String], scores: [String]) -> [ScoreDifference] {
    let pairs = names.indices.flatMap { first in names.indices.prefix(first).map { (first, $0) } }
    return scores.enumerated().flatMap { number, score in
      pairs.enumerated().map { index, pair in
        let value = 0.02 * Double(pair.0 - pair.1)
        let half = 0.05
        var line = ScoreDifference(
          score: score, first: names[pair.0], second: names[pair.1], value: value,
          interval: ScoreInterval(lower: value - half, upper: value + half),
          bySeed: [value - 0.004, value, value + 0.006], blocks: 12, higherIsBetter: score != "MSE",
          isPrimary: number == 0,
          adjustment: names.count > 2
            ? .holm(rank: index + 1, of: pairs.count, isClear: value > half) : nil)
        line.role = number == 0 ? .decides : .exploratory
        line.events = 2
        if number == 0 {
          line.equivalence = .init(
            margin: 0.01, firstIsBetter: 0.55, equivalent: 0.35, secondIsBetter: 0.1)
          line.test = .init(
            name: .dieboldMariano, statistic: 1.2, pValue: 0.24, horizon: 2, blocks: 12)
        }
        return line
      }
    }
  }

  // MARK: Pictures

  private static let stampTimes: [Double] = [-15, 0, 5, 15, 30, 60]

  /// Drawn once: one row of pictures for each degree of blur, 0 for what was observed.
  private static let stampRows = Result {
    try (0...contenderNames.count + baselineNames.count).map { index in
      try stampTimes.map { time -> Picture? in
        if time <= 0 && index > 0 { return nil }
        return try Picture(
          field: rain(minutes: time, blur: 1 + 0.1 * Double(index) * max(time, 0) / 60), height: 64,
          width: 64,
          scale: .rainRate)
      }
    }
  }

  private static func stamps(_ names: [String]) throws -> PicturePanel {
    PicturePanel(
      title: "Tile 3, last input 05:35 UTC", caption: "The median test case by CSI above 2 mm/h.",
      leadTimes: stampTimes,
      rows: zip(["observed"] + names, try stampRows.get()).map {
        PictureRow(label: $0, scale: .rainRate, pictures: $1)
      })
  }

  /// Twenty members and their mean.
  static func ensemble() throws -> PicturePanel { try ensembleOnce.get() }

  private static let ensembleOnce = Result {
    let times: [Double] = [10, 20, 30, 40, 50, 60]
    let labels = ["observed", "mean"] + (1...20).map { "member \($0)" }
    return PicturePanel(
      title: "An ensemble of 20 members", leadTimes: times,
      rows: try labels.enumerated().map { index, label in
        PictureRow(
          label: label, scale: .rainRate,
          pictures: try times.map {
            try Picture(
              field: rain(minutes: $0 * (0.8 + 0.02 * Double(index)), blur: index == 1 ? 1.6 : 1), height: 64,
              width: 64, scale: .rainRate)
          })
      })
  }

  private static let movieFields = leadTimes.map { time in
    (0...contenderNames.count + baselineNames.count).map {
      rain(minutes: time, blur: 1 + Double($0) * time / 600)
    }
  }

  private static func movie(_ names: [String]) throws -> Animation {
    let labels = ["observed"] + names
    return try Animation(
      title: "The hour in motion", labels: labels,
      fields: movieFields.map { Array($0.prefix(labels.count)) }, height: 64, width: 64, scale: .rainRate)
  }
}
