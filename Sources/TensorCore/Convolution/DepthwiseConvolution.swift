/// Convolution of every channel by itself, and its gradients. Shapes have been checked by the geometry, whose output
/// channels are the outputs of one input channel: the depth multiplier m.
///
/// output[n, p, c·m + j] = Σ over taps k of kernel[k, c, j] · input[n, p·stride + k·dilation − paddingBefore, c]
package enum DepthwiseConvolution {
  /// The output `[batch, space…, channels · m]` for a kernel `[kernel space…, channels, m]`.
  package static func forward(_ input: Tensor, kernel: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
    require(input, "an input", of: geometry.inputShape)
    require(kernel, "a kernel", of: geometry.kernelShape)
    let (input, kernel) = (Precision.operand(input), Precision.operand(kernel))
    let (channels, each) = (geometry.inputChannels, geometry.outputChannels)
    let walk = WindowWalk(geometry)
    let rows = walk.outputSize[0] * walk.outputSize[1]
    return Tensor(shape: outputShape(geometry)) { out in
      out.initialize(repeating: 0)
      input.withUnsafeValues { x in
        kernel.withUnsafeValues { w in
          let (x, w, out) = (x.baseAddress!, w.baseAddress!, out.baseAddress!)
          // Every row of outputs is written by one thread.
          ThreadTeam.forEach(count: geometry.batch * rows) { part in
            for row in part {
              let (z, y) = (row % rows / walk.outputSize[1], row % walk.outputSize[1])
              for column in 0..<walk.outputSize[2] {
                let to = out + (row * walk.outputSize[2] + column) * channels * each
                walk.forEachElement(row / rows, z, y, column) { pixel, tap in
                  let (from, weights) = (x + pixel * channels, w + tap * channels * each)
                  if each == 1 {
                    for c in 0..<channels { to[c] += from[c] * weights[c] }
                  } else {
                    for c in 0..<channels {
                      for j in 0..<each { to[c * each + j] += from[c] * weights[c * each + j] }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// The cotangent of the input.
  package static func inputGradient(
    _ outputGradient: Tensor, kernel: Tensor, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    let (outputGradient, kernel) = (Precision.operand(outputGradient), Precision.operand(kernel))
    let (channels, each) = (geometry.inputChannels, geometry.outputChannels)
    return Tensor(shape: geometry.inputShape) { out in
      out.initialize(repeating: 0)
      outputGradient.withUnsafeValues { g in
        kernel.withUnsafeValues { w in
          let (g, w, out) = (g.baseAddress!, w.baseAddress!, out.baseAddress!)
          let one = geometry.withBatch(1)
          let pixels = geometry.inputSize.reduce(1, *)
          let outputs = geometry.outputSize.reduce(1, *)
          ThreadTeam.forEach(count: geometry.batch) { part in
            for sample in part {
              WindowWalk(one).forEach { output, pixel, tap in
                let to = out + (sample * pixels + pixel) * channels
                let from = g + (sample * outputs + output) * channels * each
                let weights = w + tap * channels * each
                if each == 1 {
                  for c in 0..<channels { to[c] += from[c] * weights[c] }
                } else {
                  for c in 0..<channels {
                    for j in 0..<each { to[c] += from[c * each + j] * weights[c * each + j] }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// The cotangent of the kernel, summed in `Double`.
  package static func kernelGradient(
    input: Tensor, outputGradient: Tensor, _ geometry: ConvolutionGeometry
  ) -> Tensor {
    let (input, outputGradient) = (Precision.operand(input), Precision.operand(outputGradient))
    let (channels, each) = (geometry.inputChannels, geometry.outputChannels)
    let taps = geometry.kernelSize.reduce(1, *)
    return Tensor(shape: geometry.kernelShape) { out in
      input.withUnsafeValues { x in
        outputGradient.withUnsafeValues { g in
          let (x, g, out) = (x.baseAddress!, g.baseAddress!, out.baseAddress!)
          // Every thread has channels of its own, so the order of the sum is always the same.
          ThreadTeam.forEach(count: channels, grain: 8) { part in
            var sums = [Double](repeating: 0, count: taps * part.count * each)
            sums.withUnsafeMutableBufferPointer { sums in
              WindowWalk(geometry).forEach { output, pixel, tap in
                let (from, cotangent) = (x + pixel * channels, g + output * channels * each)
                for c in part {
                  for j in 0..<each {
                    sums[(tap * part.count + c - part.lowerBound) * each + j] +=
                      Double(from[c]) * Double(cotangent[c * each + j])
                  }
                }
              }
            }
            for tap in 0..<taps {
              for c in part {
                for j in 0..<each {
                  (out + (tap * channels + c) * each + j).initialize(
                    to: Float(sums[(tap * part.count + c - part.lowerBound) * each + j]))
                }
              }
            }
          }
        }
      }
    }
  }

  private static func outputShape(_ geometry: ConvolutionGeometry) -> Shape {
    Shape([geometry.batch] + geometry.outputSize + [geometry.inputChannels * geometry.outputChannels])
  }
}
