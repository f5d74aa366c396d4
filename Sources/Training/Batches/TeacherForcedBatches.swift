import TensorCore

/// Training batches for autoregressive forecasters: behind the inputs of other batches the true previous frames, and
/// where own forecasts are sampled, which leads read those (see `AutoregressiveDecoding` in Contenders).
///
/// What is chosen depends on seed, epoch and index alone, like all of a batch, so that an interrupted training goes on
/// with the same bits. Validation takes the other batches as they are: without truth a model reads its own forecasts.
public struct TeacherForcedBatches: BatchProvider {
  private let base: any BatchProvider
  private let sampling: ScheduledSampling
  private let seed: UInt64

  /// - Parameters:
  ///   - base: Batches whose first input is the observed frames, `[batch, time, height, width, channels]`, and whose
  ///     target is `[batch, forecastFrames, height, width, 1]`.
  ///   - sampling: When own forecasts are read.
  ///   - seed: The seed of the choice.
  public init(
    _ base: any BatchProvider, sampling: ScheduledSampling = ScheduledSampling(.none, steps: 1), seed: UInt64
  ) {
    self.base = base
    self.sampling = sampling
    self.seed = seed
  }

  public var batchesPerEpoch: Int { base.batchesPerEpoch }

  public func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    var batch = try base.batch(epoch: epoch, index: index)
    batch.inputs.append(
      Self.previousFrames(observed: batch.inputs[0], target: batch.target))
    guard sampling.decay != .none else { return batch }
    let step = epoch * batchesPerEpoch + index
    let truth = Float(sampling.truthProbability(step: step))
    var random = RandomStream(seed: seed).substream("scheduled sampling").substream(step)
    let leads = batch.target.shape[1]
    // The last observed frame is never the model's own.
    let own = (0..<batch.count * leads).map { place -> Float in
      let isOwn = random.uniform() >= truth
      return place % leads > 0 && isOwn ? 1 : 0
    }
    batch.inputs.append(Tensor(own, shape: [batch.count, leads, 1, 1, 1]))
    return batch
  }
  /// What the decoder reads under teacher forcing: the last observed frame and all true frames but the last,
  /// `[batch, forecastFrames, height, width, 1]`. Pixels that are missing in the truth hold what they hold in the
  /// target, the normaliser's fill value.
  ///
  /// - Parameters:
  ///   - frames: The observed frames, `[batch, time, height, width, channels]`; the first channel is what is forecast.
  ///   - target: The true frames, `[batch, forecastFrames, height, width, 1]`.
  public static func previousFrames(observed frames: Tensor, target: Tensor) -> Tensor {
    let end = frames.shape[1]
    let last = Movement.slice(Movement.slice(frames, axis: 1, end - 1..<end), axis: 4, 0..<1)
    let leads = target.shape[1]
    guard leads > 1 else { return last }
    return Movement.concatenated([last, Movement.slice(target, axis: 1, 0..<leads - 1)], axis: 1)
  }
}
