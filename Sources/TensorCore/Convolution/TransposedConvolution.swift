import CKernels

/// Transposed convolution, and its gradients: each is an operation of the mirrored convolution. Shapes have been
/// checked by the geometry.
package enum TransposedConvolution {
  /// The output `[batch, space…, output channels]`.
  package static func forward(
    _ input: Tensor, kernel: Tensor, bias: Tensor?, _ geometry: TransposedConvolutionGeometry
  ) -> Tensor {
    var output = Convolution.inputGradient(input, kernel: kernel, geometry.mirrored)
    if let bias {
      let columns = output.shape[-1]
      let rows = output.count / columns
      require(bias, "a bias", ofCount: columns)
      output.withUnsafeMutableValues { y in
        bias.withUnsafeValues { b in
          squall_add_to_rows(b.baseAddress!, y.baseAddress!, Int64(rows), Int64(columns))
        }
      }
    }
    return output
  }

  /// The cotangent of the input `[batch, space…, input channels]`.
  package static func inputGradient(
    _ outputGradient: Tensor, kernel: Tensor, _ geometry: TransposedConvolutionGeometry
  ) -> Tensor {
    Convolution.forward(outputGradient, kernel: kernel, bias: nil, geometry.mirrored)
  }

  /// The cotangent of the kernel `[kernel space…, output channels, input channels]`.
  package static func kernelGradient(
    input: Tensor, outputGradient: Tensor, _ geometry: TransposedConvolutionGeometry
  ) -> Tensor {
    Convolution.kernelGradient(input: outputGradient, outputGradient: input, geometry.mirrored)
  }

  /// The cotangent of the bias `[output channels]`.
  package static func biasGradient(_ outputGradient: Tensor) -> Tensor {
    Convolution.biasGradient(outputGradient)
  }
}
