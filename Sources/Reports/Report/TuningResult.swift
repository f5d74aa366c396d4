/// The search for settings: every trial of every contender, and what a search of n trials can expect to find.
package struct TuningResult: Codable, Hashable, Sendable {
  /// One setting that was tried.
  package struct Trial: Codable, Hashable, Sendable {
    package var learningRate: Double
    /// The contender as options name it.
    package var contender: String
    package var parameters: Int
    /// The validation loss after the first round, in which all trials are equally long; nil where it was none.
    @Measured package var firstLoss: Double?
    /// The validation loss after the last round that the trial took part in, the mean over its seeds.
    @Measured package var lastLoss: Double?
    /// Epochs of that round.
    package var epochs: Int
    /// Steps of all its trainings together.
    package var steps: Int
    /// Seeds of that round.
    package var seeds: Int
    package var isChosen: Bool

    package init(
      learningRate: Double, contender: String, parameters: Int, firstLoss: Double?, lastLoss: Double?,
      epochs: Int, steps: Int, seeds: Int, isChosen: Bool
    ) {
      self.learningRate = learningRate
      self.contender = contender
      self.parameters = parameters
      self.firstLoss = firstLoss
      self.lastLoss = lastLoss
      self.epochs = epochs
      self.steps = steps
      self.seeds = seeds
      self.isChosen = isChosen
    }
  }

  /// The trials of one contender.
  package struct Entry: Codable, Hashable, Sendable {
    package var name: String
    package var trials: [Trial]
    /// From the losses after the first round; empty with fewer than three trials.
    package var bestOfN: [ExpectedBest]

    package init(name: String, trials: [Trial]) {
      self.name = name
      self.trials = trials
      bestOfN = ExpectedBest.curve(trials.map(\.firstLoss))
    }
  }

  package var entries: [Entry]

  package init(entries: [Entry]) { self.entries = entries }
}

/// The expected lowest validation loss of n trials, and its standard deviation over searches of n trials (Dodge et al.
/// 2019, "Show Your Work").
package struct ExpectedBest: Codable, Hashable, Sendable {
  package var trials: Int
  package var loss: Double
  package var deviation: Double

  package init(trials: Int, loss: Double, deviation: Double) {
    self.trials = trials
    self.loss = loss
    self.deviation = deviation
  }

  /// With fewer trials a curve says nothing.
  package static let fewestTrials = 3

  /// The curve for 1 to as many trials as there are, each drawn with replacement from the losses:
  /// E = Σᵢ lᵢ [((N − i + 1)/N)ⁿ − ((N − i)/N)ⁿ] over the losses in ascending order.
  ///
  /// - Parameter losses: nil for a trial that broke down; it counts as the largest of the others.
  /// - Returns: Nothing with fewer than ``fewestTrials`` losses.
  package static func curve(_ losses: [Double?]) -> [ExpectedBest] {
    let known = losses.compactMap { $0 }.filter(\.isFinite)
    guard known.count >= fewestTrials, let worst = known.max() else { return [] }
    let sorted = losses.map { loss in loss.flatMap { $0.isFinite ? $0 : nil } ?? worst }.sorted()
    let count = Double(sorted.count)
    return (1...sorted.count).map { n in
      func tail(_ left: Int) -> Double { power(Double(left) / count, n) }
      var (mean, square) = (0.0, 0.0)
      for (index, loss) in sorted.enumerated() {
        let weight = tail(sorted.count - index) - tail(sorted.count - index - 1)
        // Around the lowest, so that squares lose no digits.
        let above = loss - sorted[0]
        mean += weight * above
        square += weight * above * above
      }
      return ExpectedBest(
        trials: n, loss: sorted[0] + mean, deviation: max(0, square - mean * mean).squareRoot())
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
