/// Another source of batches that reads ahead: while a step computes, the next batches are made in the background.
///
/// At most ``depth`` batches are held or being made. Batches are asked for in order; whoever jumps (to resume in the
/// middle of an epoch, say) gets the right batch and a new start from there. An error belongs to the batch in which
/// it happened and is thrown when that one is asked for.
public final class PrefetchedBatches<Base: BatchSource>: BatchSource {
  public let base: Base
  private let ahead: ReadAhead<SequenceBatch>

  /// - Parameters:
  ///   - base: Where the data come from.
  ///   - depth: How many batches are made ahead.
  ///   - workers: How many threads make them. One keeps up with most models on local disks.
  /// - Throws: `DataError` if a number is not positive.
  public init(_ base: Base, depth: Int = 2, workers: Int = 1) throws {
    self.base = base
    ahead = try ReadAhead(perEpoch: base.batchesPerEpoch, depth: depth, workers: workers) { epoch, index in
      try base.batch(epoch: epoch, index: index)
    }
  }

  public var depth: Int { ahead.depth }
  public var batchesPerEpoch: Int { base.batchesPerEpoch }

  /// How many batches were under way already when they were asked for.
  public var hits: Int { ahead.hits }

  public func batch(epoch: Int, index: Int) throws -> SequenceBatch {
    try ahead.value(epoch: epoch, index: index)
  }
}
