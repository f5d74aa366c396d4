import Foundation
import Reports
import TensorCore

/// How a comparison was started and where its results go.
package struct RunDescription: Sendable {
  /// The exact command, for the report.
  package let command: String
  /// The folder of the report; models are kept in `models` inside it.
  package let output: URL
  /// Whether to go on where an earlier run into the same folder stopped.
  package let resumes: Bool
  /// The options that describe data and task, as given or chosen, so that others can train the same way.
  package let taskOptions: [Option]
  let start = Date()

  /// An option of the command by its name without hyphens; no value for a flag.
  package struct Option: Hashable, Sendable {
    package let name: String
    package let values: [String]
    /// Whether it was chosen from the data rather than given.
    package let isChosen: Bool

    package init(_ name: String, _ values: [String], isChosen: Bool = false) {
      self.name = name
      self.values = values
      self.isChosen = isChosen
    }
  }

  package init(command: String, output: URL, resumes: Bool = false, taskOptions: [Option] = []) {
    self.command = command
    self.output = output
    self.resumes = resumes
    self.taskOptions = taskOptions
  }

  /// The provenance of a report that is finished now.
  var provenance: Provenance {
    Provenance(
      command: command, version: SquallVersion.number, date: start, machine: MachineDescription.summary,
      backends: [Backend.summary], threads: ThreadTeam.count, totalSeconds: Date().timeIntervalSince(start))
  }
}
