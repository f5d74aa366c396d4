/// The sizes of one transposed convolution: the convolution whose input gradient it is, mirrored.
///
/// Its kernel is Keras' `[kernel space…, output channels, input channels]`, which is exactly the kernel
/// `[…, input, output]` of the mirrored convolution.
package struct TransposedConvolutionGeometry: Hashable, Sendable {
  /// The convolution from this operation's output back to its input.
  package let mirrored: ConvolutionGeometry

  package var inputShape: Shape { mirrored.outputShape }
  package var kernelShape: Shape { mirrored.kernelShape }
  package var outputShape: Shape { mirrored.inputShape }

  /// Floating-point operations of the forward pass.
  package var flops: Int { mirrored.flops }

  /// The sizes that Keras' `Conv1D/2D/3DTranspose` give.
  ///
  /// - Parameters:
  ///   - input: `[batch, space…, input channels]`
  ///   - kernel: `[kernel space…, output channels, input channels]`
  ///   - strides: one for each space axis.
  ///   - dilations: one for each space axis; 1 is an undilated kernel.
  ///   - padding: how windows meet the border, as in the convolution that it mirrors.
  ///   - outputPadding: what is added to the smallest output size, for each space axis; `nil` gives
  ///     size · stride under `same` and size · stride + max(kernel − stride, 0) under `valid`.
  ///   - place: the layer's name, for the error.
  /// - Throws: `ShapeError` as a convolution does, and for an output padding that no convolution mirrors.
  package init(
    input: Shape, kernel: Shape, strides: [Int], dilations: [Int], padding: Padding,
    outputPadding: [Int]? = nil, in place: String = "transposed convolution"
  ) throws(ShapeError) {
    let space = input.rank - 2
    try ConvolutionGeometry.check(
      input: input, kernel: kernel, strides: strides, dilations: dilations, in: place)
    guard input[-1] == kernel[-1] else {
      throw ShapeError(
        .wrongChannels, in: place, expected: "\(kernel[-1]) input channels, as the kernel \(kernel) has",
        received: "\(input[-1]) channels in \(input)",
        remedy: "Build the layer for \(input[-1]) channels, or give it what it was built for.")
    }
    guard outputPadding.map({ $0.count == space && $0.allSatisfy { $0 >= 0 } }) ?? true else {
      throw ShapeError(
        .invalidOption, in: place, expected: "\(space) output paddings from 0",
        received: "\(outputPadding ?? [])", remedy: "Give one for each space axis, or none.")
    }
    let inputSize = Array(input.dimensions[1..<(1 + space)])
    let kernelSize = Array(kernel.dimensions[..<space])
    let outputSize = (0..<space).map { axis in
      padding.transposedLength(
        inputSize[axis], kernel: kernelSize[axis], stride: strides[axis], dilation: dilations[axis],
        outputPadding: outputPadding?[axis])
    }
    for axis in 0..<space {
      let back = padding.outputLength(
        outputSize[axis], kernel: kernelSize[axis], stride: strides[axis], dilation: dilations[axis])
      guard outputSize[axis] > 0, back == inputSize[axis] else {
        throw ShapeError(
          .invalidOption, in: place,
          expected: "an output size along space axis \(axis) that a convolution takes back to "
            + "\(inputSize[axis])",
          received: "\(outputSize[axis]), which it takes to \(max(back, 0))",
          remedy: "Use an output padding below the stride \(strides[axis]), or none.")
      }
    }
    mirrored = ConvolutionGeometry(
      batch: input[0], inputSize: outputSize, inputChannels: kernel[-2], outputSize: inputSize,
      outputChannels: kernel[-1], kernelSize: kernelSize, strides: strides, dilations: dilations,
      padding: padding)
  }
}
