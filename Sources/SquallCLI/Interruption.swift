import ArgumentParser
import Foundation
import Synchronization

/// Ctrl-C and the request to end (SIGTERM) end a command in good order.
enum Interruption {
  private static let caught = Mutex<Int32?>(nil)

  /// Runs `body` as a task that SIGINT or SIGTERM cancel; a second signal ends the process at once.
  ///
  /// - Parameter goingOn: What to say when `body` has put its work away: how to go on.
  /// - Throws: `ExitCode` 128 + the signal's number after an interruption (130 for Ctrl-C); what `body` throws.
  static func handled<Result: Sendable>(
    goingOn: String, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let task = Task { try await body() }
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { @Sendable in
        let isFirst = caught.withLock { caught in
          defer { caught = caught ?? number }
          return caught == nil
        }
        guard isFirst else { _exit(128 + number) }
        say("\nStopping after this step; once more to stop at once.")
        task.cancel()
      }
      source.activate()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      signal(SIGINT, SIG_DFL)
      signal(SIGTERM, SIG_DFL)
    }
    do { return try await task.value } catch let error as CancellationError {
      guard let number = caught.withLock({ $0 }) else { throw error }
      say(goingOn)
      throw ExitCode(128 + number)
    }
  }

  private static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
