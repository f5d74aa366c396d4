import Foundation
import Reports
import Support
import Verification

/// How sure an answer is, in words.
struct Certainty {
  let comparison: PairedComparison
  let first: String
  let second: String
  /// Beside the bootstrap.
  let test: DieboldMariano?
  /// What a block is, "30 minutes of the test part".
  let block: String
  /// What makes more blocks, in a sentence.
  let moreBlocks: String
  let format: (Double) -> String

  var text: String {
    guard let interval = comparison.difference.interval else { return unknown }
    var sentences = [
      "\(first) − \(second) is \(signed(comparison.difference.value)), its \(level(interval)) interval "
        + "\(signed(interval.lower)) to \(signed(interval.upper)), from a paired bootstrap over \(units)."
    ]
    if let equivalence = comparison.equivalence {
      sentences.append(
        "The probability that \(first) is better by more than \(format(equivalence.margin)) is "
          + "\(share(equivalence.firstIsBetter)), that \(second) is \(share(equivalence.secondIsBetter)), and that "
          + "both are within that margin \(share(equivalence.equivalent)).")
    }
    if let test {
      sentences.append(
        "The Diebold–Mariano test over the blocks gives p "
          + (test.pValue < 0.001 ? "< 0.001." : "= \(NumberText.fixed(test.pValue, 3))."))
    }
    return (sentences + [seeds]).filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// "3 events, 24 blocks of one hour and 3 seeds".
  private var units: String {
    let difference = comparison.difference
    let blocks = "\(difference.blocks) blocks of \(block)"
    let seeds = max(comparison.first.seeds.values.count, comparison.second.seeds.values.count)
    var parts = [blocks] + (seeds > 1 ? ["\(seeds) seeds"] : [])
    if difference.events > 1 { parts.insert("\(difference.events) events", at: 0) }
    return MeasuredText.list(parts)
  }

  private var unknown: String {
    let difference = comparison.difference
    guard difference.hasFewBlocks else {
      return "There is no interval: the score is undefined in too many resamples. " + moreBlocks
    }
    let count = difference.blocks == 1 ? "one block" : "\(difference.blocks) blocks"
    return
      "There is no interval: \(difference.blocks == 1 ? "there is" : "there are") only \(count) of \(block), and with fewer than "
      + "\(BlockBootstrap.fewestBlocks) nothing is called a difference or none. \(moreBlocks)"
  }

  private var seeds: String {
    let known = comparison.difference.seeds.values.compactMap { $0 }
    if known.count > 1, let low = known.min(), let high = known.max() {
      return "Seed by seed the difference is \(signed(low)) to \(signed(high))."
    }
    let runs = [comparison.first, comparison.second].flatMap(\.seeds.values).count
    return runs > 2
      ? "" : "With one seed nothing is known of how much the result depends on chance in training."
  }

  private func share(_ probability: Double) -> String { NumberText.fixed(probability, 2) }

  private func level(_ interval: Verification.ScoreInterval) -> String {
    "\(NamedScore.plain((interval.confidence * 1000).rounded() / 10))%"
  }

  private func signed(_ value: Double?) -> String {
    value.map { ($0 < 0 ? "−" : "+") + format(abs($0)) } ?? "undefined"
  }
}
