import DataTestSupport
import Foundation
import Readers
import Sampling
import Synchronization
import TensorCore
import Testing

@Suite struct PrefetchedBatchesTests {
  /// Batches that say which they are, and count how often they are made.
  private final class Numbered: BatchSource {
    let batchesPerEpoch = 3
    let made = Mutex<[String: Int]>([:])
    let broken: String?

    init(broken: String? = nil) { self.broken = broken }

    func batch(epoch: Int, index: Int) throws -> SequenceBatch {
      let name = "\(epoch).\(index)"
      made.withLock { $0[name, default: 0] += 1 }
      if name == broken {
        throw DataError(.corrupt, file: name, expected: "a batch", received: "none", remedy: "Try another.")
      }
      let value = Tensor(repeating: Float(100 * epoch + index), shape: [1, 1, 1, 1, 1])
      return SequenceBatch(input: value, target: value, targetMask: value, samples: [])
    }
  }

  @Test func batchesComeInOrderAndAhead() throws {
    let base = Numbered()
    let ahead = try PrefetchedBatches(base, depth: 2)
    for epoch in 0..<4 {
      for index in 0..<3 {
        #expect(try ahead.batch(epoch: epoch, index: index).input.values == [Float(100 * epoch + index)])
      }
    }
    #expect(ahead.hits == 11)
    // Each once, and at most two more than were asked for.
    let made = base.made.withLock { $0 }
    #expect(made.values.allSatisfy { $0 == 1 })
    #expect(made.count <= 14)
  }

  @Test func jumpsAreServed() throws {
    let ahead = try PrefetchedBatches(Numbered(), depth: 3, workers: 2)
    for (epoch, index) in [(0, 0), (5, 2), (6, 0), (0, 1), (0, 1), (0, 2)] {
      #expect(try ahead.batch(epoch: epoch, index: index).input.values == [Float(100 * epoch + index)])
    }
  }

  @Test func anErrorBelongsToItsBatch() throws {
    let ahead = try PrefetchedBatches(Numbered(broken: "0.1"), depth: 2)
    #expect(try ahead.batch(epoch: 0, index: 0).input.values == [0])
    #expect(dataError { try ahead.batch(epoch: 0, index: 1) }?.file == "0.1")
    #expect(try ahead.batch(epoch: 0, index: 2).input.values == [2])
    #expect(dataError { try PrefetchedBatches(Numbered(), depth: 0) }?.kind == .invalidOption)
  }
}
