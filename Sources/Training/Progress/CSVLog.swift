import Foundation
import SafeTensors
import Support
import Synchronization

/// Keeps the history of a training in a CSV file, one line an epoch, written anew after each. A training that goes on
/// takes up the lines that are there.
///
/// Training does not end for a log: what failed last is in ``failure``.
public final class CSVLog: TrainingProgress {
  private struct State {
    var lines: [(epoch: Int, text: String)] = []
    var failure: String?
  }

  private static let header = "epoch,training_loss,validation_loss,learning_rate,steps,seconds,best"
  private let url: URL
  private let state = Mutex(State())

  public init(_ url: URL) { self.url = url }

  /// Why the file could not be written, if it could not.
  public var failure: String? { state.withLock { $0.failure } }

  public func trainingBegan(_ plan: TrainingPlan) {
    AtomicFile.removeRemains(of: url)
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n").dropFirst().compactMap { line in
      line.split(separator: ",").first.flatMap { Int($0) }.map { (epoch: $0, text: String(line)) }
    }
    state.withLock { $0.lines = lines }
  }

  /// The untrained model stands as epoch 0.
  public func untrainedJudged(_ loss: Double) { write(0, "0,,\(loss),,0,,1") }

  public func epochEnded(_ epoch: History.Epoch, isBest: Bool) {
    let validation = epoch.validationLoss.map { "\($0)" } ?? ""
    write(
      epoch.number,
      "\(epoch.number),\(epoch.trainingLoss),\(validation),\(epoch.learningRate),\(epoch.steps),"
        + "\(epoch.seconds),\(isBest ? 1 : 0)")
  }

  private func write(_ epoch: Int, _ line: String) {
    let text = state.withLock { state in
      // An epoch that was cut short or lost is gone through again.
      state.lines.removeAll { $0.epoch >= epoch }
      state.lines.append((epoch, line))
      return ([Self.header] + state.lines.map(\.text)).joined(separator: "\n") + "\n"
    }
    do {
      try AtomicFile.write(to: url) { try $0.append(Data(text.utf8)) }
    } catch {
      state.withLock { $0.failure = "\(error)" }
    }
  }
}

/// Tells several at once.
public struct SeveralProgresses: TrainingProgress {
  private let all: [any TrainingProgress]

  public init(_ all: [any TrainingProgress]) { self.all = all }

  public func trainingBegan(_ plan: TrainingPlan) { for one in all { one.trainingBegan(plan) } }
  public func untrainedJudged(_ loss: Double) { for one in all { one.untrainedJudged(loss) } }
  public func stepEnded(_ report: StepReport) { for one in all { one.stepEnded(report) } }
  public func epochEnded(_ epoch: History.Epoch, isBest: Bool) {
    for one in all { one.epochEnded(epoch, isBest: isBest) }
  }
  public func trainingEnded(_ outcome: TrainingOutcome) { for one in all { one.trainingEnded(outcome) } }
}
