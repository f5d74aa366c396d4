import Training

/// Epochs of another length: the batches of a provider one after the other, over as many of its epochs as it takes.
package struct RepeatedBatches: BatchProvider {
  let base: any BatchProvider
  package let batchesPerEpoch: Int

  package init(base: any BatchProvider, batchesPerEpoch: Int) {
    self.base = base
    self.batchesPerEpoch = batchesPerEpoch
  }

  package func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let place = epoch * batchesPerEpoch + index
    let length = max(base.batchesPerEpoch, 1)
    return try base.batch(epoch: place / length, index: place % length)
  }
}
