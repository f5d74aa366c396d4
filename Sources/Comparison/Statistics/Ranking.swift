import Reports
import Verification

/// Contenders under one score on the same blocks: each pair with the interval of its difference.
///
/// With more than two contenders the intervals of the pairs are adjusted by Holm's method (1979): of m pairs the one
/// whose difference is largest for its interval is judged at a level of 0.05 / m, the next at 0.05 / (m − 1), and so on
/// until one is not clear; so are all after it.
package struct Ranking {
  package struct Pair {
    /// Positions of the contenders; the difference is first − second.
    let first: Int
    let second: Int
    let comparison: PairedComparison
    /// Beside the bootstrap, block by block; `nil` with too few blocks.
    let test: DieboldMariano?
    /// Whether the difference is clear: its interval lies on one side of zero, and so do those of all clearer pairs.
    let isClear: Bool
    /// The place of the pair in Holm's order, 1 for the clearest.
    let rank: Int
  }

  let names: [String]
  /// Means over the seeds.
  package let values: [Double?]
  let higherIsBetter: Bool
  /// Every pair, those of the first contenders first.
  let pairs: [Pair]

  /// - Parameters:
  ///   - score: What is compared.
  ///   - names: The contenders.
  ///   - sums: For each contender the sums by block, a run for each seed.
  ///   - bootstrap: Draws events, blocks and seeds.
  ///   - margin: Up to which difference two count as equally good; `nil` where it is not asked.
  ///   - horizon: Of the Diebold–Mariano test, in blocks.
  /// - Throws: `VerificationError` if they were not scored on the same blocks.
  package init(
    _ score: PooledScore, names: [String], sums: [[BlockScores]], bootstrap: BlockBootstrap,
    margin: Double? = nil, horizon: Int = 1
  ) throws {
    self.names = names
    higherIsBetter = score.higherIsBetter
    values = try sums.map { try bootstrap.estimate(score, of: $0).value }
    let places = names.indices.flatMap { second in
      names.indices.filter { $0 > second }.map { (first: $0, second: second) }
    }
    func compared(_ place: (first: Int, second: Int), tests: Int) throws -> PairedComparison {
      var bootstrap = bootstrap
      bootstrap.confidence = 1 - (1 - bootstrap.confidence) / Double(tests)
      // The tails of a high level need resamples to be seen in.
      bootstrap.resamples *= min(tests, 10)
      return try bootstrap.compare(score, sums[place.first], sums[place.second], margin: margin)
    }
    var found: [Pair?] = places.map { _ in nil }
    let order = try places.enumerated().map { index, place in
      (index: index, strength: Self.strength(try compared(place, tests: 1)))
    }.sorted { $0.strength > $1.strength }
    var isDecided = true
    for (rank, entry) in order.enumerated() {
      let place = places[entry.index]
      let comparison = try compared(place, tests: places.count - rank)
      isDecided = isDecided && [.firstIsBetter, .secondIsBetter].contains(comparison.conclusion)
      found[entry.index] = Pair(
        first: place.first, second: place.second, comparison: comparison,
        test: margin == nil
          ? nil : DieboldMariano(score, sums[place.first], sums[place.second], horizon: horizon),
        isClear: isDecided && comparison.isClear, rank: rank + 1)
    }
    pairs = found.compactMap { $0 }
  }

  /// How far a difference lies from zero, in halves of its interval; below all others without one.
  private static func strength(_ comparison: PairedComparison) -> Double {
    guard let value = comparison.difference.value, let interval = comparison.difference.interval else {
      return -1
    }
    let half = (interval.upper - interval.lower) / 2
    return half > 0 ? abs(value) / half : value == 0 ? 0 : .infinity
  }

  /// Whether pairs are judged more strictly because there are several.
  var isAdjusted: Bool { pairs.count > 1 }

  /// The contender with the best value; `nil` where a value is undefined.
  var best: Int? {
    let known = values.compactMap { $0 }
    guard known.count == values.count else { return nil }
    let extreme = higherIsBetter ? known.max() : known.min()
    return values.lastIndex { $0 == extreme }
  }

  /// The pair of two contenders.
  func pair(_ one: Int, _ other: Int) -> Pair? {
    pairs.first { ($0.first, $0.second) == (max(one, other), min(one, other)) }
  }

  /// The contenders that are not clearly worse than the best one, itself included, in their order.
  var unbeaten: [Int] {
    guard let best else { return [] }
    return names.indices.filter { $0 == best || pair($0, best)?.isClear != true }
  }

  /// The contender that is clearly better than every other.
  var winner: Int? { unbeaten.count == 1 && names.count > 1 ? unbeaten.first : nil }

  /// The contenders that are equal to the best one within the margin, itself left out.
  var equivalent: [Int] {
    guard let best else { return [] }
    return names.indices.filter {
      $0 != best && pair($0, best)?.comparison.equivalence?.isEquivalent == true
    }
  }

  /// The pair on which the answer rests: the best one and the strongest of those that are not clearly worse, or of all
  /// others where each is.
  var decisive: Pair? {
    guard let best else { return pairs.first }
    let rivals = names.indices.filter { $0 != best }
    let close = rivals.filter { pair($0, best)?.isClear != true }
    let strongest = (close.isEmpty ? rivals : close).max { a, b in
      let (x, y) = (values[a] ?? 0, values[b] ?? 0)
      return higherIsBetter ? x < y : x > y
    }
    return strongest.flatMap { pair($0, best) }
  }
}
