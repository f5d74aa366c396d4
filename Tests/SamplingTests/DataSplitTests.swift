import DataTestSupport
import Foundation
import Sampling
import Testing

@Suite struct DataSplitTests {
  private func events(
    _ lengths: [Int], startHours: [Double]? = nil
  ) throws -> EventSequence {
    try EventSequence(
      lengths.enumerated().map { place, length in
        try countingSource(
          frames: length, height: 1, width: 2,
          minutes: startHours.map { hours in (0..<length).map { hours[place] * 60 + 5 * Double($0) } })
      })
  }

  @Test func wholeEventsInOneParts() throws {
    let source = try events([Int](repeating: 6, count: 20))
    let split = try DataSplit(byEventsOf: source, inputFrames: 2, forecastFrames: 2)
    #expect(split.rule == .event)
    #expect([split.training, split.validation, split.test].map(\.count) == [12, 4, 4])
    let all = split.training + split.validation + split.test
    #expect(Set(all.map(\.lowerBound)) == Set(source.events.map(\.lowerBound)))
    #expect(try DataSplit(byEventsOf: source, inputFrames: 2, forecastFrames: 2) == split)
    #expect(try DataSplit(byEventsOf: source, inputFrames: 2, forecastFrames: 2, seed: 2) != split)
    #expect(split.trainingFrames.count == 72)
  }

  @Test func withTimesTheTestIsLast() throws {
    let source = try events([6, 6, 6, 3, 6, 6], startHours: [50, 10, 30, 60, 20, 40])
    let split = try DataSplit(byEventsOf: source, inputFrames: 2, forecastFrames: 2)
    #expect(split.training == [6..<12, 12..<18, 21..<27])
    #expect(split.validation == [27..<33])
    #expect(split.test == [0..<6])
    #expect(split.shortEvents == 1)
  }

  @Test func groupsStayTogether() throws {
    let source = try events([Int](repeating: 5, count: 12))
    let groups = (0..<12).map { $0 / 3 }
    let split = try DataSplit(byEventsOf: source, groups: groups, inputFrames: 2, forecastFrames: 2, seed: 3)
    #expect(split.rule == .group)
    let sets = [split.training, split.validation, split.test].map {
      Set($0.map { groups[$0.lowerBound / 5] })
    }
    #expect(sets.map(\.count) == [2, 1, 1])
    #expect(sets[0].isDisjoint(with: sets[1]) && sets[0].isDisjoint(with: sets[2]))
    #expect(
      dataError {
        try DataSplit(byEventsOf: source, groups: [1, 2], inputFrames: 2, forecastFrames: 2)
      }?.kind == .invalidOption)
  }

  @Test func eventsThatTouchAreOneEvent() throws {
    // Files of an hour each: what one ends with the next begins with.
    let hourly = try events([12, 12, 12, 12], startHours: [0, 1, 2, 3])
    #expect(
      dataError { try DataSplit(byEventsOf: hourly, inputFrames: 2, forecastFrames: 6) }?.kind == .leakage)
    // The same place twice at the same time cannot be; different places can.
    let radars = try events([12, 12, 12, 12], startHours: [0, 0, 0, 0])
    #expect(try DataSplit(byEventsOf: radars, inputFrames: 2, forecastFrames: 6).test.count == 1)
  }

  @Test func randomWindowsThatOverlapAreRefused() throws {
    let source = try countingSource(frames: 120, height: 1, width: 2)
    let overlapping = try WindowIndex(of: source, inputFrames: 4, forecastFrames: 2)
    let error = dataError { try DataSplit(randomly: overlapping, seed: 1) }
    #expect(error?.kind == .leakage)
    #expect(error?.received.contains("sharing 5 frames") == true)
    #expect(error?.remedy.contains("Split by time") == true)
    // Side by side is not apart: the target of one is what the next begins with.
    let adjoining = try WindowIndex(of: source, inputFrames: 4, forecastFrames: 2, stride: 6)
    #expect(dataError { try DataSplit(randomly: adjoining, seed: 1) }?.kind == .leakage)
    let apart = try WindowIndex(of: source, inputFrames: 4, forecastFrames: 2, stride: 8)
    let split = try DataSplit(randomly: apart, seed: 1)
    #expect([split.training, split.validation, split.test].map(\.count) == [9, 3, 3])
    #expect(split.training.allSatisfy { $0.count == 6 })
  }

  @Test func aTimeSplitIsOneToo() throws {
    let time = try TimeSplit(frameCount: 92, inputFrames: 6, forecastFrames: 12, validation: .heldOutTiles)
    let split = DataSplit(time)
    #expect(split.training == [0..<44])
    #expect(split.test == [56..<92])
    #expect(split.validatesOnHeldOutTiles)
    let data = try JSONEncoder().encode(split)
    #expect(try JSONDecoder().decode(DataSplit.self, from: data) == split)
  }

  @Test func tooLittleIsRefused() throws {
    let few = try events([6, 6])
    #expect(
      dataError { try DataSplit(byEventsOf: few, inputFrames: 2, forecastFrames: 2) }?.kind == .tooFewFrames)
    let short = try events([3, 3, 3, 3])
    #expect(
      dataError { try DataSplit(byEventsOf: short, inputFrames: 2, forecastFrames: 2) }?.kind == .tooFewFrames
    )
    let some = try events([6, 6, 6])
    #expect(
      dataError {
        try DataSplit(
          byEventsOf: some, inputFrames: 2, forecastFrames: 2, trainFraction: 0.9, validationFraction: 0.1)
      }?.kind == .invalidOption)
  }
}
