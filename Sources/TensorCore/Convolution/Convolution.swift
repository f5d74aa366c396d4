import CKernels
import COneDNN

/// Convolution over one to three space axes, and its gradients. Shapes have been checked by the geometry.
package enum Convolution {
  /// The output `[batch, space…, output channels]`, put through an activation that works value by value.
  package static func forward(
    _ input: Tensor, kernel: Tensor, bias: Tensor?, activation: Activation = .linear,
    _ geometry: ConvolutionGeometry
  ) -> Tensor {
    require(input, "an input", of: geometry.inputShape)
    require(kernel, "a kernel", of: geometry.kernelShape)
    require(bias, "a bias", ofCount: geometry.outputChannels)
    guard let function = activation.vectorFunction, Backend.current == .oneDNN else {
      return ActivationFunction.forward(
        forward(input, kernel: kernel, bias: bias, function: squall_function_linear, geometry), activation)
    }
    return forward(input, kernel: kernel, bias: bias, function: function, geometry)
  }

  private static func forward(
    _ input: Tensor, kernel: Tensor, bias: Tensor?, function: squall_function,
    _ geometry: ConvolutionGeometry
  ) -> Tensor {
    let (input, kernel) = (Precision.operand(input), Precision.operand(kernel))
    let b = bias.map { UnsafePointer($0.storage.address) }
    if let winograd = WinogradConvolution(.forward, geometry) {
      return Tensor(shape: geometry.outputShape) { out in
        withExtendedLifetime((input, kernel, bias)) {
          winograd.forward(
            input.storage.address, winograd.packed(kernel.storage.address), bias: b, activation: function,
            into: out.baseAddress!)
        }
      }
    }
    if let fast = FastConvolution(.forward, geometry, withBias: bias != nil) {
      return Tensor(shape: geometry.outputShape) { out in
        withExtendedLifetime((input, kernel, bias)) {
          let y = out.baseAddress!
          fast.forward(input.storage.address, fast.packed(kernel.storage.address), bias: b, into: y)
          if function != squall_function_linear { squall_apply(function, y, y, Int64(out.count)) }
        }
      }
    }
    let y = PlainConvolution.forward(
      input.values, kernel: kernel.values, bias: bias?.values, geometry)
    let output = Tensor(y, shape: geometry.outputShape)
    return VectorFunction.forward(output, function) ?? output
  }

  /// The cotangent of the input `[batch, space…, input channels]`.
  package static func inputGradient(
    _ outputGradient: Tensor, kernel: Tensor, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    require(outputGradient, "a cotangent", of: geometry.outputShape)
    require(kernel, "a kernel", of: geometry.kernelShape)
    let (outputGradient, kernel) = (Precision.operand(outputGradient), Precision.operand(kernel))
    if let winograd = WinogradConvolution(.inputGradient, geometry) {
      return Tensor(shape: geometry.inputShape) { out in
        withExtendedLifetime((outputGradient, kernel)) {
          winograd.inputGradient(
            outputGradient.storage.address, winograd.packed(kernel.storage.address),
            into: out.baseAddress!)
        }
      }
    }
    if let fast = FastConvolution(.inputGradient, geometry) {
      return Tensor(shape: geometry.inputShape) { out in
        outputGradient.withUnsafeValues { dy in
          kernel.withUnsafeValues { w in
            fast.inputGradient(dy.baseAddress!, fast.packed(w.baseAddress!), into: out.baseAddress!)
          }
        }
      }
    }
    let dx = PlainConvolution.inputGradient(outputGradient.values, kernel: kernel.values, geometry)
    return Tensor(dx, shape: geometry.inputShape)
  }

  /// The cotangent of the kernel `[kernel space…, input channels, output channels]`.
  package static func kernelGradient(
    input: Tensor, outputGradient: Tensor, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    require(input, "an input", of: geometry.inputShape)
    require(outputGradient, "a cotangent", of: geometry.outputShape)
    let (input, outputGradient) = (Precision.operand(input), Precision.operand(outputGradient))
    if let winograd = WinogradConvolution(.kernelGradient, geometry) {
      return Tensor(shape: geometry.kernelShape) { out in
        withExtendedLifetime((input, outputGradient)) {
          winograd.kernelGradient(
            input.storage.address, outputGradient.storage.address, into: out.baseAddress!)
        }
      }
    }
    if let fast = FastConvolution(.kernelGradient, geometry) {
      return Tensor(shape: geometry.kernelShape) { out in
        input.withUnsafeValues { x in
          outputGradient.withUnsafeValues { dy in
            fast.kernelGradient(x.baseAddress!, dy.baseAddress!, into: out.baseAddress!)
          }
        }
      }
    }
    let dw = PlainConvolution.kernelGradient(input.values, outputGradient.values, geometry)
    return Tensor(dw, shape: geometry.kernelShape)
  }

  /// The cotangent of a bias along the last axis: the sum over all others.
  package static func biasGradient(_ outputGradient: Tensor) -> Tensor {
    let columns = outputGradient.shape[-1]
    let rows = outputGradient.count / max(columns, 1)
    return Tensor(shape: [columns]) { out in
      outputGradient.withUnsafeValues { dy in
        guard let dy = dy.baseAddress, let out = out.baseAddress else { return }
        squall_sum_rows(dy, out, Int64(rows), Int64(columns))
      }
    }
  }
}
