import Synchronization
import Testing
import Training

@Suite struct ProgressTests {
  /// Collects what is written and has a clock that the test sets.
  private final class Screen: Sendable {
    let text = Mutex("")
    let time = Mutex(0.0)

    func progress(isTerminal: Bool) -> TerminalProgress {
      TerminalProgress(isTerminal: isTerminal, now: { self.time.withLock { $0 } }) { more in
        self.text.withLock { $0 += more }
      }
    }

    func take() -> String {
      text.withLock { text in
        defer { text = "" }
        return text
      }
    }
  }

  private static func report(_ batch: Int, epoch: Int = 1) -> StepReport {
    StepReport(
      epoch: epoch, epochs: 2, batch: batch, batches: 100, step: batch, samples: 4, batchLoss: 0.5,
      loss: 0.012345, learningRate: 1e-3)
  }

  private static let plan = TrainingPlan(loss: .meanSquaredError, epochs: 2)

  @Test func terminalShowsRateAndTimeLeft() {
    let screen = Screen()
    let progress = screen.progress(isTerminal: true)
    progress.trainingBegan(Self.plan)
    for batch in 1...50 {
      screen.time.withLock { $0 = Double(batch) * 2 }
      _ = screen.take()
      progress.stepEnded(Self.report(batch))
    }
    let line = screen.take()
    #expect(line.hasPrefix("\rEpoch 1/2 ━━━━━━━━━━────────── 50/100"))
    #expect(line.contains("2.0 samples/s"), "4 samples in 2 s")
    #expect(line.contains("5:00 left"), "150 steps of 2 s")
    #expect(line.contains("loss 0.01234") || line.contains("loss 0.01235"))
    #expect(!line.contains("\n"))
  }

  @Test func shorterLinesCoverLongerOnes() {
    let screen = Screen()
    let progress = screen.progress(isTerminal: true)
    progress.trainingBegan(Self.plan)
    screen.time.withLock { $0 = 1 }
    progress.stepEnded(Self.report(1))
    let shown = screen.take().count - 1
    progress.epochEnded(
      History.Epoch(
        number: 1, trainingLoss: 0.5, validationLoss: 0.25, seconds: 3725, learningRate: 0.001, steps: 100),
      isBest: true)
    let line = screen.take()
    #expect(line.hasPrefix("\rEpoch 1  loss 0.5  validation 0.25  1:02:05  learning rate 0.001  best"))
    #expect(line.hasSuffix("\n") && line.count - 2 >= shown)
  }

  @Test func logsGetPlainLines() {
    let screen = Screen()
    let progress = screen.progress(isTerminal: false)
    progress.trainingBegan(Self.plan)
    for batch in 1...100 {
      screen.time.withLock { $0 = Double(batch) }
      progress.stepEnded(Self.report(batch))
    }
    progress.epochEnded(
      History.Epoch(number: 1, trainingLoss: 0.5, seconds: 100, learningRate: 0.001, steps: 100),
      isBest: false)
    progress.trainingEnded(.timeLimit)
    let lines = screen.take().split(separator: "\n")
    #expect(lines.count == 3, "one a minute, one an epoch, one at the end")
    #expect(lines[0].hasPrefix("Epoch 1/2 60/100  4.0 samples/s"))
    #expect(lines[1] == "Epoch 1  loss 0.5  1:40  learning rate 0.001")
    #expect(lines[2].contains("time"))
    #expect(!lines.contains { $0.contains("\r") })
  }

  @Test func quickStepsDoNotFloodTheTerminal() {
    let screen = Screen()
    let progress = screen.progress(isTerminal: true)
    progress.trainingBegan(Self.plan)
    for batch in 1...100 {
      screen.time.withLock { $0 = 1 + Double(batch) * 0.001 }
      progress.stepEnded(Self.report(batch))
    }
    #expect(screen.take().split(separator: "\r").count <= 2)
  }
}
