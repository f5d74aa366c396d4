import Comparison
import Foundation
import Training

/// Shows how a comparison goes, each line as it happens.
struct TerminalComparison: ComparisonProgress {
  let training = TerminalProgress.ofCommand()

  func note(_ line: String) { show(line) }
}

extension TerminalProgress {
  /// Progress of a training for people: on a terminal a bar on standard error. Where standard output goes to a file, that
  /// file gets a line for each epoch as it ends, so that a log of a run that is under way says how far it is.
  static func ofCommand() -> any TrainingProgress {
    let isLogged = isatty(STDOUT_FILENO) == 0
    let isWatched = isatty(STDERR_FILENO) != 0
    guard isLogged else { return TerminalProgress() }
    let log = TerminalProgress(isTerminal: false) { show($0, terminator: "") }
    return isWatched ? SeveralProgresses([TerminalProgress(), log]) : log
  }
}
