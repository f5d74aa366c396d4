import Contenders
import Reports
import Training

/// One setting of a contender that a search tries: its options, its learning rate, and the size that the budget gives it.
package struct Trial: Codable, Hashable {
  /// The contender as options name it: `convlstm2d:kernel=5`.
  package var contender: String
  package var learningRate: Double
  package var size: MatchedSize

  package init(contender: String, learningRate: Double, size: MatchedSize) {
    self.contender = contender
    self.learningRate = learningRate
    self.size = size
  }

  /// "learning rate 0.001, kernel=5": the rate and the options that are not in `text`.
  func summary(besides text: String) -> String {
    let given = Set(text.split(separator: ":"))
    let own = contender.split(separator: ":").filter { !given.contains($0) }
    return (["learning rate \(learningRate)"] + own.map(String.init)).joined(separator: ", ")
  }
}

/// What a training of a trial led to.
package struct TrialRound: Codable, Hashable {
  /// Which round of the search, from 0.
  package var round: Int
  /// 0 for the seed that every trial has, 1 and above for the repeats of the last ones.
  package var repetition = 0
  /// Epochs and steps so far, those of earlier rounds included.
  package var epochs: Int
  package var steps: Int
  /// The lowest loss on validation; nil if training broke down.
  package var loss: Double?
  /// Whether the time cap cut it short.
  package var isCutShort = false
  /// Seconds so far.
  package var seconds = 0.0

  package init(
    round: Int, repetition: Int = 0, epochs: Int, steps: Int, loss: Double? = nil, isCutShort: Bool = false,
    seconds: Double = 0
  ) {
    self.round = round
    self.repetition = repetition
    self.epochs = epochs
    self.steps = steps
    self.loss = loss
    self.isCutShort = isCutShort
    self.seconds = seconds
  }
}

/// A trial and its trainings so far.
package struct TrialRecord: Codable, Hashable {
  package var trial: Trial
  package var rounds: [TrialRound]

  package init(trial: Trial, rounds: [TrialRound] = []) {
    self.trial = trial
    self.rounds = rounds
  }

  func result(round: Int, repetition: Int = 0) -> TrialRound? {
    rounds.first { $0.round == round && $0.repetition == repetition }
  }
}

/// The settings of a contender, and the trials they come from.
struct ChosenSetting: Codable, Hashable {
  var learningRate: Double
  var trials: [TrialRecord] = []
  /// The index of the trial; nil where there was none.
  var chosen: Int?
  /// Whether the choice is made; a run that goes on keeps to it.
  var isSettled = false
  /// Measured seconds of a training step with the chosen options, where they are not those of the entry.
  var stepSeconds: Double?

  /// For the report.
  func settings(of name: String, besides text: String) -> [Setting] {
    let trials = trials.filter { !$0.rounds.isEmpty }
    func loss(_ record: TrialRecord) -> String {
      record.rounds.first?.loss.map { MeasuredText.significant($0) } ?? "not a number"
    }
    let rates = trials.map { "\($0.trial.learningRate): \(loss($0))" }
    let rate = Setting(
      "Learning rate of \(name)",
      "\(learningRate)" + (trials.isEmpty ? "" : "; validation losses \(rates.joined(separator: ", "))"))
    guard let chosen, self.trials[chosen].trial.contender != text else { return [rate] }
    let trial = self.trials[chosen].trial
    return [
      rate,
      Setting(
        "Options of \(name)",
        "\(trial.contender), width \(trial.size.width), \(trial.size.parameters) parameters; chosen on validation"
      ),
    ]
  }
}
