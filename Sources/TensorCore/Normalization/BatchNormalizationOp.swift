import COneDNN

/// Batch normalisation over the last axis (Ioffe & Szegedy 2015): statistics of each channel over all other
/// axes. Shapes have been checked by the caller.
///
/// y = (x − mean) / √(variance + ε) · scale + shift, the variance being the mean square deviation.
package enum BatchNormalizationOp {
  /// Normalises by the statistics of `x` itself and returns them, each `[channels]`.
  package static func training(
    _ x: Tensor, scale: Tensor?, shift: Tensor?, epsilon: Float
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    NormalizationOp.forward(x, scale: scale, shift: shift, epsilon: epsilon, .batch)
  }

  /// Normalises by given statistics.
  package static func inference(
    _ x: Tensor, mean: Tensor, variance: Tensor, scale: Tensor?, shift: Tensor?, epsilon: Float
  ) -> Tensor {
    let (rows, columns) = NormalizationOp.sizes(x)
    require(mean, "a mean", ofCount: columns)
    require(variance, "a variance", ofCount: columns)
    require(scale, "a scale", ofCount: columns)
    require(shift, "a shift", ofCount: columns)
    let key = OperationKey(
      .batchNormalizationInference, .rows(rows, columns: columns, epsilon: epsilon), [.bias, .scale])
    if Backend.current == .oneDNN, let operation = OperationCache.operation(key) {
      let inputs = [x, mean, variance, scale ?? .ones([columns]), shift ?? .zeros([columns])]
      return Tensor(shape: x.shape) { y in
        NormalizationOp.withAddresses(inputs) { p in
          operation.execute([
            .reads(squall_onednn_source, p[0]), .reads(squall_onednn_mean, p[1]),
            .reads(squall_onednn_variance, p[2]), .reads(squall_onednn_scale, p[3]),
            .reads(squall_onednn_shift, p[4]), .writes(squall_onednn_destination, y.baseAddress!),
          ])
        }
      }
    }
    let y = PlainNormalization.apply(
      x.values, mean: mean.values, variance: variance.values, scale: scale?.values, shift: shift?.values,
      epsilon: epsilon, columns: columns, .batch)
    return Tensor(y, shape: x.shape)
  }

  /// The cotangents of input, scale and shift of `training`, whose statistics are given.
  package static func gradient(
    _ outputGradient: Tensor, input: Tensor, mean: Tensor, variance: Tensor, scale: Tensor?, epsilon: Float
  ) -> (input: Tensor, scale: Tensor, shift: Tensor) {
    NormalizationOp.gradient(
      outputGradient, input: input, mean: mean, variance: variance, scale: scale, epsilon: epsilon, .batch)
  }

  /// The cotangents of input, scale and shift of `inference`, whose statistics are constants.
  package static func inferenceGradient(
    _ outputGradient: Tensor, input: Tensor, mean: Tensor, variance: Tensor, scale: Tensor?, epsilon: Float
  ) -> (input: Tensor, scale: Tensor, shift: Tensor) {
    let (_, columns) = NormalizationOp.sizes(input)
    let (dx, dScale, dShift) = PlainNormalization.gradient(
      outputGradient.values, input: input.values, mean: mean.values, variance: variance.values,
      scale: scale?.values, epsilon: epsilon, columns: columns, .batch, fixed: true)
    return (
      Tensor(dx, shape: input.shape), Tensor(dScale, shape: [columns]), Tensor(dShift, shape: [columns])
    )
  }
}
