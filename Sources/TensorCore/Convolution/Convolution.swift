import CKernels
import COneDNN

/// Convolution over one to three space axes, and its gradients. Shapes have been checked by the geometry.
public enum Convolution {
  /// The output `[batch, space…, output channels]`.
  public static func forward(
    _ input: Tensor, kernel: Tensor, bias: Tensor?, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    precondition(input.shape == geometry.inputShape && kernel.shape == geometry.kernelShape)
    precondition(bias.map { $0.count == geometry.outputChannels } ?? true)
    if let winograd = WinogradConvolution(.forward, geometry) {
      return Tensor(shape: geometry.outputShape) { out in
        withExtendedLifetime((input, kernel, bias)) {
          winograd.forward(
            input.storage.address, winograd.packed(kernel.storage.address),
            bias: bias.map { UnsafePointer($0.storage.address) },
            into: out.baseAddress!)
        }
      }
    }
    if let fast = FastConvolution(.forward, geometry, withBias: bias != nil) {
      return Tensor(shape: geometry.outputShape) { out in
        input.withUnsafeValues { x in
          kernel.withUnsafeValues { w in
            let packed = fast.packed(w.baseAddress!)
            if let bias {
              bias.withUnsafeValues { b in
                fast.forward(
                  x.baseAddress!, packed, bias: b.baseAddress!, into: out.baseAddress!)
              }
            } else {
              fast.forward(x.baseAddress!, packed, bias: nil, into: out.baseAddress!)
            }
          }
        }
      }
    }
    let y = PlainConvolution.forward(
      input.values, kernel: kernel.values, bias: bias?.values, geometry)
    return Tensor(y, shape: geometry.outputShape)
  }

  /// The cotangent of the input `[batch, space…, input channels]`.
  public static func inputGradient(
    _ outputGradient: Tensor, kernel: Tensor, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    precondition(
      outputGradient.shape == geometry.outputShape && kernel.shape == geometry.kernelShape)
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
  public static func kernelGradient(
    input: Tensor, outputGradient: Tensor, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    precondition(
      input.shape == geometry.inputShape && outputGradient.shape == geometry.outputShape)
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
  public static func biasGradient(_ outputGradient: Tensor) -> Tensor {
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
