import TensorCore

extension Tensor {
  /// The convolution of maps `[batch, spatial…, channels]` with a kernel `[kernel…, channels, filters]`, plus a
  /// bias `[filters]`, put through an activation.
  public func convolved(
    with kernel: Tensor, bias: Tensor?, activation: Activation = .linear, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    guard activation == .linear || ActivationFunction.followsFromOutput(activation) else {
      return convolved(with: kernel, bias: bias, geometry).activated(by: activation)
    }
    let (x, w) = (detached, kernel.detached)
    let (needsX, needsW) = (isTracked, kernel.isTracked)
    let output = Convolution.forward(x, kernel: w, bias: bias?.detached, activation: activation, geometry)
    return recorded(output, from: [self, kernel] + (bias.map { [$0] } ?? [])) { cotangent in
      let g = ActivationFunction.gradient(cotangent, output: output, activation)
      return [
        needsX ? Convolution.inputGradient(g, kernel: w, geometry) : nil,
        needsW ? Convolution.kernelGradient(input: x, outputGradient: g, geometry) : nil,
        Convolution.biasGradient(g),
      ]
    }
  }

  /// The transposed convolution of maps `[batch, spatial…, channels]` with a kernel
  /// `[kernel…, filters, channels]`, plus a bias `[filters]`.
  public func transposedConvolved(
    with kernel: Tensor, bias: Tensor?, _ geometry: TransposedConvolutionGeometry
  ) -> Tensor {
    let (x, w) = (detached, kernel.detached)
    let (needsX, needsW) = (isTracked, kernel.isTracked)
    let output = TransposedConvolution.forward(x, kernel: w, bias: bias?.detached, geometry)
    return recorded(output, from: [self, kernel] + (bias.map { [$0] } ?? [])) { g in
      [
        needsX ? TransposedConvolution.inputGradient(g, kernel: w, geometry) : nil,
        needsW ? TransposedConvolution.kernelGradient(input: x, outputGradient: g, geometry) : nil,
        TransposedConvolution.biasGradient(g),
      ]
    }
  }
}
