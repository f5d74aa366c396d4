import Contenders
import Foundation
import Reports
import Tasks

/// What to do with the answer of a comparison, as commands.
package struct NextSteps {
  let report: ComparisonReport
  let run: RunDescription
  /// The folder of the model that `RecommendedTraining` chose.
  let key: String
  /// Its name in the report.
  let name: String

  package init(report: ComparisonReport, run: RunDescription, key: String, name: String) {
    self.report = report
    self.run = run
    self.key = key
    self.name = name
  }

  private var folder: String { Self.quoted(run.output.relativePath) }
  private var model: String { Self.quoted(run.output.appending(path: "models/\(key)").relativePath) }

  /// The data as the command named them.
  private var data: String {
    run.taskOptions.first { $0.name == "data" }?.values.map(Self.quoted).joined(separator: " ") ?? "DATA"
  }

  package var steps: [NextStep] {
    switch report.verdict.outcome {
    case .use, nil: use
    case .equivalent: use
    case .noClearDifference(_, let cheaper):
      [
        NextStep(
          "Train more seeds: the difference may become clear.", command: run.command + " --seeds 5 --resume")
      ]
        + (cheaper == name ? use : cheaper.map(withBaseline) ?? [])
    case .useNeither(let baseline): improve(baseline)
    case .lastFrameSuffices:
      [
        NextStep(
          "Train what sees the last frame alone.",
          command: (["squall train \(data) --task classify --contender \(CNNLastClassifier.name)"]
            + options { _ in true } + ["--output \(CNNLastClassifier.name)"]).joined(separator: " "))
      ]
    case .unknown:
      [NextStep("Compare on more data: several events, or a longer test.", command: again("MORE-DATA"))]
    }
  }

  private var use: [NextStep] {
    switch report.task {
    case .forecast:
      [
        NextStep(
          "Forecast the next frames with \(name).",
          command: "squall forecast \(model) \(data) --output next.nc"),
        NextStep(
          "Score it on whole fields, beside the baselines.", command: "squall evaluate \(model) \(data)"),
        NextStep(
          "Train it on all of the data, as a final model.",
          command: "squall train --like \(folder) --all-data --output \(key)-final"),
      ]
    case .classification:
      [
        NextStep(
          "Classify clips with \(name).", command: "squall classify \(model) \(data) --output classes.csv"),
        NextStep(
          "Train it again, with the same bits.",
          command: "squall train --like \(folder) --output \(key)-again"),
      ]
    }
  }

  /// The baseline as a forecast, where a command makes it.
  private func withBaseline(_ baseline: String) -> [NextStep] {
    guard report.task == .forecast,
      let method = BaselineForecast.allCases.first(where: { $0.displayName == baseline }), method != .eulerian
    else { return [] }
    return [
      NextStep(
        "Forecast with \(baseline), which needs no training.",
        command: (["squall nowcast \(data)"] + options { Self.ofData.contains($0) }
          + ["--method \(method == .sprog ? "s-prog" : "extrapolation") --output next.nc"])
          .joined(separator: " "))
    ]
  }

  private func improve(_ baseline: String) -> [NextStep] {
    var steps = withBaseline(baseline)
    if run.command.contains("--quick") {
      steps.append(NextStep("Train longer, larger and from three seeds.", command: again(data)))
    }
    // Generated data stand alone.
    guard !data.hasPrefix("generated:") else { return steps }
    steps.append(
      NextStep(
        "Give more events: with few of them nothing learned may beat \(baseline).",
        command: again(data + " MORE-EVENTS")))
    return steps
  }

  /// A comparison of the same kind into another folder.
  private func again(_ data: String, adding options: String = "") -> String {
    let task = report.task == .forecast ? "forecast" : "classify"
    return
      (["squall compare \(data) --task \(task)"] + self.options { _ in true } + [
        options, "--output \(folder)-2",
      ])
      .filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Options that say what the data are, which every command takes.
  private static let ofData: Set = [
    "reader", "dataset", "axes", "unit", "gain", "offset", "missing", "interval", "start", "crop",
    "pixel-size",
    "time-pattern", "event-gap", "skip-bad", "size", "stride", "gaps", "longest-gap", "dry-gap",
    "dry-threshold",
    "data-seed", "cache",
  ]

  /// What was asked for, of the options whose names are wanted.
  private func options(_ isWanted: (String) -> Bool) -> [String] {
    let own: Set = ["data", "task"]
    return run.taskOptions.filter { !own.contains($0.name) && !$0.isChosen && isWanted($0.name) }.map {
      option in
      option.values.isEmpty
        ? "--\(option.name)"
        : option.values.map { "--\(option.name) \(Self.quoted($0))" }.joined(separator: " ")
    }
  }

  /// A path as a shell takes it.
  private static func quoted(_ text: String) -> String {
    let plain = text.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=,+@%".contains($0) }
    return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
