import Foundation

/// How long trainings may take.
package struct TimeBudget {
  /// Seconds of one training at most.
  let perTraining: Double?
  /// Seconds of the whole run at most.
  let total: Double?
  let start: Date

  package init(perTraining: Double?, total: Double?, start: Date) {
    self.perTraining = perTraining
    self.total = total
    self.start = start
  }

  /// What the next training may take when so many are still to come, itself included: all get equal shares of what
  /// is left.
  func seconds(trainingsToCome: Int, now: Date = Date()) -> Double? {
    let share = total.map { max(1, ($0 - now.timeIntervalSince(start)) / Double(max(trainingsToCome, 1))) }
    return [perTraining, share].compactMap { $0 }.min()
  }

  /// What a training may take that is this share of all that is still to come; `spent` are its seconds so far.
  package func seconds(share: Double, spent: Double, now: Date = Date()) -> Double? {
    let own = total.map { spent + max(1, ($0 - now.timeIntervalSince(start)) * share) }
    return [perTraining, own].compactMap { $0 }.min()
  }

  /// The part of the run that goes to a search for settings, with its own end.
  package func share(_ share: Double) -> TimeBudget {
    TimeBudget(perTraining: perTraining, total: total.map { $0 * share }, start: start)
  }

  /// Whether no further seed is to begin.
  package func isSpent(now: Date = Date()) -> Bool {
    total.map { now.timeIntervalSince(start) >= $0 } ?? false
  }
}
