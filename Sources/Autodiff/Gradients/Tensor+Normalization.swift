import TensorCore

extension Tensor {
  /// Normalised by the mean and variance of each channel (last axis) over all other axes, then scaled by `gamma`
  /// and shifted by `beta`. Mean and variance (of the batch, not Bessel-corrected) are returned for moving
  /// averages; no gradient flows through them.
  public func batchNormalized(
    gamma: Tensor?, beta: Tensor?, epsilon: Float
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    let (x, scale) = (detached, gamma?.detached)
    let (y, mean, variance) = BatchNormalizationOp.training(
      x, scale: scale, shift: beta?.detached, epsilon: epsilon)
    let output = recorded(y, from: [self] + [gamma, beta].compactMap { $0 }) { g in
      let gradients = BatchNormalizationOp.gradient(
        g, input: x, mean: mean, variance: variance, scale: scale, epsilon: epsilon)
      return [gradients.input] + (gamma == nil ? [] : [gradients.scale])
        + (beta == nil ? [] : [gradients.shift])
    }
    return (output, mean, variance)
  }

  /// Each row of `[rows, columns]` normalised by its own mean and variance, then scaled by `gamma` and shifted by
  /// `beta`, both `[columns]`.
  public func layerNormalized(gamma: Tensor?, beta: Tensor?, epsilon: Float) -> Tensor {
    let (x, scale) = (detached, gamma?.detached)
    let (y, mean, variance) = LayerNormalizationOp.forward(
      x, scale: scale, shift: beta?.detached, epsilon: epsilon)
    return recorded(y, from: [self] + [gamma, beta].compactMap { $0 }) { g in
      let gradients = LayerNormalizationOp.gradient(
        g, input: x, mean: mean, variance: variance, scale: scale, epsilon: epsilon)
      return [gradients.input] + (gamma == nil ? [] : [gradients.scale])
        + (beta == nil ? [] : [gradients.shift])
    }
  }
}
