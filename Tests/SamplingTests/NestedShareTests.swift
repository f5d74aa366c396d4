import Readers
import Sampling
import Testing

@Suite struct NestedShareTests {
  /// One window from each frame.
  private func windows(_ count: Int) throws -> WindowIndex {
    try WindowIndex(
      timestamps: nil, nominalStep: nil, frames: 0..<count + 4, inputFrames: 3, forecastFrames: 2)
  }

  @Test func sharesOfEventsAreNestedAndWhole() throws {
    let events = (0..<8).map { $0 * 10..<$0 * 10 + 10 }
    let all = try windows(80)
    var before: Set<Int> = []
    for share in [0.125, 0.25, 0.5, 0.75, 1] {
      let starts = Set(try all.nestedShare(share, events: events, seed: 3).starts)
      #expect(starts.isSuperset(of: before) && starts.count == Int(share * 80))
      for event in events { #expect([0, 10].contains(starts.count { event.contains($0) })) }
      before = starts
    }
    #expect(before == Set(all.starts))
    #expect(throws: DataError.self) { try all.nestedShare(0, events: events, seed: 3) }
  }

  @Test func sharesOfOneEventEndWhereItEnds() throws {
    let all = try windows(40)
    let half = try all.nestedShare(0.5, events: [0..<44], seed: 1).starts
    let quarter = try all.nestedShare(0.25, events: [0..<44], seed: 1).starts
    #expect(half == Array(20..<40) && quarter == Array(30..<40))
  }
}
