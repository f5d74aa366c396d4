import TensorCore

/// What one step trains on.
public struct TrainingBatch: Sendable {
  /// One tensor for each input of the model, `[batch, …]`.
  public var inputs: [Tensor]
  /// What the model should give, in the shape that the loss asks for.
  public var target: Tensor
  /// 1 where the target is valid, 0 where it is missing; `nil` where everything is valid.
  public var mask: Tensor?
  /// By what the loss of each element is multiplied, in training and in validation; `nil`: by 1.
  public var weights: Tensor?

  public init(inputs: [Tensor], target: Tensor, mask: Tensor? = nil, weights: Tensor? = nil) {
    self.inputs = inputs
    self.target = target
    self.mask = mask
    self.weights = weights
  }

  /// A batch for a model with one input.
  public init(_ input: Tensor, _ target: Tensor, mask: Tensor? = nil, weights: Tensor? = nil) {
    self.init(inputs: [input], target: target, mask: mask, weights: weights)
  }

  /// The same with every tensor changed alike.
  public func map(_ change: (Tensor) throws -> Tensor) rethrows -> TrainingBatch {
    TrainingBatch(
      inputs: try inputs.map(change), target: try change(target), mask: try mask.map(change),
      weights: try weights.map(change))
  }

  /// The number of samples.
  public var count: Int { inputs.first?.shape.dimensions.first ?? 0 }
}

/// Where training and validation get their batches.
///
/// A batch is a function of epoch and index alone: whoever shuffles does so by a seed and the epoch. That makes
/// an interrupted training resume with the very batches that it had not seen yet.
public protocol BatchProvider: Sendable {
  /// How many batches an epoch has.
  var batchesPerEpoch: Int { get }

  /// One batch of one epoch, both counted from 0; the same one whenever it is asked for. Validation always asks
  /// for those of epoch 0.
  func batch(epoch: Int, index: Int) throws -> TrainingBatch
}

/// Samples that are all in memory, in the order given or shuffled anew for each epoch.
public struct TensorBatches: BatchProvider {
  private let samples: TrainingBatch
  private let batchSize: Int
  private let shuffle: RandomStream?

  /// - Parameters:
  ///   - samples: All samples as one batch.
  ///   - batchSize: How many go into a step; the last batch of an epoch may be smaller.
  ///   - seed: The seed of the order; `nil` keeps the order.
  /// - Throws: `ShapeError` if inputs, target, mask and weights have different numbers of samples, or there is none.
  public init(_ samples: TrainingBatch, batchSize: Int, shuffledBySeed seed: UInt64? = nil) throws {
    let others = [samples.mask, samples.weights].compactMap { $0 }
    let counts = (samples.inputs + [samples.target] + others).map {
      $0.shape.dimensions.first ?? 0
    }
    guard let count = counts.first, count > 0, counts.allSatisfy({ $0 == count }), batchSize > 0 else {
      throw ShapeError(
        .wrongLength, in: "TensorBatches",
        expected:
          "equally many samples (first axis) in inputs, target, mask and weights, and a positive batch size",
        received: "\(counts), batch size \(batchSize)", remedy: "Give one target for each sample.")
    }
    self.samples = samples
    self.batchSize = batchSize
    shuffle = seed.map { RandomStream(seed: $0).substream("shuffle") }
  }

  public var batchesPerEpoch: Int { (samples.count + batchSize - 1) / batchSize }

  public func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    guard epoch >= 0, (0..<batchesPerEpoch).contains(index) else {
      throw ShapeError(
        .wrongLength, in: "TensorBatches", expected: "a batch in 0 ..< \(batchesPerEpoch)",
        received: "\(index) of epoch \(epoch)", remedy: "Ask for batches that there are.")
    }
    let range = index * batchSize..<min(samples.count, (index + 1) * batchSize)
    var stream = shuffle?.substream(epoch)
    let order = stream?.permutation(samples.count) ?? Array(0..<samples.count)
    let chosen = Array(order[range])
    return samples.map { Movement.gathered($0, chosen) }
  }
}
