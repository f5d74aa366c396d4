import Foundation

/// How a report was made, so that it can be made again.
package struct Provenance: Codable, Hashable, Sendable {
  /// The exact command, ready to paste.
  package var command: String
  /// Version of Squall.
  package var version: String
  /// Start of the run, to the second.
  package private(set) var date: Date
  /// Processor, memory, operating system.
  package var machine: String
  /// What did the arithmetic, for example "oneDNN 2.6.3, AVX-512".
  package var backends: [String]
  /// Threads in use.
  package var threads: Int
  /// From start to report, in seconds.
  @Measured package var totalSeconds: Double?

  package init(
    command: String, version: String, date: Date, machine: String, backends: [String], threads: Int,
    totalSeconds: Double? = nil
  ) {
    self.command = command
    self.version = version
    self.date = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
    self.machine = machine
    self.backends = backends
    self.threads = threads
    self.totalSeconds = totalSeconds
  }
}
