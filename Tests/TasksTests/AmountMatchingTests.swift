import TensorCore
import Testing

import Tasks

@Suite struct AmountMatchingTests {
  private static func matched(_ forecast: [Float], _ background: [Float]) -> [Float] {
    var values = forecast
    AmountMatching.match(&values, 0..<values.count, to: background)
    return values
  }

  /// The pattern of the forecast, the amounts of the background.
  @Test func ranksStayAndAmountsChange() {
    #expect(Self.matched([0.3, 0.1, 0.2, 0.05], [0, 2, 0, 1]) == [2, 0, 1, 0])
    // Equal forecasts in the order of the background, and where that is equal too, of the pixels.
    #expect(Self.matched([0, 0, 0, 0], [0, 2, 0, 1]) == [0, 2, 0, 1])
    #expect(Self.matched([1, 1, 1], [2, 2, 0]) == [2, 2, 0])
    // A forecast with less rain than its background gets more of it, where the background has it.
    #expect(Self.matched([0.5, 0, 0, 0], [0, 0.4, 0.2, 1]) == [1, 0.2, 0, 0.4])
    #expect(Self.matched([1, 2], [0, 0]) == [0, 0])
  }

  /// Beyond the ceiling a pixel gets the mean of the network's amount and of that which keeps the sum.
  @Test func strongRainIsHalfwayToItsSum() {
    let ceiling = AmountMatching.ceiling
    func near(_ got: [Float], _ expected: [Float]) -> Bool {
      zip(got, expected).allSatisfy { abs($0 - $1) < 1e-3 }
    }
    // The sum of the two strongest is 9 c; 2 c and 1 c times 3 make it.
    let background = [0.2, 6 * ceiling, 3 * ceiling, 0.9 * ceiling]
    #expect(near(Self.matched([2 * ceiling, ceiling, 0.4, 0.1], background), [4 * ceiling, 2 * ceiling, 0.9 * ceiling, 0.2]))
    // The weaker one stays at the ceiling, the stronger one alone makes the sum.
    #expect(
      near(
        Self.matched([2 * ceiling, 0.01 * ceiling, 0.001, 0], background),
        [(2 + 8) / 2 * ceiling, ceiling, 0.9 * ceiling, 0.2]))
    // Nothing is forecast: at least the ceiling.
    #expect(near(Self.matched([0, 0, 0, 0], background), [0.2, ceiling, ceiling, 0.9 * ceiling]))
  }

  /// Frequencies of events are those of the background at every threshold up to the ceiling, frame by frame.
  @Test func eventsComeAsOftenAsInTheBackground() {
    var random = RandomStream(seed: 4)
    func rain() -> Tensor {
      Elementwise.map(random.normal(shape: [2, 3, 9, 7, 1])) { $0 > 0 ? $0 * $0 * 3 : 0 }
    }
    let (forecast, background) = (rain(), rain())
    let got = AmountMatching.matched(forecast, to: background)
    #expect(got.shape == forecast.shape && got.values != forecast.values)
    for frame in 0..<6 {
      let part = frame * 63..<(frame + 1) * 63
      #expect(Array(got.values[part]) == Self.matched(Array(forecast.values[part]), Array(background.values[part])))
      for threshold: Float in [0, 0.5, 1, 2, AmountMatching.ceiling] {
        let count = got.values[part].filter { $0 > threshold }.count
        let expected = background.values[part].filter { $0 > threshold }.count
        #expect(threshold < AmountMatching.ceiling ? count == expected : count <= expected)
      }
    }
  }
}
