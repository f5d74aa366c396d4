/// What contenders reached on the interaction dial: the relation by which `squall advise` turns an index into a
/// recommendation. Made by `script/dial-study`; nothing in it is assumed.
package struct MeasuredDial: Codable, Hashable, Sendable {
  /// One training of every contender.
  package struct Run: Codable, Hashable, Sendable {
    /// How much of the variance moves rigidly, 0 to 1.
    package var theta: Double
    package var seed: UInt64
    /// The interaction index of the data, measured as `squall advise` does.
    package var index: Double
    /// Test errors as a share of the variance, means over the lead times, in the order of ``MeasuredDial/contenders``.
    package var errors: [Double]
    /// The same of the last frame, kept.
    package var persistence: Double
    /// The smallest error that a forecast from the same frames can have (Wiener).
    package var optimum: Double

    package init(
      theta: Double, seed: UInt64, index: Double, errors: [Double], persistence: Double, optimum: Double
    ) {
      self.theta = theta
      self.seed = seed
      self.index = index
      self.errors = errors
      self.persistence = persistence
      self.optimum = optimum
    }
  }

  /// The runs at one θ.
  package struct Point: Codable, Hashable, Sendable {
    package var theta: Double
    /// Means over the seeds.
    package var index: Double
    package var errors: [Double]
    package var persistence: Double
    package var optimum: Double
    package var seeds: Int
    /// The position of the contender that was best for every seed, of two at least; `nil` where they do not agree.
    package var winner: Int?
    /// By how much the error of the best contender is below that of the next, means over the seeds.
    package var margin: Double
  }

  /// The command that made it.
  package var command: String
  /// What was trained on what, in a line.
  package var setting: String
  /// The contenders, as options name them.
  package var contenders: [String]
  package var runs: [Run]

  package init(command: String, setting: String, contenders: [String], runs: [Run]) {
    self.command = command
    self.setting = setting
    self.contenders = contenders
    self.runs = runs
  }

  /// The points in order of their index.
  package var points: [Point] {
    Dictionary(grouping: runs, by: \.theta).map { theta, runs in
      func mean(_ value: (Run) -> Double) -> Double {
        runs.reduce(0) { $0 + value($1) } / Double(runs.count)
      }
      let errors = contenders.indices.map { contender in mean { $0.errors[contender] } }
      let winners = Set(runs.map(Self.best))
      let ordered = errors.sorted()
      return Point(
        theta: theta, index: mean(\.index), errors: errors, persistence: mean(\.persistence),
        optimum: mean(\.optimum), seeds: runs.count,
        winner: runs.count > 1 && winners.count == 1 ? winners.first ?? nil : nil,
        margin: ordered.count > 1 ? ordered[1] - ordered[0] : 0)
    }.sorted { ($0.index, $0.theta) < ($1.index, $1.theta) }
  }

  /// The position of the smallest error; `nil` where two share it.
  private static func best(_ run: Run) -> Int? {
    guard let least = run.errors.min(), run.errors.count(where: { $0 == least }) == 1 else { return nil }
    return run.errors.firstIndex(of: least)
  }

  /// The point whose index is nearest; nil without a point.
  package func nearest(to index: Double) -> Point? {
    points.min { abs($0.index - index) < abs($1.index - index) }
  }

  /// The contender that was better at every decided point; nil where that changes along the dial, or nothing is decided.
  package var soleWinner: Int? {
    let winners = Set(points.compactMap(\.winner))
    return winners.count == 1 ? winners.first : nil
  }

  /// Whether the index tells how far the contenders are apart: the advantage of the one that is best overall over the
  /// next grows with it (Spearman's rank correlation over the points at least 0.7) and is decided at one point at least.
  /// nil for fewer than three points. Only where ``soleWinner`` is nil does it also tell which of them wins.
  package var indexPredictsMargin: Bool? {
    let points = points
    guard points.count > 2, contenders.count > 1 else { return nil }
    let order = contenders.indices.sorted { a, b in
      points.reduce(0) { $0 + $1.errors[a] } < points.reduce(0) { $0 + $1.errors[b] }
    }
    let advantages = points.map { $0.errors[order[1]] - $0.errors[order[0]] }
    let ranks = advantages.map { value in advantages.count { $0 < value } }
    let n = Double(points.count)
    let squares = ranks.enumerated().reduce(0.0) {
      $0 + Double(($1.offset - $1.element) * ($1.offset - $1.element))
    }
    let correlation = 1 - 6 * squares / (n * (n * n - 1))
    return correlation >= 0.7 && points.contains { $0.winner != nil }
  }
}
