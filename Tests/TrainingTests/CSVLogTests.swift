import Foundation
import Testing
import Training

@Suite struct CSVLogTests {
  private func epoch(_ number: Int, _ loss: Double, complete: Bool = true) -> History.Epoch {
    History.Epoch(
      number: number, trainingLoss: loss, validationLoss: loss / 2, seconds: 1, learningRate: 0.1, steps: 3,
      isComplete: complete)
  }

  @Test func linesOfAnInterruptedEpochAreReplaced() async throws {
    try await withTemporaryFolder { folder in
      let url = folder.appending(path: "history.csv")
      let plan = TrainingPlan(loss: .meanSquaredError, epochs: 3)
      let log = CSVLog(url)
      log.trainingBegan(plan)
      log.epochEnded(epoch(1, 4), isBest: true)
      log.epochEnded(epoch(2, 3, complete: false), isBest: true)
      let again = CSVLog(url)
      again.trainingBegan(plan)
      again.epochEnded(epoch(2, 2), isBest: true)
      again.epochEnded(epoch(3, 5), isBest: false)
      let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
      #expect(
        lines == [
          "epoch,training_loss,validation_loss,learning_rate,steps,seconds,best", "1,4.0,2.0,0.1,3,1.0,1",
          "2,2.0,1.0,0.1,3,1.0,1", "3,5.0,2.5,0.1,3,1.0,0",
        ])
      #expect(again.failure == nil)
    }
  }

  @Test func theUntrainedModelIsEpochZero() async throws {
    try await withTemporaryFolder { folder in
      let url = folder.appending(path: "history.csv")
      let log = CSVLog(url)
      log.trainingBegan(TrainingPlan(loss: .meanSquaredError, epochs: 1))
      log.untrainedJudged(7)
      log.epochEnded(epoch(1, 4), isBest: true)
      let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
      #expect(lines.dropFirst() == ["0,,7.0,,0,,1", "1,4.0,2.0,0.1,3,1.0,1"])
    }
  }

  @Test func aLogThatCannotBeWrittenEndsNoTraining() {
    let log = CSVLog(URL(filePath: "/proc/none/history.csv"))
    log.trainingBegan(TrainingPlan(loss: .meanSquaredError, epochs: 1))
    log.epochEnded(epoch(1, 1), isBest: true)
    #expect(log.failure != nil)
  }
}
