/// Resampled values of a score or of a difference: its interval, and how probable it is that it exceeds a bound.
struct BootstrapDistribution {
  /// What a level of the hierarchy adds to the variance.
  struct Level {
    /// Of resampled values, when this level alone is drawn.
    let variance: Double
    /// What a bootstrap of n units leaves out: n / (n − 1) for one level.
    let inflation: Double
    let degrees: Int
  }

  let value: Double?
  let resampled: [Double?]
  let levels: [Level]
  /// Values with one block left out, for the accelerated interval.
  let jackknife: [Double?]
  let blocks: Int
  let events: Int
  let method: BlockBootstrap.Method
  let confidence: Double

  private let sorted: [Double]
  private let degrees: Int
  /// Corrected variance over that of the resampled values, f.
  private let inflation: Double
  /// Of the value, corrected for few units.
  private let standardError: Double

  init(
    value: Double?, resampled: [Double?], levels: [Level], jackknife: [Double?], blocks: Int, events: Int,
    method: BlockBootstrap.Method, confidence: Double
  ) {
    (self.value, self.resampled, self.levels, self.jackknife) = (value, resampled, levels, jackknife)
    (self.blocks, self.events, self.method, self.confidence) = (blocks, events, method, confidence)
    sorted = resampled.compactMap { $0 }.sorted()
    let total = levels.reduce(0) { $0 + $1.variance }
    let corrected = levels.reduce(0) { $0 + $1.variance * $1.inflation }
    // Satterthwaite 1946.
    let spread = levels.reduce(0) { sum, level in
      let part = level.variance * level.inflation
      return sum + part * part / Double(max(level.degrees, 1))
    }
    let fewest = levels.map(\.degrees).min() ?? 1
    degrees = max(1, spread > 0 ? Int((corrected * corrected / spread + 1e-9).rounded(.down)) : fewest)
    inflation = total > 0 ? corrected / total : 1
    standardError = corrected.squareRoot()
  }

  func estimate(seeds: SeedSpread) -> ScoreEstimate {
    let interval = interval
    return ScoreEstimate(
      value: value, interval: interval, seeds: seeds, blocks: blocks, events: events,
      degreesOfFreedom: interval == nil ? nil : degrees, undefinedResamples: resampled.count - sorted.count)
  }

  /// Whether anything may be said: enough blocks, a value, and at most a tenth of the resamples undefined.
  private var isKnown: Bool {
    value != nil && blocks >= BlockBootstrap.fewestBlocks && sorted.count > 1
      && sorted.count * 10 >= resampled.count * 9
  }

  /// Whether Student's distribution bounds what resamples say: few units have few resamples, which do not reach far.
  private var isBoundedByStudent: Bool {
    method == .expandedPercentile && levels.count > 1 && degrees < BlockBootstrap.fewestBlocks - 1
  }

  private var interval: ScoreInterval? {
    guard let value, isKnown else { return nil }
    let tail = (1 - confidence) / 2
    let levels: (Double, Double)
    switch method {
    case .percentile: levels = (tail, 1 - tail)
    case .expandedPercentile:
      let reach = studentQuantile(1 - tail, degreesOfFreedom: degrees) * inflation.squareRoot()
      levels = (normalDistribution(-reach), normalDistribution(reach))
    case .biasCorrectedAccelerated: levels = accelerated(value, tail)
    }
    var (lower, upper) = (quantile(sorted, levels.0), quantile(sorted, levels.1))
    if isBoundedByStudent {
      let half = studentQuantile(1 - tail, degreesOfFreedom: degrees) * standardError
      (lower, upper) = (min(lower, value - half), max(upper, value + half))
    }
    return ScoreInterval(lower: lower, upper: upper, confidence: confidence)
  }

  // MARK: Probabilities

  /// How probable it is that the first is better by more than a margin, that they are within it, and that the second
  /// is; nil where there is no interval.
  func equivalence(margin: Double, _ higherIsBetter: Bool) -> PracticalEquivalence? {
    guard isKnown else { return nil }
    let below = probability(below: -margin)
    let above = max(0, 1 - probability(below: margin))
    return PracticalEquivalence(
      margin: margin, firstIsBetter: higherIsBetter ? above : below,
      equivalent: max(0, 1 - above - below), secondIsBetter: higherIsBetter ? below : above)
  }

  /// The same correction as the interval's, read backwards: a bound outside of the interval of a confidence has less
  /// than half of the rest on its side.
  private func probability(below bound: Double) -> Double {
    let n = Double(sorted.count)
    let share =
      (Double(sorted.count { $0 < bound }) + 0.5 * Double(sorted.count { $0 == bound })) / n
    guard method == .expandedPercentile, let value else { return share }
    if sorted.first == sorted.last, standardError == 0 || !isBoundedByStudent { return share }
    let z = normalQuantile(min(max(share, 0.5 / n), 1 - 0.5 / n))
    var probability = studentDistribution(z / inflation.squareRoot(), degreesOfFreedom: degrees)
    if isBoundedByStudent, standardError > 0 {
      // Beyond all resamples Student's distribution speaks alone, as at the ends of the interval.
      if share == 0 || share == 1 { probability = share }
      let student = studentDistribution((bound - value) / standardError, degreesOfFreedom: degrees)
      probability =
        bound < value ? min(max(probability, student), 0.5) : max(min(probability, student), 0.5)
    }
    return probability
  }

  // MARK: Acceleration

  /// Efron's levels: Φ(z₀ + (z₀ ± z) / (1 − a (z₀ ± z))).
  private func accelerated(_ value: Double, _ tail: Double) -> (Double, Double) {
    let below = Double(sorted.count { $0 < value }) + 0.5 * Double(sorted.count { $0 == value })
    let share = min(
      max(below / Double(sorted.count), 0.5 / Double(sorted.count)), 1 - 0.5 / Double(sorted.count))
    let bias = normalQuantile(share)
    let known = jackknife.compactMap { $0 }
    let mean = known.reduce(0, +) / Double(max(known.count, 1))
    let (squares, cubes) = known.reduce((0.0, 0.0)) { sums, one in
      let d = mean - one
      return (sums.0 + d * d, sums.1 + d * d * d)
    }
    let acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
    func level(_ z: Double) -> Double {
      normalDistribution(bias + (bias + z) / (1 - acceleration * (bias + z)))
    }
    return (level(normalQuantile(tail)), level(normalQuantile(1 - tail)))
  }
}
