import Sampling
import TensorCore
import Training

/// Training batches of square tiles, each sample mirrored or turned by chance: rain has no preferred side, and a network
/// that has seen one event must not learn that event's wind by heart.
///
/// Everything of a sample turns together: observed and motion-extrapolated frames, target, mask and weights.
struct SymmetricBatches: BatchProvider {
  let base: any BatchProvider
  let seed: UInt64

  var batchesPerEpoch: Int { base.batchesPerEpoch }

  func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try base.batch(epoch: epoch, index: index)
    let augmentation = Augmentation.allSymmetries
    let shape = batch.target.shape
    let draws = try augmentation.draws(
      batch.count, height: shape[2], width: shape[3], seed: seed, epoch: epoch, index: index)
    return batch.map { augmentation.apply(draws, to: $0, changesBrightness: false) }
  }
}
