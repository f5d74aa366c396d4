/// Layer normalisation over the last axis (Ba, Kiros & Hinton 2016): statistics of each position over its
/// channels. To normalise over several last axes, view them as one. Shapes have been checked by the caller.
///
/// y = (x − mean) / √(variance + ε) · scale + shift, the variance being the mean square deviation.
package enum LayerNormalizationOp {
  /// The output, and the statistics of each position for the gradient.
  package static func forward(
    _ x: Tensor, scale: Tensor?, shift: Tensor?, epsilon: Float
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    NormalizationOp.forward(x, scale: scale, shift: shift, epsilon: epsilon, .layer)
  }

  /// The cotangents of input, scale and shift.
  package static func gradient(
    _ outputGradient: Tensor, input: Tensor, mean: Tensor, variance: Tensor, scale: Tensor?, epsilon: Float
  ) -> (input: Tensor, scale: Tensor, shift: Tensor) {
    NormalizationOp.gradient(
      outputGradient, input: input, mean: mean, variance: variance, scale: scale, epsilon: epsilon, .layer)
  }
}
