import TensorCore
import Training

/// Training batches of square tiles, each mirrored or turned by chance: rain has no preferred side, and a network that
/// has seen one event must not learn that event's wind by heart.
///
/// A batch is turned as a whole, with everything in it, into one of the eight symmetries of the square, which depends on
/// seed, epoch and index alone.
struct SymmetricBatches: BatchProvider {
  let base: any BatchProvider
  let seed: UInt64

  var batchesPerEpoch: Int { base.batchesPerEpoch }

  func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try base.batch(epoch: epoch, index: index)
    var random = RandomStream(seed: seed).substream("symmetry").substream(epoch).substream(index)
    let symmetry = random.integer(below: 8)
    return batch.map { Self.turned($0, symmetry) }
  }

  /// `[batch, time, height, width, channels]` with rows reversed (bit 0), columns reversed (bit 1) and both swapped
  /// (bit 2).
  static func turned(_ fields: Tensor, _ symmetry: Int) -> Tensor {
    var fields = fields
    if symmetry & 1 != 0 { fields = Movement.reversed(fields, axis: 2) }
    if symmetry & 2 != 0 { fields = Movement.reversed(fields, axis: 3) }
    if symmetry & 4 != 0 { fields = Movement.transposed(fields, [0, 1, 3, 2, 4]) }
    return fields
  }
}
