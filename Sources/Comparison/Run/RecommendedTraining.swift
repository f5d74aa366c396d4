import Foundation
import Reports

/// What `squall train --like REPORT` needs to train the recommended contender again with the same bits: the options
/// that the comparison was given or chose, as a configuration file beside the report.
package struct RecommendedTraining {
  package static let fileName = "recommended.yaml"

  let report: ComparisonReport
  let results: [ContenderResult]
  /// The contenders as options name them, in the order of `results`.
  let entrants: [String]

  /// The one that the verdict names; without a clear difference the cheaper one, and where a baseline is as good
  /// the one with the best score.
  var index: Int? {
    let outcome = report.verdict.outcome
    let name = outcome?.cheaper ?? outcome?.recommended
    return results.firstIndex { $0.name == name } ?? best
  }

  private var best: Int? {
    let isLowerBetter = [.mse, .mae].contains(report.verdict.primaryScore.kind)
    func score(_ index: Int) -> Double {
      let values = report.models[index].trainings.compactMap(\.primaryScore)
      guard !values.isEmpty else { return -.infinity }
      return values.reduce(0, +) / Double(values.count) * (isLowerBetter ? -1 : 1)
    }
    return report.models.indices.max { score($0) < score($1) }
  }

  /// - Throws: ``ComparisonError`` if the folder cannot be written.
  func write(in run: RunDescription) throws {
    guard let index else { return }
    let result = results[index]
    var lines = [
      "# Trains \(result.name) as the comparison in this folder did: squall train --like \(run.output.lastPathComponent)"
    ]
    let chosen: [(String, String)] = [
      ("contender", entrants[index]), ("width", "\(result.size.width)"),
      ("epochs", "\(result.best.plan.epochs)"), ("learning-rate", "\(result.best.initialLearningRate)"),
      ("seed", "\(result.best.seed)"), ("patience", "\(result.best.plan.earlyStopping?.patience ?? 0)"),
    ].filter { $0.1 != "0" }
    let own = Set(chosen.map(\.0))
    for option in run.taskOptions.filter({ !own.contains($0.name) }) { lines += Self.line(option) }
    for (name, value) in chosen { lines += Self.line(.init(name, [value])) }
    try run.store(
      Data((lines.joined(separator: "\n") + "\n").utf8), at: run.output.appending(path: Self.fileName))
  }

  /// `name: "value"`, a list, or `name: true` for a flag.
  private static func line(_ option: RunDescription.Option) -> [String] {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    switch option.values.count {
    case 0: return ["\(option.name): true"]
    case 1: return ["\(option.name): \(quoted(option.values[0]))"]
    default: return ["\(option.name):"] + option.values.map { "  - \(quoted($0))" }
    }
  }
}
