import TensorCore
import Testing

import Tasks

@Suite struct AmountMatchingTests {
  private static func matched(_ forecast: [Float], _ background: [Float]) -> [Float] {
    var values = forecast
    AmountMatching.match(&values, 0..<values.count, to: background)
    return values
  }

  /// Each pixel by hand: the own amount times the ratio of the sums, and the amount of the same rank.
  @Test func amountsByHand() {
    let s = AmountMatching.share
    func near(_ got: [Float], _ expected: [Float]) -> Bool {
      zip(got, expected).allSatisfy { abs($0 - $1) < 1e-6 }
    }
    // Sums 2 and 3: the factor is 1.5.
    #expect(
      near(
        Self.matched([0.5, 0.25, 1, 0.25], [0, 2, 0, 1]),
        [0.75 * (1 - s) + 1 * s, 0.375 * (1 - s), 1.5 * (1 - s) + 2 * s, 0.375 * (1 - s)]))
    // Equal forecasts in the order of the background; dry ones get what is left of it, where the background has it.
    #expect(near(Self.matched([0, 0, 0, 0], [0, 2, 0, 1]), [0, 2 * s, 0, s]))
    #expect(near(Self.matched([1, 0, 0, 0], [0, 0.5, 0, 0.5]), [1 - s + 0.5 * s, 0, 0, 0.5 * s]))
    // No factor beyond the limits, none for a dry forecast, and nothing of a dry background's.
    let most = Float(AmountMatching.factors.upperBound)
    #expect(near(Self.matched([1, 0], [100, 0]), [most * (1 - s) + 100 * s, 0]))
    #expect(near(Self.matched([1, 2], [0, 0]), [1, 2].map { $0 * Float(AmountMatching.factors.lowerBound) * (1 - s) }))
  }

  /// A forecast that is its background stays so to the bit.
  @Test func theBackgroundStays() {
    var random = RandomStream(seed: 4)
    let background = Elementwise.map(random.normal(shape: [2, 3, 9, 7, 1])) { $0 > 0 ? $0 * $0 * 3 : 0 }
    #expect(AmountMatching.matched(background, to: background).values == background.values)
  }

  /// Frame by frame the pattern stays and the sum is the background's.
  @Test func patternsStayAndSumsAreTheBackgrounds() {
    var random = RandomStream(seed: 5)
    func rain() -> Tensor {
      Elementwise.map(random.normal(shape: [2, 3, 9, 7, 1])) { $0 > 0 ? $0 * $0 * 3 : 0 }
    }
    let (forecast, background) = (rain(), rain())
    let got = AmountMatching.matched(forecast, to: background)
    #expect(got.shape == forecast.shape && got.values != forecast.values)
    for frame in 0..<6 {
      let part = frame * 63..<(frame + 1) * 63
      let (own, matched) = (Array(forecast.values[part]), Array(got.values[part]))
      #expect(matched == Self.matched(own, Array(background.values[part])))
      let sum = background.values[part].reduce(0, +)
      #expect(abs(matched.reduce(0, +) - sum) < 1e-3 * sum)
      for a in own.indices {
        for b in own.indices where own[a] > own[b] { #expect(matched[a] >= matched[b]) }
      }
    }
  }
}
