import Reports

/// The search for settings as a report says it.
struct TuningReport {
  let results: [ContenderResult]

  init(_ results: [ContenderResult]) { self.results = results }

  /// nil where nothing was searched.
  var result: TuningResult? {
    let entries = results.map { result in
      TuningResult.Entry(
        name: result.name,
        trials: result.setting.trials.enumerated().filter { !$0.element.rounds.isEmpty }.map {
          index, record in
          let last = record.rounds.map(\.round).max() ?? 0
          let ends = record.rounds.filter { $0.round == last }
          let losses = ends.compactMap(\.loss)
          // Steps of a round include those of the rounds before; repeats begin anew.
          let steps = Dictionary(grouping: record.rounds, by: \.repetition).values
            .reduce(0) { $0 + ($1.map(\.steps).max() ?? 0) }
          return TuningResult.Trial(
            learningRate: record.trial.learningRate, contender: record.trial.contender,
            parameters: record.trial.size.parameters, firstLoss: record.result(round: 0)?.loss,
            lastLoss: losses.count == ends.count ? losses.reduce(0, +) / Double(losses.count) : nil,
            epochs: ends.map(\.epochs).max() ?? 0, steps: steps, seeds: ends.count,
            isChosen: index == result.setting.chosen)
        })
    }
    return entries.contains { !$0.trials.isEmpty } ? TuningResult(entries: entries) : nil
  }
}
