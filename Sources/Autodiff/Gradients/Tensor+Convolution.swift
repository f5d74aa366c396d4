import TensorCore

extension Tensor {
  /// The convolution of maps `[batch, spatial…, channels]` with a kernel `[kernel…, channels, filters]`, plus
  /// a bias `[filters]`, put through an activation.
  package func convolved(
    with kernel: Tensor, bias: Tensor?, activation: Activation = .linear, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    guard activation == .linear || ActivationFunction.followsFromOutput(activation) else {
      return convolved(with: kernel, bias: bias, geometry).activated(by: activation)
    }
    let (x, w) = (detached, kernel.detached)
    let (needsX, needsW) = (isTracked, kernel.isTracked)
    let output = Convolution.forward(x, kernel: w, bias: bias?.detached, activation: activation, geometry)
    let inputs = [self, kernel] + (bias.map { [$0] } ?? [])
    guard inputs.contains(where: \.isTracked) else { return output }
    let keptX = needsW ? KeptTensor(x) : nil
    let keptY = activation == .linear ? nil : KeptTensor(output, of: activation)
    return recorded(output, from: inputs) { cotangent in
      let g = keptY.map { ActivationFunction.gradient(cotangent, output: $0.tensor, activation) } ?? cotangent
      let bias = Convolution.biasGradient(g)
      let factor = Precision.operand(taking: g)
      return [
        needsX ? Convolution.inputGradient(factor, kernel: w, geometry) : nil,
        keptX.map { Convolution.kernelGradient(input: $0.tensor, outputGradient: factor, geometry) }, bias,
      ]
    }
  }

  /// The convolution of maps `[batch, height, width, channels]` with a kernel `[ky, kx, channels, filters]`,
  /// plus a bias `[filters]`, rectified where `convolution` says so, and the largest value of each window of
  /// the result: `[batch, windows down, windows across, filters]`, in one pass.
  package func convolvedAndPooled(
    with kernel: Tensor, bias: Tensor?, _ convolution: PooledConvolution
  ) -> Tensor {
    let (x, w) = (detached, kernel.detached)
    let inputs = [self, kernel] + (bias.map { [$0] } ?? [])
    let isTracked = inputs.map(\.isTracked)
    let (output, winners) = convolution.forward(
      x, kernel: w, bias: bias?.detached, keepingWinners: isTracked.contains(true))
    guard let winners else { return output }
    let keptX = isTracked[1] ? KeptTensor(x) : nil
    return recorded(output, from: inputs) { g in
      let gradients = convolution.gradients(
        g, winners: winners, input: keptX?.tensor, kernel: w, wantsInput: isTracked[0],
        wantsBias: isTracked.count > 2 && isTracked[2])
      return [gradients.input, gradients.kernel, gradients.bias]
    }
  }

  /// The transposed convolution of maps `[batch, spatial…, channels]` with a kernel
  /// `[kernel…, filters, channels]`, plus a bias `[filters]`.
  package func transposedConvolved(
    with kernel: Tensor, bias: Tensor?, _ geometry: TransposedConvolutionGeometry
  ) -> Tensor {
    let (x, w) = (detached, kernel.detached)
    let (needsX, needsW) = (isTracked, kernel.isTracked)
    let output = TransposedConvolution.forward(x, kernel: w, bias: bias?.detached, geometry)
    let inputs = [self, kernel] + (bias.map { [$0] } ?? [])
    guard inputs.contains(where: \.isTracked) else { return output }
    let keptX = needsW ? KeptTensor(x) : nil
    return recorded(output, from: inputs) { g in
      let factor = Precision.operand(g)
      return [
        needsX ? TransposedConvolution.inputGradient(factor, kernel: w, geometry) : nil,
        keptX.map {
          TransposedConvolution.kernelGradient(input: $0.tensor, outputGradient: factor, geometry)
        },
        TransposedConvolution.biasGradient(g),
      ]
    }
  }

  /// The convolution of every channel by itself, of maps `[batch, spatial…, channels]` with a kernel
  /// `[kernel…, channels, multiplier]`: `[batch, spatial…, channels · multiplier]`.
  package func depthwiseConvolved(with kernel: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
    let (x, w) = (detached, kernel.detached)
    let (needsX, needsW) = (isTracked, kernel.isTracked)
    let keptX = needsW ? KeptTensor(x) : nil
    return recorded(DepthwiseConvolution.forward(x, kernel: w, geometry), from: [self, kernel]) { g in
      [
        needsX ? DepthwiseConvolution.inputGradient(g, kernel: w, geometry) : nil,
        keptX.map { DepthwiseConvolution.kernelGradient(input: $0.tensor, outputGradient: g, geometry) },
      ]
    }
  }
}
