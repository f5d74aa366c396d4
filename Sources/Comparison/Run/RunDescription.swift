import Foundation
import Reports
import TensorCore

/// How a comparison was started and where its results go.
public struct RunDescription: Sendable {
  /// The exact command, for the report.
  public let command: String
  /// The folder of the report; models are kept in `models` inside it.
  public let output: URL
  /// Whether to go on where an earlier run into the same folder stopped.
  public let resumes: Bool
  let start = Date()

  public init(command: String, output: URL, resumes: Bool = false) {
    self.command = command
    self.output = output
    self.resumes = resumes
  }

  /// The provenance of a report that is finished now.
  var provenance: Provenance {
    Provenance(
      command: command, version: SquallVersion.number, date: start, machine: MachineDescription.summary,
      backends: [Backend.summary], threads: ThreadTeam.count, totalSeconds: Date().timeIntervalSince(start))
  }
}
