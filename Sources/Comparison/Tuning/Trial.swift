import Contenders
import Reports
import Training

/// One setting of a contender that a search tries: its options, its learning rate, and the size that the budget gives it.
struct Trial: Codable, Hashable {
  /// The contender as options name it: `convlstm2d:kernel=5`.
  var contender: String
  var learningRate: Double
  var size: MatchedSize

  /// "learning rate 0.001, kernel=5": the rate and the options that are not in `text`.
  func summary(besides text: String) -> String {
    let given = Set(text.split(separator: ":"))
    let own = contender.split(separator: ":").filter { !given.contains($0) }
    return (["learning rate \(learningRate)"] + own.map(String.init)).joined(separator: ", ")
  }
}

/// What a training of a trial led to.
struct TrialRound: Codable, Hashable {
  /// Which round of the search, from 0.
  var round: Int
  /// 0 for the seed that every trial has, 1 and above for the repeats of the last ones.
  var repetition = 0
  /// Epochs and steps so far, those of earlier rounds included.
  var epochs: Int
  var steps: Int
  /// The lowest loss on validation; nil if training broke down.
  var loss: Double?
  /// Whether the time cap cut it short.
  var isCutShort = false
  /// Seconds so far.
  var seconds = 0.0
}

/// A trial and its trainings so far.
struct TrialRecord: Codable, Hashable {
  var trial: Trial
  var rounds: [TrialRound] = []

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
