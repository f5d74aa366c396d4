/// Convolution as its formula says, generic over `Float` and `Double`.
@usableFromInline
package enum PlainConvolution {
  /// output[p, o] = bias[o] + Σ kernel[k, c, o] · input[p·stride + k·dilation − padding, c]
  @inlinable
  package static func forward<S: PlainScalar>(
    _ input: [S], kernel: [S], bias: [S]?, _ g: ConvolutionGeometry
  ) -> [S] {
    let (input, kernel) = (Precision.operand(input), Precision.operand(kernel))
    var output = [S](repeating: 0, count: g.outputShape.count)
    if let bias { for i in output.indices { output[i] = bias[i % g.outputChannels] } }
    input.withUnsafeBufferPointer { x in
      kernel.withUnsafeBufferPointer { w in
        output.withUnsafeMutableBufferPointer { y in
          WindowWalk(g).forEach { output, input, tap in
            let at = output * g.outputChannels
            let from = input * g.inputChannels
            for c in 0..<g.inputChannels {
              let value = x[from + c]
              let weights = (tap * g.inputChannels + c) * g.outputChannels
              for o in 0..<g.outputChannels { y[at + o] += value * w[weights + o] }
            }
          }
        }
      }
    }
    return output
  }

  /// The transpose of `forward` with respect to the input.
  @inlinable
  package static func inputGradient<S: PlainScalar>(
    _ outputGradient: [S], kernel: [S], _ g: ConvolutionGeometry
  ) -> [S] {
    let (outputGradient, kernel) = (Precision.operand(outputGradient), Precision.operand(kernel))
    var inputGradient = [S](repeating: 0, count: g.inputShape.count)
    outputGradient.withUnsafeBufferPointer { dy in
      kernel.withUnsafeBufferPointer { w in
        inputGradient.withUnsafeMutableBufferPointer { dx in
          WindowWalk(g).forEach { output, input, tap in
            let at = output * g.outputChannels
            let from = input * g.inputChannels
            for c in 0..<g.inputChannels {
              let weights = (tap * g.inputChannels + c) * g.outputChannels
              var sum: S = 0
              for o in 0..<g.outputChannels { sum += dy[at + o] * w[weights + o] }
              dx[from + c] += sum
            }
          }
        }
      }
    }
    return inputGradient
  }

  /// The transpose of `forward` with respect to the kernel.
  @inlinable
  package static func kernelGradient<S: PlainScalar>(
    _ input: [S], _ outputGradient: [S], _ g: ConvolutionGeometry
  ) -> [S] {
    let (input, outputGradient) = (Precision.operand(input), Precision.operand(outputGradient))
    var kernelGradient = [S](repeating: 0, count: g.kernelShape.count)
    input.withUnsafeBufferPointer { x in
      outputGradient.withUnsafeBufferPointer { dy in
        kernelGradient.withUnsafeMutableBufferPointer { dw in
          WindowWalk(g).forEach { output, input, tap in
            let at = output * g.outputChannels
            let from = input * g.inputChannels
            for c in 0..<g.inputChannels {
              let value = x[from + c]
              let weights = (tap * g.inputChannels + c) * g.outputChannels
              for o in 0..<g.outputChannels { dw[weights + o] += value * dy[at + o] }
            }
          }
        }
      }
    }
    return kernelGradient
  }

  /// The sum over all axes but the last, which has `columns` elements.
  @inlinable
  package static func biasGradient<S: PlainScalar>(_ outputGradient: [S], columns: Int) -> [S] {
    var sums = [S](repeating: 0, count: columns)
    for (i, value) in outputGradient.enumerated() { sums[i % columns] += value }
    return sums
  }
}
