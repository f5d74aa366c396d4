import Comparison
import Foundation
import Readers
import Support
import Synthesis
import Testing

/// The linear twins against what is known of generated data.
@Suite struct LinearTwinTests {
  private func twins(_ text: String, input: Int = 4, forecast: Int = 3) throws -> LinearTwins {
    try #require(
      try LinearTwins(of: AdviceTests.events(text), inputFrames: input, forecastFrames: forecast))
  }

  /// One law everywhere, to a neighbour: the convolutional twin comes near to the filter that knows the law. On the torus a
  /// cell at the edge follows one at the other edge, which no stencil sees: a quarter of the cells here.
  @Test func theLocalTwinFindsALawThatIsTheSameEverywhere() throws {
    var options = CouplingDial.Options()
    (options.reach, options.memory, options.noise, options.cell) = (1, 0.95, 0.1, 2)
    (options.samples, options.frames, options.height, options.width) = (40, 24, 16, 16)
    let dial = try CouplingDial(options, seed: 3)
    let found = try #require(try LinearTwins(of: dial.events(), inputFrames: 4, forecastFrames: 1))
    let best = dial.bestError(lead: 1, inputFrames: 4)
    #expect(found.local[0] < best + 0.35 && found.local[0] > 0.9 * best, "\(found.local[0]) against \(best)")
  }

  /// A law for each place: the global twin comes near to the best forecast, the local one hardly beats the mean.
  @Test func theGlobalTwinFindsALawForEachPlace() throws {
    let found = try twins(AdviceTests.far)
    var options = CouplingDial.Options()
    (options.reach, options.variety, options.memory, options.noise) = (2, 1, 0.95, 0.1)
    (options.height, options.width) = (16, 16)
    let best = try CouplingDial(options, seed: 1).bestError(lead: 1, inputFrames: 4)
    #expect(
      found.global[0] < best + 0.15 && found.global[0] > 0.8 * best, "\(found.global[0]) against \(best)")
    #expect(found.local[0] > 0.6)
    #expect(found.advantage < -0.5)
    let interval = try #require(found.advantageInterval)
    #expect(interval.lower < found.advantage && found.advantage < interval.upper && interval.upper < 0)
  }

  /// Rigid motion: the local twin's reach grows with the lead, so it holds on at four frames, where a stencil that stays
  /// would lose what has come from farther away.
  @Test func theReachGrowsWithTheLead() throws {
    let found = try twins(
      "generated:interaction-dial:theta=1,wind-rows=0,wind-columns=2,largest-scale=12,samples=40,frames=24,height=32,"
        + "width=32", forecast: 4)
    #expect(found.local[0] < 0.1, "\(found.local)")
    #expect(found.local[2] < 0.6 && found.local[2] < 0.7 * found.global[2], "\(found.local), \(found.global)")
    let speed = try #require(found.speed)
    #expect(abs(speed - 2) < 0.5, "\(speed) pixels a frame")
  }

  /// The same law on a grid twice as fine is the same law: speeds are in pixels of the data.
  @Test func speedIsInPixelsOfTheData() throws {
    let found = try twins(
      "generated:interaction-dial:theta=1,wind-rows=0,wind-columns=4,largest-scale=40,samples=12,frames=20,height=96,"
        + "width=96", forecast: 2)
    let speed = try #require(found.speed)
    #expect(abs(speed - 4) < 1.5, "\(speed) pixels a frame")
  }

  @Test func shortDataHaveNoTwins() throws {
    let events = try AdviceTests.events("generated:moving-digits:samples=2,frames=6,height=32,width=32")
    #expect(try LinearTwins(of: events, inputFrames: 4, forecastFrames: 4) == nil)
  }

  @Test func eigenvaluesOfASymmetricMatrix() {
    // 2, 3 and 7 with eigenvectors along (1, 1, 0), (1, −1, 0) and the third axis.
    let eigen = SymmetricEigenvalues([2.5, -0.5, 0, -0.5, 2.5, 0, 0, 0, 7], order: 3)
    for (value, known) in zip(eigen.values, [7.0, 3, 2]) { #expect(abs(value - known) < 1e-12) }
    let root = 0.5.squareRoot()
    for (vector, known) in zip(eigen.vectors, [[0, 0, 1], [root, -root, 0], [root, root, 0]]) {
      let dot = zip(vector, known).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(abs(dot) - 1) < 1e-12)
    }
  }
}
