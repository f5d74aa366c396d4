import Foundation
import Support
import Synchronization

/// Shows progress to people: on a terminal a bar in one line that is written over and over, with rate and time
/// left; elsewhere, in a log, a plain line for each epoch and one a minute in between.
public final class TerminalProgress: TrainingProgress {
  private struct State {
    /// When this run began, and what it has done since.
    var start: Double?
    var steps = 0
    var samples = 0
    var lastShown = -Double.infinity
    var widthShown = 0
  }

  private let isTerminal: Bool
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Double
  private let state = Mutex(State())

  /// Progress on standard error, so that standard output stays free for results.
  public convenience init() {
    self.init(isTerminal: isatty(STDERR_FILENO) != 0) {
      // What stands in the buffer of standard output was said before; a log of both keeps the order.
      fflush(nil)
      FileHandle.standardError.write(Data($0.utf8))
    }
  }

  /// - Parameters:
  ///   - isTerminal: Whether a line can be written over.
  ///   - now: The time in seconds, from anywhere.
  ///   - write: Where the text goes.
  public init(
    isTerminal: Bool, now: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime },
    write: @escaping @Sendable (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.now = now
    self.write = write
  }

  public func trainingBegan(_ plan: TrainingPlan) {
    let time = now()
    state.withLock { state in
      state = State()
      state.start = time
      // A log gets its first line after a minute.
      if !isTerminal { state.lastShown = time }
    }
  }

  public func stepEnded(_ report: StepReport) {
    let time = now()
    let text: String? = state.withLock { state in
      state.steps += 1
      state.samples += report.samples
      let pause = isTerminal ? 0.1 : 60
      guard time - state.lastShown >= pause else { return nil }
      state.lastShown = time
      let line = Self.line(
        report, elapsed: time - (state.start ?? time), steps: state.steps, samples: state.samples,
        withBar: isTerminal)
      guard isTerminal else { return line + "\n" }
      let padding = String(repeating: " ", count: max(0, state.widthShown - line.count))
      state.widthShown = line.count
      return "\r" + line + padding
    }
    if let text { write(text) }
  }

  public func untrainedJudged(_ loss: Double) {
    writeLine("Before training  validation \(Self.short(loss))")
  }

  public func epochEnded(_ epoch: History.Epoch, isBest: Bool) {
    var line = "Epoch \(epoch.number)  loss \(Self.short(epoch.trainingLoss))"
    if let validation = epoch.validationLoss { line += "  validation \(Self.short(validation))" }
    line += "  \(Self.clock(epoch.seconds))  learning rate \(Self.short(epoch.learningRate))"
    if isBest { line += "  best" }
    if !epoch.isComplete { line += "  (cut short)" }
    writeLine(line)
  }

  public func trainingEnded(_ outcome: TrainingOutcome) {
    switch outcome {
    case .completed: break
    case .stoppedEarly: writeLine("Stopped early: the loss fell no further.")
    case .stepLimit: writeLine("Stopped: the most steps were made.")
    case .timeLimit: writeLine("Stopped: the time is up.")
    }
  }

  private func writeLine(_ line: String) {
    let padding = state.withLock { state in
      defer { state.widthShown = 0 }
      return String(repeating: " ", count: max(0, state.widthShown - line.count))
    }
    write(isTerminal ? "\r" + line + padding + "\n" : line + "\n")
  }

  // MARK: Text

  /// `Epoch 3/20 ━━━━━━────── 60/100  12.3 samples/s  0:34 left  loss 0.0123`
  private static func line(
    _ report: StepReport, elapsed: Double, steps: Int, samples: Int, withBar: Bool
  ) -> String {
    var parts = ["Epoch \(report.epoch)/\(report.epochs)"]
    if withBar {
      let width = 20
      let done = width * report.batch / max(report.batches, 1)
      parts[0] += " " + String(repeating: "━", count: done) + String(repeating: "─", count: width - done)
    }
    parts[0] += " \(report.batch)/\(report.batches)"
    if elapsed > 0 {
      let rate = Double(samples) / elapsed
      parts.append((rate >= 100 ? "\(Int(rate))" : NumberText.fixed(rate, 1)) + " samples/s")
      let toGo = (report.epochs - report.epoch) * report.batches + report.batches - report.batch
      parts.append(clock(Double(toGo) * elapsed / Double(steps)) + " left")
    }
    parts.append("loss \(short(report.loss))")
    return parts.joined(separator: "  ")
  }

  /// `0:34`, `12:05` or `1:02:45`.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "–" }
    let total = Int(max(0, seconds).rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (total / 3600, total / 60 % 60)
    return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":" + two(total % 60)
  }

  /// Four digits that matter.
  static func short(_ value: Double) -> String { NumberText.general(value, 4) }

}
