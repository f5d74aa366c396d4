extension SuccessiveHalving {
  /// The trial to use, or nil where none gave a loss.
  ///
  /// The lower mean over the seeds wins, unless the mean difference is no larger than its standard error: with two seeds,
  /// unless they disagree. Nor does a difference of less than a thousandth of the loss count. Then the lower learning rate wins, and of equal rates the earlier trial, so that rounding
  /// cannot turn the choice round where losses all but agree. A search whose time was up goes by the last round that was
  /// finished.
  package func choice(_ records: [TrialRecord]) -> Int? {
    let last = rungs.count - 1
    let repeated = records.indices.filter { records[$0].result(round: last, repetition: 1) != nil }
    if repeated.count == min(Self.finalists, records.count), repeated.count > 1 {
      let losses = repeated.map { index in
        (0..<Self.seeds).map { records[index].result(round: last, repetition: $0)?.loss ?? nil }
      }
      let known = repeated.indices.filter { losses[$0].allSatisfy { $0 != nil } }
      if let first = known.first {
        var best = first
        for other in known.dropFirst() {
          let (a, b) = (losses[best].compactMap { $0 }, losses[other].compactMap { $0 })
          let (one, two) = (records[repeated[best]].trial, records[repeated[other]].trial)
          if Self.isTie(a, b) {
            if two.learningRate < one.learningRate { best = other }
          } else if Self.mean(b) < Self.mean(a) {
            best = other
          }
        }
        return repeated[best]
      }
    }
    let finished = rungs.indices.last { round in
      records.count { $0.result(round: round) != nil } >= rungs[round].trials
    }
    let best = Self.best(records, round: finished ?? 0, 1).first
    return best.flatMap { records[$0].result(round: finished ?? 0)?.loss == nil ? nil : $0 }
  }

  /// Differences below this share of the loss are none.
  static let resolution = 1e-3

  /// Whether the mean of the paired differences is no larger than its standard error, or than ``resolution``.
  static func isTie(_ a: [Double], _ b: [Double]) -> Bool {
    let differences = zip(a, b).map { $0 - $1 }
    guard differences.count > 1 else { return differences.allSatisfy { $0 == 0 } }
    let count = Double(differences.count)
    let mean = Self.mean(differences)
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return abs(mean) <= max((variance / count).squareRoot(), resolution * abs(Self.mean(a)))
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(values.count, 1))
  }
}
