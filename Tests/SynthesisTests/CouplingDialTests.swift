import Readers
import Synthesis
import Testing

/// What the coupling dial promises: its laws, equal marginals, and the error of the best forecast.
struct CouplingDialTests {
  private func dial(
    reach: Double, variety: Double, cell: Int = 4, samples: Int = 4, frames: Int = 8, noise: Double = 0,
    memory: Double = 0.9, seed: UInt64 = 1
  ) throws -> CouplingDial {
    var options = CouplingDial.Options()
    (options.reach, options.variety, options.cell, options.memory) = (reach, variety, cell, memory)
    (options.samples, options.frames, options.noise) = (samples, frames, noise)
    return try CouplingDial(options, seed: seed)
  }

  /// Displacements of a law, as rows and columns on the torus.
  private func displacements(_ dial: CouplingDial) -> [[Int]] {
    let side = dial.options.width / dial.options.cell
    return dial.follows.enumerated().map { cell, source in
      [(source / side - cell / side + side) % side, (source % side - cell % side + side) % side]
    }
  }

  @Test(arguments: [1, 1.5, 2, 2.5, 3, 4, 4.8], [0, 0.5, 1])
  func eachCellFollowsAnotherOneAtTheReach(reach: Double, variety: Double) throws {
    let dial = try dial(reach: reach, variety: variety)
    #expect(dial.follows.sorted() == Array(0..<64))
    for displacement in displacements(dial) {
      let sides = displacement.map { Double(min($0, 8 - $0)) }
      let length = (sides[0] * sides[0] + sides[1] * sides[1]).squareRoot()
      #expect(abs(length - reach) < 1, "a cell follows one \(length) away")
    }
    #expect(dial.shortestCycle >= 3)
  }

  @Test func varietyIsTheShareOfCellsWithALawOfTheirOwn() throws {
    for (variety, range) in [(0.0, 1.0...1.0), (0.5, 0.45...0.65), (1, 0...0.4)] {
      let found = displacements(try dial(reach: 2, variety: variety))
      let most = Dictionary(grouping: found, by: { $0 }).values.map(\.count).max() ?? 0
      #expect(range.contains(Double(most) / 64), "\(most) of 64 cells share one displacement")
    }
  }

  /// Variance 1 everywhere, no correlation of a pixel with itself within the shortest cycle, ρ with the cell it follows.
  @Test(arguments: [(1.0, 0.0), (4.0, 0.0), (1.0, 1.0), (4.0, 1.0)])
  func marginalsAreTheSameAtEverySetting(reach: Double, variety: Double) throws {
    let dial = try dial(reach: reach, variety: variety, samples: 400, frames: 3)
    var (variance, lagged, followed, count) = (0.0, 0.0, 0.0, 0.0)
    for event in dial.events() {
      let frames = try (0..<3).map { try event.frame(at: $0).values }
      for cell in 0..<64 {
        func value(_ frame: Int, _ cell: Int) -> Double {
          Double(frames[frame][(cell / 8 * 4) * 32 + cell % 8 * 4])
        }
        variance += value(2, cell) * value(2, cell)
        lagged += value(2, cell) * value(1, cell)
        followed += value(2, cell) * value(1, dial.follows[cell])
        count += 1
      }
    }
    // Four standard errors of 25,600 products; those of neighbouring places in a cycle depend on one another.
    #expect(abs(variance / count - 1) < 0.036)
    #expect(abs(lagged / count) < 0.025)
    #expect(abs(followed / count - 0.9) < 0.036)
  }

  /// The filter that knows the law, run on the data.
  @Test func theBestErrorIsThatOfTheFilterThatKnowsTheLaw() throws {
    let dial = try dial(reach: 3, variety: 1, samples: 300, frames: 6, noise: 0.8)
    let (kept, observed) = (0.81, 0.64 / 16)
    var (sum, count) = (0.0, 0.0)
    for event in dial.events() {
      let frames = try (0..<6).map { try event.frame(at: $0).values }
      var mean = [Double](repeating: 0, count: 64)
      var variance = 1.0
      for frame in 0..<4 {
        if frame > 0 {
          mean = dial.follows.map { 0.9 * mean[$0] }
          variance = kept * variance + 1 - kept
        }
        let gain = variance / (variance + observed)
        for cell in 0..<64 {
          var block = 0.0
          for pixel in 0..<16 {
            block += Double(frames[frame][(cell / 8 * 4 + pixel / 4) * 32 + cell % 8 * 4 + pixel % 4]) / 16
          }
          mean[cell] += gain * (block - mean[cell])
        }
        variance *= 1 - gain
      }
      for _ in 0..<2 { mean = dial.follows.map { 0.9 * mean[$0] } }
      for pixel in 0..<1024 {
        let difference = mean[pixel / 32 / 4 * 8 + pixel % 32 / 4] - Double(frames[5][pixel])
        sum += difference * difference
        count += 1
      }
    }
    #expect(abs(sum / count / 1.64 - dial.bestError(lead: 2, inputFrames: 4)) < 0.012)
  }

  @Test func theSeedDecidesEverything() throws {
    let (one, other) = (try dial(reach: 2, variety: 1), try dial(reach: 2, variety: 1))
    #expect(one == other)
    #expect(try one.events()[3].frame(at: 7) == other.events()[3].frame(at: 7))
    #expect(try dial(reach: 2, variety: 1, seed: 2).follows != one.follows)
  }

  @Test func impossibleSettingsAreRejected() {
    #expect(throws: DataError.self) { try dial(reach: 9, variety: 0) }
    #expect(throws: DataError.self) { try dial(reach: 0.2, variety: 0) }
    #expect(throws: DataError.self) { try dial(reach: 1, variety: 1.5) }
    #expect(throws: DataError.self) { try dial(reach: 1, variety: 0, cell: 5) }
    #expect(throws: DataError.self) { try dial(reach: 1, variety: 0, memory: 1) }
  }
}
