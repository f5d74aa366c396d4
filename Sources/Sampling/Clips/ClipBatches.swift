import Readers
import TensorCore

/// Batches of clips for training: every clip once an epoch in an order drawn anew, or drawn with weights, and
/// augmented if asked for; without a seed every clip in its place. A batch is a function of seed, epoch and index alone.
public struct ClipBatches: Sendable {
  public let clips: LabeledClips
  /// The clips that take part.
  public let indices: [Int]
  public let batchSize: Int
  public let augmentation: Augmentation?
  private let random: RandomStream?
  /// Running sums of the weights, for drawing; `nil` where every clip comes once.
  private let sums: [Double]?

  /// - Parameters:
  ///   - clips: The labelled clips.
  ///   - indices: Which clips take part.
  ///   - batchSize: How many samples make a batch.
  ///   - weights: One number for each of `indices`: clips are drawn with replacement and so often on the average.
  ///     Use ``ClassWeights`` to make classes equally frequent; `nil` takes every clip once.
  ///   - augmentation: What is changed at random, if anything.
  ///   - seed: What random choices depend on; `nil` keeps the order, without weights and augmentation.
  /// - Throws: `DataError` if there is no clip, numbers do not fit, or the augmentation does not.
  public init(
    _ clips: LabeledClips, _ indices: [Int], batchSize: Int, weights: [Float]? = nil,
    augmentation: Augmentation? = nil, seed: UInt64?
  ) throws {
    guard batchSize >= 1, !indices.isEmpty, indices.allSatisfy(clips.labels.indices.contains) else {
      throw DataError(
        .invalidOption, expected: "clips in 0 ..< \(clips.count) and a positive batch size",
        received: "\(indices.count) clips, batches of \(batchSize)", remedy: "Ask for clips that there are.")
    }
    guard seed != nil || (weights == nil && augmentation == nil) else {
      throw DataError(
        .invalidOption, expected: "a seed for weights and augmentation", received: "none",
        remedy: "Give a seed, or take the clips as they are.")
    }
    if let weights,
      weights.count != indices.count || !weights.allSatisfy({ $0 >= 0 && $0.isFinite })
        || !weights.contains(where: { $0 > 0 })
    {
      throw DataError(
        .invalidOption, expected: "\(indices.count) weights that are not negative, one above 0",
        received: "\(weights.count) weights", remedy: "Give one weight for each clip.")
    }
    try augmentation?.check(
      height: clips.shape.height, width: clips.shape.width, classes: clips.classNames.count)
    self.clips = clips
    self.indices = indices
    self.batchSize = batchSize
    self.augmentation = augmentation
    random = seed.map { RandomStream(seed: $0).substream("clips") }
    sums = weights.map { weights in
      weights.reduce(into: []) { $0.append(($0.last ?? 0) + Double($1)) }
    }
  }

  public var batchesPerEpoch: Int { (indices.count + batchSize - 1) / batchSize }

  /// One batch; the last of an epoch may be smaller.
  ///
  /// - Throws: `DataError` if there is no such batch.
  public func batch(epoch: Int, index: Int) throws -> ClipBatch {
    guard epoch >= 0, (0..<batchesPerEpoch).contains(index) else {
      throw DataError(
        .invalidOption, expected: "a batch in 0 ..< \(batchesPerEpoch)",
        received: "\(index) of epoch \(epoch)",
        remedy: "Ask for batches that there are.")
    }
    let places = index * batchSize..<min(indices.count, (index + 1) * batchSize)
    let chosen = order(epoch: epoch)[places].map { indices[$0] }
    let batch = try clips.batch(chosen)
    guard let augmentation, let random else { return batch }
    var stream = random.substream("augmentation").substream(epoch).substream(index)
    let draws = chosen.map { _ in
      augmentation.draw(height: clips.shape.height, width: clips.shape.width, &stream)
    }
    return ClipBatch(
      input: augmentation.apply(draws, to: batch.input, changesBrightness: clips.unit == .brightness),
      labels: zip(batch.labels, draws).map { augmentation.label($0, after: $1) },
      classCount: batch.classCount, clips: chosen,
      lengths: batch.lengths)
  }

  private func order(epoch: Int) -> [Int] {
    guard var stream = random?.substream(epoch) else { return Array(indices.indices) }
    guard let sums, let total = sums.last else { return stream.permutation(indices.count) }
    return indices.map { _ in
      let place = Double(stream.uniform()) * total
      var (low, high) = (0, sums.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if sums[middle] > place { high = middle } else { low = middle + 1 }
      }
      return low
    }
  }
}
