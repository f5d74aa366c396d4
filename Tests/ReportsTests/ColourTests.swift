import Reports
import Testing

@Suite struct ColourTests {
  @Test func rainClassesShowTheEventsThatScoresCount() {
    let scale = ColourScale.rainRate
    // A pixel on the threshold is no event: same colour as just below, another just above.
    for threshold: Float in [0.5, 2, 5] {
      #expect(scale.index(of: threshold) == scale.index(of: threshold.nextDown))
      #expect(scale.index(of: threshold) + 1 == scale.index(of: threshold.nextUp))
    }
    #expect(scale.index(of: 0) == 0)
    #expect(scale.index(of: 1000) == scale.missingIndex - 1)
  }

  @Test func missingIsGreyAndNowhereElse() {
    for scale in scales {
      #expect(scale.index(of: .nan) == scale.missingIndex)
      #expect(scale.index(of: .infinity) == scale.missingIndex)
      #expect(scale.palette[Int(scale.missingIndex)] == scale.missingColour)
      #expect(scale.palette.count == Int(scale.missingIndex) + 1)
      #expect(!scale.palette.dropLast().contains(scale.missingColour))
    }
  }

  /// What orders the classes for every kind of colour vision is lightness: it falls by a visible step.
  @Test func rainGetsDarkerWithEveryClass() {
    let lightness = ColourScale.rainRate.palette.dropLast().map(\.lightness)
    for (lighter, darker) in zip(lightness, lightness.dropFirst()) { #expect(lighter - darker > 4.5) }
    #expect(lightness[0] > 97)
  }

  @Test func sequentialGetsDarkerAndDivergingIsLightInTheMiddle() {
    let sequential = ColourScale.sequential(0...1).palette.dropLast().map(\.lightness)
    #expect(zip(sequential, sequential.dropFirst()).allSatisfy { $0 >= $1 - 0.6 })
    for scale in [ColourScale.diverging(limit: 3), .rainDifference] {
      let lightness = scale.palette.dropLast().map(\.lightness)
      let middle = Int(scale.index(of: 0))
      #expect(lightness[middle] == lightness.max())
      #expect(lightness[0] < 40)
      #expect(lightness[lightness.count - 1] < 40)
    }
  }

  @Test func continuousScalesClampAndSurviveAnEmptyRange() {
    let scale = ColourScale.grey(0...255)
    #expect(scale.index(of: -5) == 0)
    #expect(scale.index(of: 300) == 254)
    #expect(ColourScale.sequential(2...2).index(of: 2) == 0)
    #expect(ColourScale.diverging(limit: 2).index(of: 0) == 127)
  }

  @Test func knowsLuminance() {
    #expect(RGB(255, 255, 255).lightness > 99.99)
    #expect(RGB(0, 0, 0).lightness == 0)
    #expect(abs(RGB(119, 119, 119).lightness - 50.03) < 0.1)
    #expect(RGB(hex: 0x0A5C96).css == "#0a5c96")
  }

  private let scales: [ColourScale] = [
    .rainRate, .rainDifference, .sequential(0...1), .diverging(limit: 4), .grey(0...255),
  ]
}
