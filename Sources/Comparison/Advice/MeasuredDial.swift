/// What both families reached on the interaction dial: the relation by which `squall advise` turns an index
/// into a recommendation. Made by `script/dial-study`; nothing in it is assumed.
public struct MeasuredDial: Codable, Hashable, Sendable {
  /// One training of both families.
  public struct Run: Codable, Hashable, Sendable {
    /// How much of the variance moves rigidly, 0 to 1.
    public var theta: Double
    public var seed: UInt64
    /// The interaction index of the data, measured as `squall advise` does.
    public var index: Double
    /// Test errors as a share of the variance, means over the lead times: both families and the last frame
    /// kept.
    public var sequential: Double
    public var integrated: Double
    public var persistence: Double
    /// The smallest error that a forecast from the same frames can have (Wiener).
    public var optimum: Double

    public init(
      theta: Double, seed: UInt64, index: Double, sequential: Double, integrated: Double,
      persistence: Double, optimum: Double
    ) {
      self.theta = theta
      self.seed = seed
      self.index = index
      self.sequential = sequential
      self.integrated = integrated
      self.persistence = persistence
      self.optimum = optimum
    }

    /// By how much the error of Conv2D + LSTM is above that of ConvLSTM2D, as a share of the variance.
    public var advantageOfIntegrated: Double { sequential - integrated }
  }

  /// The runs at one θ.
  public struct Point: Codable, Hashable, Sendable {
    public var theta: Double
    /// Means over the seeds.
    public var index: Double
    public var sequential: Double
    public var integrated: Double
    public var persistence: Double
    public var optimum: Double
    /// The smallest and the largest advantage of ConvLSTM2D over the seeds, as a share of the variance.
    public var leastAdvantage: Double
    public var largestAdvantage: Double
    public var seeds: Int

    /// What at least two seeds agree on.
    public var winner: PointWinner {
      guard seeds > 1 else { return .undecided }
      if leastAdvantage > 0 { return .integrated }
      return largestAdvantage < 0 ? .sequential : .undecided
    }
  }

  /// Who was better at a point, for every seed.
  public enum PointWinner: String, Codable, Sendable {
    case sequential, integrated, undecided
  }

  /// The command that made it.
  public var command: String
  /// What was trained on what, in a line.
  public var setting: String
  public var runs: [Run]

  public init(command: String, setting: String, runs: [Run]) {
    self.command = command
    self.setting = setting
    self.runs = runs
  }

  /// The points in order of their index.
  public var points: [Point] {
    Dictionary(grouping: runs, by: \.theta).map { theta, runs in
      func mean(_ value: (Run) -> Double) -> Double {
        runs.reduce(0) { $0 + value($1) } / Double(runs.count)
      }
      let advantages = runs.map(\.advantageOfIntegrated)
      return Point(
        theta: theta, index: mean(\.index), sequential: mean(\.sequential), integrated: mean(\.integrated),
        persistence: mean(\.persistence), optimum: mean(\.optimum), leastAdvantage: advantages.min() ?? 0,
        largestAdvantage: advantages.max() ?? 0, seeds: runs.count)
    }.sorted { ($0.index, $0.theta) < ($1.index, $1.theta) }
  }

  /// The point whose index is nearest; nil without a point.
  public func nearest(to index: Double) -> Point? {
    points.min { abs($0.index - index) < abs($1.index - index) }
  }

  /// Who was better at every decided point; nil where that changes along the dial, or nothing is decided.
  public var soleWinner: PointWinner? {
    let winners = Set(points.map(\.winner)).subtracting([.undecided])
    return winners.count == 1 ? winners.first : nil
  }

  /// Whether the index tells how far the families are apart: ConvLSTM2D's advantage grows with it (Spearman's rank
  /// correlation over the points at least 0.7) and is decided at one point at least. nil for fewer than three points.
  /// Only where ``soleWinner`` is nil does it also tell which of them wins.
  public var indexPredictsMargin: Bool? {
    let points = points
    guard points.count > 2 else { return nil }
    let advantages = points.map { $0.sequential - $0.integrated }
    let ranks = advantages.map { value in advantages.count { $0 < value } }
    let n = Double(points.count)
    let squares = ranks.enumerated().reduce(0.0) {
      $0 + Double(($1.offset - $1.element) * ($1.offset - $1.element))
    }
    let correlation = 1 - 6 * squares / (n * (n * n - 1))
    return correlation >= 0.7 && points.contains { $0.winner != .undecided }
  }
}
