import TensorCore

/// Samples as a model takes them, `[batch, time, height, width, channels]`, in normalised units.
public struct SequenceBatch: Sendable {
  /// The observed frames. Missing values hold the normaliser's fill value; with a mask channel the last channel
  /// is 1 where a pixel is valid and 0 elsewhere.
  public let input: Tensor
  /// The frames to forecast, without a mask channel.
  public let target: Tensor
  /// 1 where the target is valid, 0 elsewhere; the shape of ``target``.
  public let targetMask: Tensor
  /// What each entry of the batch is.
  public let samples: [Sample]

  /// A batch from its tensors, one entry for each sample.
  public init(input: Tensor, target: Tensor, targetMask: Tensor, samples: [Sample]) {
    self.input = input
    self.target = target
    self.targetMask = targetMask
    self.samples = samples
  }

  /// The number of samples.
  public var count: Int { samples.count }
}

/// The same samples in physical units (mm/h), `[batch, time, height, width, channels]`, for scores and pictures.
/// Missing values are 0 and have mask 0.
public struct PhysicalBatch: Sendable {
  public let input: Tensor
  public let inputMask: Tensor
  public let target: Tensor
  public let targetMask: Tensor
  public let samples: [Sample]
}
