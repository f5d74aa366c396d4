import Contenders
import Foundation
import Reports

/// What was decided before training: the score that decides, and every option that changes results. It is written
/// to `plan.json` before the first step, so that nobody can choose the score afterwards, and a run that goes on
/// checks that it is the same run.
struct RunPlan: Codable, Equatable {
  var data: String
  var primaryScore: String
  /// In the order to show.
  var settings: [Setting]
  /// Measured seconds of a training step and epochs at most, contender by contender: an equal budget of time follows from
  /// them, so a run that goes on takes them over.
  var stepSeconds: [Double] = []
  var epochs: [Int] = []

  init(data: String, primaryScore: String, settings: [Setting]) {
    self.data = data
    self.primaryScore = primaryScore
    self.settings = settings
  }

  static let fileName = "plan.json"

  /// Writes the plan, or compares it with the one of the run that goes on.
  ///
  /// - Parameter budget: Measures the time of a step.
  /// - Returns: The plan to follow.
  /// - Throws: `ComparisonError` if the folder holds a run with another plan or cannot be written.
  func settle(in run: RunDescription, budget: () throws -> BudgetTable) throws -> RunPlan {
    let url = run.output.appending(path: Self.fileName)
    if run.resumes, let data = try? Data(contentsOf: url) {
      guard let earlier = try? JSONDecoder().decode(RunPlan.self, from: data) else {
        throw ComparisonError(
          expected: "the plan of an earlier run in \(url.path)", received: "something else",
          remedy: "Start anew without --resume.")
      }
      try requireSame(as: earlier, url)
      // A run that was stopped before it had measured a step has no budget yet.
      if earlier.epochs.count == earlier.stepSeconds.count, !earlier.epochs.isEmpty { return earlier }
    }
    try write(to: url, in: run)
    var plan = self
    let table = try budget()
    (plan.stepSeconds, plan.epochs) = (table.rows.map(\.stepSeconds), table.rows.map(\.epochs))
    try plan.write(to: url, in: run)
    return plan
  }

  /// The budget as this plan has it.
  func table(_ budget: Budget, names: [String], sizes: [MatchedSize], batchesPerEpoch: Int) -> BudgetTable {
    BudgetTable(
      budget: budget,
      rows: names.indices.map {
        .init(name: names[$0], size: sizes[$0], stepSeconds: stepSeconds[$0], epochs: epochs[$0])
      }, batchesPerEpoch: batchesPerEpoch)
  }

  private func write(to url: URL, in run: RunDescription) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try run.store(encoder.encode(self) + Data("\n".utf8), at: url)
  }

  private func requireSame(as earlier: RunPlan, _ url: URL) throws {
    guard data != earlier.data || primaryScore != earlier.primaryScore || settings != earlier.settings else {
      return
    }
    var differences: [String] = []
    if data != earlier.data { differences.append("data \(earlier.data), now \(data)") }
    if primaryScore != earlier.primaryScore {
      differences.append("primary score \(earlier.primaryScore), now \(primaryScore)")
    }
    let before = Dictionary(earlier.settings.map { ($0.name, $0.value) }) { first, _ in first }
    for setting in settings where before[setting.name] != setting.value {
      differences.append("\(setting.name) \(before[setting.name] ?? "not set"), now \(setting.value)")
    }
    throw ComparisonError(
      expected: "the options of the run that is to go on, in \(url.path)",
      received: differences.isEmpty ? "others" : differences.joined(separator: "; "),
      remedy: "Give the same options, or another folder with --output.")
  }
}
