import Sampling
import Training

/// Training batches that are read, decoded and built in the background, two at most ahead of the step. The bits are
/// those of the batches behind; so are the errors, each thrown when its batch is asked for.
package struct AheadBatches: BatchProvider {
  package let batchesPerEpoch: Int
  private let ahead: ReadAhead<TrainingBatch>

  /// - Parameters:
  ///   - base: Where batches come from.
  ///   - repeatsEpoch: Whether every epoch is the first again, as in validation.
  package init(_ base: any BatchProvider, repeatsEpoch: Bool = false) throws {
    batchesPerEpoch = base.batchesPerEpoch
    ahead = try ReadAhead(perEpoch: base.batchesPerEpoch, repeatsEpoch: repeatsEpoch) { epoch, index in
      try base.batch(epoch: epoch, index: index)
    }
  }

  package func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    try ahead.value(epoch: epoch, index: index)
  }
}
