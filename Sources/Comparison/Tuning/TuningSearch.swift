import Contenders
import Foundation
import Layers
import Reports
import Tasks
import Training

/// Chooses the settings of all contenders on the validation part: the same number of trials for each, trained by
/// ``SuccessiveHalving``. The test part is never asked for.
struct TuningSearch<Subject: ComparableTask> {
  let task: Subject
  let training: ContenderTraining
  /// Epochs at most of a training, by contender.
  let epochs: [Int]
  /// The share of the run that the search may take.
  let time: TimeBudget
  var now: () -> Date = { Date() }

  /// The share of `--total-minutes` that is for the search.
  static var share: Double { 0.25 }

  private var settings: ComparisonSettings { task.settings }

  /// The settings of each contender. Every trial is kept as it ends, so that a run that goes on repeats none.
  ///
  /// - Throws: What data, training and files throw; a training whose loss is no number any more only loses.
  func choose(_ entrants: [Entrant<Subject.Candidate>]) async throws -> [ChosenSetting] {
    let trials = try trials(entrants)
    let rate = task.training.learningRate
    guard trials.contains(where: { $0.count > 1 }) else {
      return trials.map { ChosenSetting(learningRate: $0.first?.learningRate ?? rate) }
    }
    if !training.run.resumes {
      // What an earlier run left here belongs to other trials.
      for entrant in entrants {
        for url in [folder(entrant), file(entrant)] { try? FileManager.default.removeItem(at: url) }
      }
    }
    var chosen = zip(entrants, trials).map { entrant, trials in
      earlier(entrant, trials)
        ?? ChosenSetting(learningRate: rate, trials: trials.map { TrialRecord(trial: $0) })
    }
    guard !chosen.allSatisfy(\.isSettled) else { return chosen }
    let first = zip(epochs, entrants).map { epochs, _ in
      max(1, (task.searchEpochs * epochs + task.training.epochs / 2) / max(task.training.epochs, 1))
    }
    let halving = SuccessiveHalving(trials: trials[0].count, epochs: first, most: epochs)
    training.progress.note("\n" + outline(halving, entrants.count))
    let (records, isCutShort) = try await halving.run(
      chosen.map(\.trials), isSpent: { time.isSpent(now: now()) },
      train: { job, record in
        let entrant = entrants[job.contender]
        let result = try await train(job, record, entrant)
        chosen[job.contender].trials[job.trial].rounds.append(result)
        try keep(chosen[job.contender], entrant)
        return result
      })
    if isCutShort {
      training.progress.note("the time for the search is up: it is decided by what there is")
    }
    for (index, entrant) in entrants.enumerated() {
      chosen[index].trials = records[index]
      chosen[index].chosen = halving.choice(records[index])
      chosen[index].isSettled = true
      if let best = chosen[index].chosen {
        let trial = records[index][best].trial
        chosen[index].learningRate = trial.learningRate
        if trial.contender != entrant.text {
          chosen[index].stepSeconds = try stepSeconds(changed(entrant, trial))
        }
        training.progress.note("\(entrant.displayName): \(trial.summary(besides: entrant.text)) is chosen")
      }
      try keep(chosen[index], entrant)
    }
    for entrant in entrants { try? FileManager.default.removeItem(at: folder(entrant)) }
    return chosen
  }

  /// The contender with the settings of a trial.
  ///
  /// - Throws: `ContenderError` for options that it does not have.
  func changed(
    _ entrant: Entrant<Subject.Candidate>, _ trial: Trial
  ) throws -> Entrant<Subject.Candidate> {
    entrant.changed(to: trial.contender, try task.candidate(trial.contender), size: trial.size)
  }

  // MARK: Trials

  private func trials(_ entrants: [Entrant<Subject.Candidate>]) throws -> [[Trial]] {
    let list = TrialList(
      count: settings.trials, rates: settings.learningRates, usualRate: task.training.learningRate,
      seed: settings.seed)
    let spaces = entrants.map { task.searchSpace($0.contender) }
    var texts = entrants.map { [$0.text] }
    if list.variesOptions {
      for (index, space) in spaces.enumerated() {
        texts[index] += try space.variants(of: entrants[index].text).filter { $0 != entrants[index].text }
      }
    }
    var sizes: [[MatchedSize?]] = entrants.map { [$0.size] }
    if list.variesOptions {
      let counts = entrants.map { settings.budget == .flops ? $0.size.operations : $0.size.parameters }
      sizes = try BudgetMatcher.match(
        variants: texts.map { try $0.map { try task.candidate($0) } }, task.signature,
        budget: settings.budget == .flops ? counts.max() ?? 1 : settings.parameters,
        matched: entrants.map(\.size), settings.budget == .flops ? .operations : .parameters
      ).sizes
    }
    return try entrants.enumerated().map { index, entrant in
      var variants: [(text: String, size: MatchedSize)] = []
      for (text, size) in zip(texts[index], sizes[index]) {
        if let size {
          variants.append((text, size))
        } else if !training.run.resumes {
          training.progress.note("\(text) is not tried: no width comes within 3% of the budget")
        }
      }
      return try list.trials(entrant.displayName, space: spaces[index], variants: variants)
    }
  }

  private func outline(_ halving: SuccessiveHalving, _ contenders: Int) -> String {
    let rounds = halving.rungs.map { rung in
      let epochs = Set(rung.epochs).sorted().map { "\($0)" }.joined(separator: " or ")
      return "\(rung.trials) for \(epochs) \(epochs == "1" ? "epoch" : "epochs")"
    }
    return "Search for settings on validation, trials of each contender: "
      + rounds.joined(separator: ", then ")
      + ", then the best \(SuccessiveHalving.finalists) from another seed"
  }

  // MARK: One training

  private func train(
    _ job: SuccessiveHalving.Job, _ record: TrialRecord, _ entrant: Entrant<Subject.Candidate>
  ) async throws -> TrialRound {
    let trial = record.trial
    let name = "\(entrant.displayName), trial \(job.trial + 1) of \(settingsCount)"
    training.progress.note(
      "\n\(name): \(trial.summary(besides: entrant.text))"
        + (job.repetition > 0 ? ", another seed" : job.round > 0 ? ", goes on" : "")
        + " (\(job.place) of \(job.places) in this round)")
    let seed = settings.seed &+ UInt64(job.repetition)
    let before = job.repetition == 0 ? record.rounds.last : nil
    var plan = training.plan(epochs: job.epochs, seed: seed)
    // All trials make equally many steps, and all are judged by what they learned.
    (plan.earlyStopping, plan.startIsCandidate) = (nil, false)
    plan.maximumSeconds = time.seconds(share: job.share, spent: before?.seconds ?? 0, now: now())
    let candidate = try changed(entrant, trial)
    let model = try task.model(candidate, seed: seed)
    let folder = CheckpointFolder(
      folder(entrant).appending(path: "\(job.trial + 1)-seed-\(seed)"), everySeconds: 60)
    var round = TrialRound(
      round: job.round, repetition: job.repetition, epochs: before?.epochs ?? 0, steps: before?.steps ?? 0)
    do {
      var trainer = try training.trainer(
        for: model, plan: plan, learningRate: trial.learningRate, folder: folder,
        goesOn: before != nil || training.run.resumes)
      let result = try await trainer.fit(
        on: task.trainingBatches(seed: seed, for: model), validation: task.validationBatches(),
        saving: folder, progress: training.progress.training)
      round.loss = result.history.losses.filter(\.isFinite).min()
      (round.epochs, round.steps) = (result.history.epochs.count, result.steps)
      (round.isCutShort, round.seconds) = (result.outcome == .timeLimit, result.seconds)
    } catch let error as TrainingError {
      guard case .nonFinite = error.kind else { throw error }
    }
    training.progress.note(
      "\(name): validation loss \(round.loss.map { MeasuredText.significant($0) } ?? "not a number") after "
        + (round.epochs == 1 ? "1 epoch" : "\(round.epochs) epochs")
        + (round.isCutShort ? ", cut short by its time cap" : ""))
    return round
  }

  private var settingsCount: Int { settings.trials ?? settings.learningRates.count }

  private func stepSeconds(_ entrant: Entrant<Subject.Candidate>) throws -> Double {
    try ComparisonRun<Subject>.stepSeconds(task, entrant)
  }

  // MARK: Files

  /// Where the trials of a contender are trained.
  private func folder(_ entrant: Entrant<Subject.Candidate>) -> URL {
    training.run.output.appending(path: "models/\(entrant.key)/trials")
  }

  private func file(_ entrant: Entrant<Subject.Candidate>) -> URL {
    training.run.output.appending(path: "models/\(entrant.key)/trials.json")
  }

  private func keep(_ chosen: ChosenSetting, _ entrant: Entrant<Subject.Candidate>) throws {
    try training.run.store(JSONEncoder().encode(chosen), at: file(entrant))
  }

  /// What an earlier run into the same folder kept of the same trials.
  private func earlier(_ entrant: Entrant<Subject.Candidate>, _ trials: [Trial]) -> ChosenSetting? {
    guard training.run.resumes, let data = try? Data(contentsOf: file(entrant)),
      let chosen = try? JSONDecoder().decode(ChosenSetting.self, from: data),
      chosen.trials.map(\.trial) == trials
    else { return nil }
    return chosen
  }
}
