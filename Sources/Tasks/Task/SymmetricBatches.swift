import Foundation
import Sampling
import TensorCore
import Training

/// Training batches of square tiles, each sample mirrored or turned by chance and, where it is rain, its amounts multiplied
/// by a factor drawn from ``factors``: rain has no preferred side, and a network that has seen one event must not learn
/// that event's wind and strength by heart.
///
/// Everything of a sample changes together: observed frames and background, target, mask and weights.
struct SymmetricBatches: BatchProvider {
  let base: any BatchProvider
  let seed: UInt64
  /// That of the first channel, where amounts are multiplied.
  var normalizer: StoredNormalizer?

  /// What amounts are multiplied by, drawn evenly in their logarithm.
  static let factors: ClosedRange<Float> = 0.5...2

  var batchesPerEpoch: Int { base.batchesPerEpoch }

  func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try base.batch(epoch: epoch, index: index)
    let augmentation = Augmentation.allSymmetries
    let shape = batch.target.shape
    let draws = try augmentation.draws(
      batch.count, height: shape[2], width: shape[3], seed: seed, epoch: epoch, index: index)
    let turned = batch.map { augmentation.apply(draws, to: $0, changesBrightness: false) }
    guard let normalizer else { return turned }
    var stream = RandomStream(seed: seed).substream("amounts").substream(epoch).substream(index)
    let (low, high) = (log(Self.factors.lowerBound), log(Self.factors.upperBound))
    let factors = (0..<batch.count).map { _ in exp(stream.uniform(low, high)) }
    return TrainingBatch(
      inputs: turned.inputs.map { Self.multiplied($0, by: factors, normalizer) },
      target: Self.multiplied(turned.target, by: factors, normalizer), mask: turned.mask,
      weights: turned.weights)
  }

  /// Normalised `[batch, time, height, width, channels]` with the amounts of the first channel multiplied; missing values
  /// stay missing.
  private static func multiplied(
    _ tensor: Tensor, by factors: [Float], _ normalizer: StoredNormalizer
  ) -> Tensor {
    let channels = tensor.shape[4]
    let each = tensor.count / max(factors.count, 1)
    return Tensor(shape: tensor.shape) { out in
      tensor.withUnsafeValues { values in
        for place in values.indices {
          let value = values[place]
          let isAmount = place % channels == 0 && value != normalizer.fillValue
          out.initializeElement(
            at: place,
            to: isAmount
              ? normalizer.normalize(factors[place / each] * normalizer.denormalize(value)) : value)
        }
      }
    }
  }
}
