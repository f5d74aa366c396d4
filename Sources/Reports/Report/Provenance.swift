import Foundation

/// How a report was made, so that it can be made again.
public struct Provenance: Codable, Hashable, Sendable {
  /// The exact command, ready to paste.
  public var command: String
  /// Version of Squall.
  public var version: String
  /// Start of the run, to the second.
  public private(set) var date: Date
  /// Processor, memory, operating system.
  public var machine: String
  /// What did the arithmetic, for example "oneDNN 2.6.3, AVX-512".
  public var backends: [String]
  /// Threads in use.
  public var threads: Int
  /// From start to report, in seconds.
  @Measured public var totalSeconds: Double?

  public init(
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
