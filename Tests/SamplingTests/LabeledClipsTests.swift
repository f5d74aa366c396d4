import DataTestSupport
import Readers
import Sampling
import TensorCore
import Testing

@Suite struct LabeledClipsTests {
  /// Clips of two frames of 1×2, whose values are 10·clip + place.
  private func clips(labels: [Int], groups: [Int]) throws -> LabeledClips {
    try LabeledClips(
      values: labels.indices.flatMap { clip in (0..<4).map { Float(10 * clip + $0) } }, frames: 2,
      shape: FrameShape(height: 1, width: 2), labels: labels, classNames: ["a", "b"], groups: groups,
      unit: .brightness)
  }

  @Test func batchesHoldTheClipsAskedFor() throws {
    let batch = try clips(labels: [0, 1, 1], groups: [0, 1, 2]).batch([2, 0])
    #expect(batch.input == Tensor([20, 21, 22, 23, 0, 1, 2, 3], shape: [2, 2, 1, 2, 1]))
    #expect(batch.labels == [1, 0])
    #expect(batch.sparseLabels == Tensor([1, 0], shape: [2]))
    #expect(batch.oneHotLabels == Tensor([0, 1, 1, 0], shape: [2, 2]))
    #expect(batch.clips == [2, 0])
  }

  @Test func noGroupIsTornApart() throws {
    let groups = (0..<60).map { $0 / 4 + 100 }
    let all = try clips(labels: (0..<60).map { $0 % 2 }, groups: groups)
    let split = try GroupSplit(of: all, seed: 9)
    let parts = [split.training, split.validation, split.test]
    #expect(parts.map(\.count) == [36, 12, 12])
    #expect(Set(parts.joined()).count == 60)
    let sets = parts.map { Set($0.map { groups[$0] }) }
    #expect(sets[0].isDisjoint(with: sets[1]) && sets[0].isDisjoint(with: sets[2]))
    #expect(sets[1].isDisjoint(with: sets[2]))
    #expect(try GroupSplit(of: all, seed: 9) == split)
    #expect(try GroupSplit(of: all, seed: 10) != split)
  }

  @Test func everyPartGetsAGroup() throws {
    let split = try GroupSplit(
      of: clips(labels: [0, 0, 0], groups: [1, 2, 3]), trainFraction: 0.98, validationFraction: 0.01, seed: 1)
    #expect([split.training, split.validation, split.test].map(\.count) == [1, 1, 1])
  }

  @Test func eachClassIsDealtOutByItself() throws {
    // Three groups of class 0 and four of class 1: by chance over all of them, a part could be without one.
    let labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
    let all = try clips(labels: labels, groups: [0, 0, 1, 1, 2, 2, 3, 4, 5, 6])
    for seed in 0..<10 {
      let split = try GroupSplit(of: all, seed: UInt64(seed))
      for part in [split.training, split.validation, split.test] {
        #expect(Set(part.map { labels[$0] }) == [0, 1])
      }
    }
  }

  @Test func partsAreSharesOfTheClipsNotOfTheGroups() throws {
    // One group holds half of the clips.
    let groups = (0..<40).map { $0 < 20 ? 0 : $0 }
    let all = try clips(labels: (0..<40).map { $0 % 2 }, groups: groups)
    for seed in 0..<10 {
      let split = try GroupSplit(of: all, seed: UInt64(seed))
      if split.training.contains(0) { #expect((20...34).contains(split.training.count)) }
      #expect(!split.validation.isEmpty && !split.test.isEmpty)
    }
  }

  @Test func badClipsAreRefused() throws {
    #expect(dataError { try clips(labels: [0, 2], groups: [0, 1]) }?.kind == .badValue)
    #expect(dataError { try clips(labels: [0, -1], groups: [0, 1]) }?.kind == .badValue)
    #expect(dataError { try clips(labels: [0, 1], groups: [0]) }?.kind == .wrongShape)
    #expect(dataError { try clips(labels: [], groups: []) }?.kind == .wrongShape)
    let all = try clips(labels: [0, 1], groups: [0, 0])
    #expect(dataError { try all.batch([2]) }?.kind == .invalidOption)
    #expect(dataError { try all.batch([]) }?.kind == .invalidOption)
    #expect(dataError { try GroupSplit(of: all, seed: 1) }?.kind == .tooFewFrames)
    #expect(
      dataError {
        try GroupSplit(of: all, trainFraction: 0.9, validationFraction: 0.2, seed: 1)
      }?.kind == .invalidOption)
    // Class b is in one group only; some seed puts it outside training.
    let rare = try clips(labels: [0, 0, 0, 0, 1], groups: [0, 1, 2, 3, 4])
    let kinds = (0..<20).map { seed in dataError { try GroupSplit(of: rare, seed: UInt64(seed)) }?.kind }
    #expect(kinds.contains(.badValue) && kinds.contains(nil))
  }
}
