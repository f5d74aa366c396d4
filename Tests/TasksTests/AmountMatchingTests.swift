import Tasks
import TensorCore
import Testing

@Suite struct AmountMatchingTests {
  private static func matched(_ forecast: [Float], _ background: [Float]) -> [Float] {
    var values = forecast
    let all = [Bool](repeating: true, count: values.count)
    AmountMatching.match(&values, 0..<values.count, to: background, where: all)
    return values
  }

  /// Each pixel by hand: the own amount times the ratio of the sums, and the amount of the same rank.
  @Test func amountsByHand() {
    let s = AmountMatching.share
    func near(_ got: [Float], _ expected: [Float]) -> Bool {
      zip(got, expected).allSatisfy { abs($0 - $1) < 1e-6 * max(1, $1) }
    }
    // Sums 2 and 3: the factor is 1.5.
    #expect(
      near(
        Self.matched([0.5, 0.25, 1, 0.25], [0, 2, 0, 1]),
        [0.75 * (1 - s) + 1 * s, 0.375 * (1 - s), 1.5 * (1 - s) + 2 * s, 0.375 * (1 - s)]))
    // Equal forecasts in the order of the background; dry ones get what is left of it, where the background has it.
    #expect(near(Self.matched([0, 0, 0, 0], [0, 2, 0, 1]), [0, 2 * s, 0, s]))
    #expect(near(Self.matched([1, 0, 0, 0], [0, 0.25, 0, 0.75]), [1 - s + 0.75 * s, 0, 0, 0.25 * s]))
    // No factor beyond the limits, none for a dry forecast, and nothing of a dry background's.
    let most = Float(AmountMatching.factors.upperBound)
    #expect(near(Self.matched([1, 0], [100, 0]), [most * (1 - s) + 100 * s, 0]))
    #expect(
      near(
        Self.matched([1, 2], [0, 0]), [1, 2].map { $0 * Float(AmountMatching.factors.lowerBound) * (1 - s) }))
  }

  /// What is forecast where nothing was measured changes nothing elsewhere, in any sample.
  @Test func pixelsThatWereNotMeasuredHaveNoPart() {
    let (forecast, background): ([Float], [Float]) = ([0.5, 9, 1, 0.25], [0, 5, 2, 1])
    let isValid = [true, false, true, true]
    var values = forecast
    AmountMatching.match(&values, 0..<4, to: background, where: isValid)
    let alone = Self.matched([0.5, 1, 0.25], [0, 2, 1])
    #expect([values[0], values[2], values[3]] == alone)
    // Sums 1.75 and 3.
    #expect(abs(values[1] - 9 * 3 / 1.75) < 1e-4)
    let several = AmountMatching.matched(
      Tensor([1, 2, 3, 4] + forecast, shape: [2, 1, 2, 2, 1]),
      to: Tensor([1, 2, 3, 4] + background, shape: [2, 1, 2, 2, 1]),
      mask: Tensor([1, 1, 1, 1] + isValid.map { $0 ? 1 : 0 }, shape: [2, 1, 2, 2, 1]))
    #expect(several.values == [1, 2, 3, 4] + values)
  }

  /// A forecast that is its background stays so to the bit.
  @Test func theBackgroundStays() {
    var random = RandomStream(seed: 4)
    let background = Elementwise.map(random.normal(shape: [2, 3, 9, 7, 1])) { $0 > 0 ? $0 * $0 * 3 : 0 }
    #expect(
      AmountMatching.matched(background, to: background, mask: .ones([2, 1, 9, 7, 1])).values
        == background.values)
  }

  /// Frame by frame the pattern stays and the sum is the background's.
  @Test func patternsStayAndSumsAreTheBackgrounds() {
    var random = RandomStream(seed: 5)
    func rain() -> Tensor {
      Elementwise.map(random.normal(shape: [2, 3, 9, 7, 1])) { $0 > 0 ? $0 * $0 * 3 : 0 }
    }
    let (forecast, background) = (rain(), rain())
    let got = AmountMatching.matched(forecast, to: background, mask: .ones([2, 1, 9, 7, 1]))
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
