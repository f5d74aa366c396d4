import Foundation
import Reports
import Verification

/// How sure an answer is, in words.
struct Certainty {
  let comparison: PairedComparison
  /// What a block is, "30 minutes of the test period".
  let block: String
  let format: (Double) -> String

  var text: String {
    var sentences: [String] = []
    let blocks = comparison.difference.blocks
    if let interval = comparison.difference.interval {
      sentences.append(
        "The difference is \(signed(comparison.difference.value)), its \(level(interval)) interval \(signed(interval.lower)) to "
          + "\(signed(interval.upper)), from a paired bootstrap over \(blocks) blocks of \(block).")
    } else {
      sentences.append("There is no interval: \(blocks == 1 ? "one block" : "\(blocks) blocks") of \(block).")
    }
    if comparison.difference.hasFewBlocks {
      sentences.append("With so few blocks the interval is a rough guide.")
    }
    let seeds = comparison.difference.seeds.values.compactMap { $0 }
    if seeds.count > 1, let low = seeds.min(), let high = seeds.max() {
      sentences.append(
        "Apart from that, \(seeds.count) seeds give differences from \(signed(low)) to \(signed(high))"
          + (comparison.seedsAgree == false ? " and do not agree on the better one." : "."))
    } else {
      sentences.append("With one seed nothing is known of how much the result depends on chance in training.")
    }
    return sentences.joined(separator: " ")
  }

  private func level(_ interval: Verification.ScoreInterval) -> String {
    "\(NamedScore.plain((interval.confidence * 1000).rounded() / 10))%"
  }

  private func signed(_ value: Double?) -> String {
    value.map { ($0 < 0 ? "−" : "+") + format(abs($0)) } ?? "undefined"
  }
}
