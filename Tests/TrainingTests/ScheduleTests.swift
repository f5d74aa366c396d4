import Foundation
import Testing
import Training

@Suite struct ScheduleTests {
  private func rates(_ schedule: LearningRateSchedule, _ steps: [Int]) -> [Double] {
    steps.map { schedule.rate(initial: 2, step: $0, losses: []) }
  }

  @Test func constant() { #expect(rates(.constant, [0, 100]) == [2, 2]) }

  @Test func exponential() {
    let smooth = rates(.exponential(decaySteps: 10, decayRate: 0.25), [0, 5, 10, 20])
    #expect(zip(smooth, [2, 1, 0.5, 0.125]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(
      rates(.exponential(decaySteps: 10, decayRate: 0.25, staircase: true), [0, 9, 10, 19]) == [
        2, 2, 0.5, 0.5,
      ])
  }

  @Test func cosine() {
    let plain = rates(.cosine(decaySteps: 100, finalShare: 0.1), [0, 50, 100, 300])
    #expect(zip(plain, [2, 1.1, 0.2, 0.2]).allSatisfy { abs($0 - $1) < 1e-12 })
    let warm = rates(.cosine(decaySteps: 100, warmupSteps: 4), [0, 1, 4, 54, 104])
    #expect(zip(warm, [0, 0.5, 2, 1, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// Numbers by hand from Keras' formulas.
  @Test func polynomial() {
    let line = rates(.polynomial(decaySteps: 10, end: 0.5), [0, 5, 10, 20])
    #expect(zip(line, [2, 1.25, 0.5, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
    let curve = rates(.polynomial(decaySteps: 10, end: 0, power: 2), [5])
    #expect(abs(curve[0] - 0.5) < 1e-12)
    let cycle = rates(.polynomial(decaySteps: 10, end: 0, cycle: true), [0, 5, 10, 15, 20])
    #expect(zip(cycle, [2, 1, 0, 0.5, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func steps() {
    let pieces = LearningRateSchedule.piecewise(boundaries: [3, 6], values: [1, 0.5, 0.1])
    #expect(rates(pieces, [0, 3, 4, 6, 7]) == [1, 1, 0.5, 0.5, 0.1])
    let inverse = rates(.inverseTime(decaySteps: 10, decayRate: 0.5), [0, 5, 20])
    #expect(zip(inverse, [2, 1.6, 1]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(rates(.inverseTime(decaySteps: 10, decayRate: 1, staircase: true), [9, 10]) == [2, 1])
  }

  /// By hand, after Keras' callback: improvements below the minimum do not count, the cooldown delays.
  @Test func reduceOnPlateau() {
    let plateau = LearningRateSchedule.ReduceOnPlateau(
      factor: 0.5, patience: 2, minimumImprovement: 0.1, cooldown: 2, minimum: 0.4)
    func rate(_ losses: [Double]) -> Double {
      LearningRateSchedule.reduceOnPlateau(plateau).rate(initial: 2, step: 0, losses: losses)
    }
    #expect(rate([]) == 2 && rate([1, 1]) == 2)
    #expect(rate([1, 1, 0.95]) == 1)
    #expect(rate([1, 1, 0.95, 1]) == 1, "cooling down")
    #expect(rate([1, 1, 0.95, 1, 1]) == 1, "the last epoch of the cooldown counts already")
    #expect(rate([1, 1, 0.95, 1, 1, 1]) == 0.5)
    #expect(rate([1, 1, 0.95, 1, 1, 1, 1, 1, 1]) == 0.4, "not below the minimum")
    #expect(rate([1, 1, 0.8, 0.8]) == 2)
  }

  @Test func survivesJSON() throws {
    for schedule in [
      .constant, .exponential(decaySteps: 3, decayRate: 0.9, staircase: true),
      .cosine(decaySteps: 5, warmupSteps: 2, finalShare: 0.01), .reduceOnPlateau(.init(patience: 3)),
      .polynomial(decaySteps: 7, end: 0.01, power: 2, cycle: true),
      .piecewise(boundaries: [2, 5], values: [1, 0.5, 0.25]),
      .inverseTime(decaySteps: 7, decayRate: 0.3, staircase: true),
    ] as [LearningRateSchedule] {
      let copy = try JSONDecoder().decode(LearningRateSchedule.self, from: JSONEncoder().encode(schedule))
      #expect(copy == schedule)
    }
    for text in [
      #"{"class_name": "Step"}"#, #"{"class_name": "CosineDecay"}"#,
      #"{"class_name": "ExponentialDecay", "config": {"decay_steps": 0}}"#,
      #"{"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [3], "values": [1]}}"#,
    ] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(LearningRateSchedule.self, from: Data(text.utf8))
      }
    }
  }
}
