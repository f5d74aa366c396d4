/// The sizes of one convolution, channels last: input `[batch, space…, input channels]`, kernel
/// `[kernel space…, input channels, output channels]`, output `[batch, space…, output channels]`, with one to
/// three space axes.
///
/// output[n, p, o] = Σ over taps k and channels c of kernel[k, c, o] · input[n, p·stride + k·dilation −
/// paddingBefore, c]
@usableFromInline
package struct ConvolutionGeometry: Hashable, Sendable {
  package private(set) var batch: Int
  package let inputSize: [Int]
  @usableFromInline package let inputChannels: Int
  package let outputSize: [Int]
  @usableFromInline package let outputChannels: Int
  package let kernelSize: [Int]
  package let strides: [Int]
  package let dilations: [Int]
  package let paddingBefore: [Int]
  package let paddingAfter: [Int]

  /// The number of space axes.
  package var spatialRank: Int { inputSize.count }

  @usableFromInline package var inputShape: Shape { Shape([batch] + inputSize + [inputChannels]) }
  @usableFromInline package var kernelShape: Shape { Shape(kernelSize + [inputChannels, outputChannels]) }
  @usableFromInline package var outputShape: Shape { Shape([batch] + outputSize + [outputChannels]) }

  /// Floating-point operations of the forward pass, a multiplication and an addition counted as two, taps on
  /// the padding included.
  package var flops: Int { 2 * outputShape.count * kernelSize.reduce(inputChannels, *) }

  /// The sizes that Keras' `Conv1D/2D/3D` give.
  ///
  /// - Parameters:
  ///   - input: `[batch, space…, input channels]`
  ///   - kernel: `[kernel space…, input channels, output channels]`
  ///   - strides: one for each space axis.
  ///   - dilations: one for each space axis; 1 is an undilated kernel.
  ///   - padding: how windows meet the border.
  ///   - place: the layer's name, for the error.
  /// - Throws: `ShapeError` for a wrong rank, channels that differ, an empty axis, a kernel larger than the input
  ///   under `valid`, a stride together with a dilation.
  package init(
    input: Shape, kernel: Shape, strides: [Int], dilations: [Int], padding: Padding,
    in place: String = "convolution"
  ) throws(ShapeError) {
    let space = input.rank - 2
    try Self.check(input: input, kernel: kernel, strides: strides, dilations: dilations, in: place)
    guard input[-1] == kernel[-2] else {
      throw ShapeError(
        .wrongChannels, in: place, expected: "\(kernel[-2]) input channels, as the kernel \(kernel) has",
        received: "\(input[-1]) channels in \(input)",
        remedy: "Build the layer for \(input[-1]) channels, or give it what it was built for.")
    }
    let inputSize = Array(input.dimensions[1..<(1 + space)])
    let kernelSize = Array(kernel.dimensions[..<space])
    for axis in 0..<space {
      let reach = (kernelSize[axis] - 1) * dilations[axis] + 1
      guard padding != .valid || reach <= inputSize[axis] else {
        throw ShapeError(
          .kernelLargerThanInput, in: place,
          expected: "at least \(reach) elements along space axis \(axis) for valid padding",
          received: "\(inputSize[axis]) in \(input)",
          remedy: "Use `same` padding, a smaller kernel or a larger input.")
      }
    }
    self.init(
      batch: input[0], inputSize: inputSize, inputChannels: input[-1],
      outputSize: (0..<space).map { axis in
        padding.outputLength(
          inputSize[axis], kernel: kernelSize[axis], stride: strides[axis], dilation: dilations[axis])
      },
      outputChannels: kernel[-1], kernelSize: kernelSize, strides: strides, dilations: dilations,
      padding: padding)
  }

  /// Sizes that are known to fit; the padding is that of `inputSize`.
  init(
    batch: Int, inputSize: [Int], inputChannels: Int, outputSize: [Int], outputChannels: Int,
    kernelSize: [Int], strides: [Int], dilations: [Int], padding: Padding
  ) {
    let amounts = inputSize.indices.map { axis in
      padding.amounts(
        inputSize[axis], kernel: kernelSize[axis], stride: strides[axis], dilation: dilations[axis])
    }
    self.batch = batch
    self.inputSize = inputSize
    self.inputChannels = inputChannels
    self.outputSize = outputSize
    self.outputChannels = outputChannels
    self.kernelSize = kernelSize
    self.strides = strides
    self.dilations = dilations
    paddingBefore = amounts.map(\.before)
    paddingAfter = amounts.map(\.after)
  }

  /// Sizes and padding that are known to fit, stride 1, no dilation.
  init(
    batch: Int, inputSize: [Int], inputChannels: Int, outputSize: [Int], outputChannels: Int,
    kernelSize: [Int], paddingBefore: [Int], paddingAfter: [Int]
  ) {
    self.batch = batch
    self.inputSize = inputSize
    self.inputChannels = inputChannels
    self.outputSize = outputSize
    self.outputChannels = outputChannels
    self.kernelSize = kernelSize
    strides = kernelSize.map { _ in 1 }
    dilations = strides
    self.paddingBefore = paddingBefore
    self.paddingAfter = paddingAfter
  }

  /// The same convolution of another number of samples.
  package func withBatch(_ batch: Int) -> ConvolutionGeometry {
    var copy = self
    copy.batch = batch
    return copy
  }

  /// What convolutions and transposed convolutions ask of their options alike.
  static func check(
    input: Shape, kernel: Shape, strides: [Int], dilations: [Int], in place: String
  ) throws(ShapeError) {
    let space = input.rank - 2
    guard (1...3).contains(space), kernel.rank == space + 2 else {
      throw ShapeError(
        .wrongRank, in: place,
        expected: "[batch, space…, channels] with one to three space axes and a kernel of as many",
        received: "input \(input), kernel \(kernel)",
        remedy: "Reshape the input, or fold time into the batch with TimeDistributed.")
    }
    if let axis = input.dimensions.firstIndex(where: { $0 < 1 }) {
      throw ShapeError(
        .emptyDimension, in: place, expected: "at least one element along every axis",
        received: "axis \(axis) of \(input) is empty", remedy: "Leave empty batches and frames out.")
    }
    if let axis = kernel.dimensions.firstIndex(where: { $0 < 1 }) {
      throw ShapeError(
        .emptyDimension, in: place, expected: "a kernel with at least one element along every axis",
        received: "axis \(axis) of \(kernel) is empty", remedy: "Choose a kernel size and filters from 1.")
    }
    guard strides.count == space, dilations.count == space,
      strides.allSatisfy({ $0 >= 1 }), dilations.allSatisfy({ $0 >= 1 })
    else {
      throw ShapeError(
        .invalidOption, in: place, expected: "\(space) strides and \(space) dilations, each from 1",
        received: "strides \(strides), dilations \(dilations)", remedy: "Give one for each space axis.")
    }
    guard strides.allSatisfy({ $0 == 1 }) || dilations.allSatisfy({ $0 == 1 }) else {
      throw ShapeError(
        .strideWithDilation, in: place, expected: "strides or dilations other than 1, not both",
        received: "strides \(strides), dilations \(dilations)", remedy: "Set one of them to 1.")
    }
  }
}
