import Readers
import TensorCore

/// Another source of training batches, each sample changed at random by a seed, the epoch and its place: the same
/// batch whenever it is asked for.
public struct AugmentedBatches<Base: BatchSource>: BatchSource {
  public let base: Base
  public let augmentation: Augmentation
  private let seed: UInt64

  /// - Throws: `DataError` if the augmentation reverses time or changes brightness, which no forecast allows.
  public init(_ base: Base, _ augmentation: Augmentation, seed: UInt64) throws {
    guard !augmentation.reversesTime, augmentation.brightness == nil else {
      throw DataError(
        .invalidOption, expected: "flips, turns and crops for forecasts",
        received: augmentation.reversesTime ? "time reversal" : "a change of brightness",
        remedy: "Leave it out: what comes next is not what came before, and values are measured.")
    }
    self.base = base
    self.augmentation = augmentation
    self.seed = seed
  }

  public var batchesPerEpoch: Int { base.batchesPerEpoch }

  public func batch(epoch: Int, index: Int) throws -> SequenceBatch {
    let batch = try base.batch(epoch: epoch, index: index)
    let draws = try augmentation.draws(
      batch.count, height: batch.input.shape[2], width: batch.input.shape[3], seed: seed, epoch: epoch,
      index: index)
    func changed(_ tensor: Tensor) -> Tensor {
      augmentation.apply(draws, to: tensor, changesBrightness: false)
    }
    return SequenceBatch(
      input: changed(batch.input), target: changed(batch.target), targetMask: changed(batch.targetMask),
      samples: batch.samples)
  }
}
