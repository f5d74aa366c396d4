import Comparison
import Training

/// Shows how a comparison goes: notes on standard output, epochs on standard error, each line as it happens, so that a
/// log of a run that is under way says how far it is.
struct TerminalComparison: ComparisonProgress {
  let training: any TrainingProgress = TerminalProgress()

  func note(_ line: String) { show(line) }
}
