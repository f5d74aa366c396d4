import Readers
import Sampling
import Tasks
import Testing

@Suite struct TestBlocksTests {
  private func sample(_ start: Int) -> Sample {
    Sample(
      window: Window(input: start..<start + 6, target: start + 6..<start + 18),
      tile: Tile(row: 0, column: 0, height: 16, width: 16))
  }

  private func labels(_ blocks: TestBlocks, _ starts: [Int]) -> [String: Int] {
    starts.reduce(into: [:]) { $0[blocks.label(of: sample($1)), default: 0] += 1 }
  }

  /// As long as a window where ten of those fit, else half as long as the forecast, and ten at most.
  @Test(arguments: [(200, 11), (100, 10), (30, 5), (2, 1)]) func blocksOfOneEvent(windows: Int, count: Int) {
    let starts = Array(40..<40 + windows)
    let blocks = TestBlocks(starts: starts, windowLength: 18, forecastFrames: 12)
    #expect(blocks.count == count && blocks.eventCount == 1)
    #expect(labels(blocks, starts).count == count)
    #expect(blocks.event(of: sample(40)).isEmpty && blocks.label(of: sample(40)) == "block 1")
  }

  /// No block reaches into another event.
  @Test func blocksLieWithinEvents() {
    let events = [100..<160, 160..<300, 400..<450]
    let starts = events.flatMap { Array($0.dropLast(17)) }
    let blocks = TestBlocks(starts: starts, windowLength: 18, forecastFrames: 12, events: events)
    #expect(blocks.eventCount == 3 && blocks.count >= 10)
    let found = labels(blocks, starts)
    #expect(found.count == blocks.count && found.values.allSatisfy { $0 >= 2 })
    for start in starts {
      let place = events.firstIndex { $0.contains(start) }!
      #expect(blocks.event(of: sample(start)) == "event \(place + 1)")
      #expect(blocks.label(of: sample(start)).hasPrefix("event \(place + 1), block "))
    }
  }

  /// Neighbouring blocks share frames as far as a window reaches.
  @Test func dependentBlocks() {
    func dependent(_ windows: Int, events: [Range<Int>]? = nil) -> Int {
      TestBlocks(
        starts: Array(0..<windows), windowLength: 18, forecastFrames: 12, events: events
      ).dependentBlocks
    }
    #expect(dependent(360) == 1)
    #expect(dependent(60) == 3)
    #expect(dependent(12, events: (0..<12).map { $0..<$0 + 1 }) == 0)
  }
}
