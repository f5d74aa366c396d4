/// The draws of a ``BlockBootstrap``: events, blocks within them, and training runs.
///
/// `second` is empty where one side alone is estimated.
struct HierarchicalResampling {
  let score: PooledScore
  let first: [BlockScores]
  let second: [BlockScores]

  /// What is drawn; the rest stays as it is.
  struct Levels: OptionSet {
    let rawValue: Int
    static let events = Levels(rawValue: 1)
    static let blocks = Levels(rawValue: 2)
    static let seeds = Levels(rawValue: 4)
    static let all: Levels = [.events, .blocks, .seeds]
  }

  /// How often everything was drawn.
  struct Draw {
    var blocks: [Double]
    var first: [Double]
    var second: [Double]
  }

  /// Resamples from which the variance of a level is known well enough to weigh it.
  private static let forVariance = 200

  private var count: Int { first[0].count }

  func distribution(_ bootstrap: BlockBootstrap, value: Double?) -> BootstrapDistribution {
    let events = first[0].blocksByEvent
    let values = (0..<bootstrap.resamples).map { self.value(draw($0, bootstrap.seed, events, .all)) }
    return BootstrapDistribution(
      value: value, resampled: values, levels: levels(bootstrap, events),
      jackknife: leftOut(bootstrap.method), blocks: count, events: events.count, method: bootstrap.method,
      confidence: bootstrap.confidence)
  }

  // MARK: Levels

  /// The variance that each level adds, its units and its degrees of freedom.
  private func levels(_ bootstrap: BlockBootstrap, _ events: [[Int]]) -> [BootstrapDistribution.Level] {
    let seeds = seedLevel
    let within = count - events.count
    // One level alone needs no weighing.
    guard events.count > 1 || seeds != nil else {
      return [.init(variance: 1, inflation: Double(count) / Double(max(within, 1)), degrees: within)]
    }
    func variance(_ level: Levels) -> Double {
      let draws = min(bootstrap.resamples, Self.forVariance)
      let values = (0..<draws).compactMap { value(draw($0, bootstrap.seed, events, level)) }
      let mean = values.reduce(0, +) / Double(max(values.count, 1))
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count, 1))
    }
    var levels: [BootstrapDistribution.Level] = []
    if events.count > 1 {
      let n = Double(events.count)
      levels.append(
        .init(variance: variance(.events), inflation: n / (n - 1), degrees: events.count - 1))
    }
    if within > 0 {
      levels.append(
        .init(
          variance: variance(.blocks), inflation: Double(count) / Double(within), degrees: within))
    }
    return levels + [seeds].compactMap { $0 }
  }

  /// The variance of the mean over runs is known without drawing; nil where either side has one run.
  private var seedLevel: BootstrapDistribution.Level? {
    let a = first.map { score.value($0.pooled) }
    let b = second.map { score.value($0.pooled) }
    func level(_ values: [Double?]) -> BootstrapDistribution.Level? {
      guard let mean = SeedSpread(values).mean, values.count > 1 else { return nil }
      let n = Double(values.count)
      let squares = values.compactMap { $0 }.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return .init(variance: squares / n / n, inflation: n / (n - 1), degrees: values.count - 1)
    }
    if a.count == b.count {
      return level(zip(a, b).map { one, other in one.flatMap { x in other.map { x - $0 } } })
    }
    switch (level(a), level(b)) {
    case (let one?, let other?):
      let variance = one.variance + other.variance
      let corrected = one.variance * one.inflation + other.variance * other.inflation
      return .init(
        variance: variance, inflation: variance > 0 ? corrected / variance : one.inflation,
        degrees: min(one.degrees, other.degrees))
    case (let one, let other): return one ?? other
    }
  }

  // MARK: Draws

  private func draw(_ resample: Int, _ seed: UInt64, _ events: [[Int]], _ levels: Levels) -> Draw {
    var random = SplitMix64(seed: seed, stream: UInt64(resample))
    var draw = Draw(
      blocks: [Double](repeating: 0, count: count), first: [Double](repeating: 1, count: first.count),
      second: [Double](repeating: 1, count: second.count))
    for place in events.indices {
      let drawsEvents = levels.contains(.events) && events.count > 1
      let event = events[drawsEvents ? Int.random(in: 0..<events.count, using: &random) : place]
      for block in event {
        let drawn =
          levels.contains(.blocks) ? event[Int.random(in: 0..<event.count, using: &random)] : block
        draw.blocks[drawn] += 1
      }
    }
    guard levels.contains(.seeds) else { return draw }
    func drawn(_ count: Int) -> [Double] {
      var times = [Double](repeating: 0, count: count)
      for _ in 0..<count { times[Int.random(in: 0..<count, using: &random)] += 1 }
      return times
    }
    if first.count > 1 { draw.first = drawn(first.count) }
    // Runs of one seed go together.
    if second.count == first.count {
      draw.second = draw.first
    } else if second.count > 1 {
      draw.second = drawn(second.count)
    }
    return draw
  }

  private func leftOut(_ method: BlockBootstrap.Method) -> [Double?] {
    guard method == .biasCorrectedAccelerated, count > 1 else { return [] }
    return (0..<count).map { block in
      var draw = Draw(
        blocks: [Double](repeating: 1, count: count), first: [Double](repeating: 1, count: first.count),
        second: [Double](repeating: 1, count: second.count))
      draw.blocks[block] = 0
      return value(draw)
    }
  }

  // MARK: Values

  private func value(_ draw: Draw) -> Double? {
    guard let one = mean(first, draw.first, draw.blocks) else { return nil }
    guard !second.isEmpty else { return one }
    return mean(second, draw.second, draw.blocks).map { one - $0 }
  }

  /// The mean over the runs, taken `times` each, of the score of blocks taken `weights` times; nil when one of them is
  /// undefined.
  private func mean(_ runs: [BlockScores], _ times: [Double], _ weights: [Double]) -> Double? {
    var (total, number) = (0.0, 0.0)
    for (run, times) in zip(runs, times) where times != 0 {
      var sums = [Double](repeating: 0, count: run.statistics)
      for (block, weight) in weights.enumerated() where weight != 0 {
        let values = run.sums[block]
        for index in values.indices { sums[index] += weight * values[index] }
      }
      guard let value = score.value(sums), value.isFinite else { return nil }
      total += times * value
      number += times
    }
    return total / number
  }
}
