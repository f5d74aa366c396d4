/// The options of a ConvLSTM by Keras' names. Strides, dilations and padding are those of the input's convolution;
/// the recurrent convolution always has stride 1, `same` padding and no dilation.
public struct ConvLSTMOptions: Hashable, Sendable {
  /// One for each space axis; `nil` is 1 everywhere.
  public var strides: [Int]?
  public var dilations: [Int]?
  public var padding: Padding
  /// Of the candidate g and of the cell state on its way out.
  public var activation: Activation
  /// Of the gates i, f and o.
  public var recurrentActivation: Activation
  /// Takes the time steps from the last to the first; outputs are in the order taken.
  public var goBackwards: Bool

  public init(
    strides: [Int]? = nil, dilations: [Int]? = nil, padding: Padding = .valid,
    activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid, goBackwards: Bool = false
  ) {
    self.strides = strides
    self.dilations = dilations
    self.padding = padding
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.goBackwards = goBackwards
  }
}

/// The sizes of one ConvLSTM over a sequence: input `[batch, time, space…, channels]`, kernel
/// `[kernel space…, channels, 4 filters]`, recurrent kernel `[kernel space…, filters, 4 filters]`, bias
/// `[4 filters]`, states `[batch, output space…, filters]`, gates in the order i, f, c, o.
package struct ConvLSTMGeometry: Hashable, Sendable {
  package private(set) var time: Int
  package let options: ConvLSTMOptions
  /// The input's convolution at one time step.
  package let inputConvolution: ConvolutionGeometry
  /// The hidden state's convolution at one time step.
  package let recurrentConvolution: ConvolutionGeometry

  package var batch: Int { inputConvolution.batch }
  package var filters: Int { recurrentConvolution.inputChannels }
  package var inputShape: Shape {
    Shape([batch, time] + inputConvolution.inputSize + [inputConvolution.inputChannels])
  }
  package var kernelShape: Shape { inputConvolution.kernelShape }
  package var recurrentKernelShape: Shape { recurrentConvolution.kernelShape }
  package var biasShape: Shape { [4 * filters] }
  /// Of the hidden and the cell state.
  package var stateShape: Shape { recurrentConvolution.inputShape }
  /// Of all hidden states.
  package var sequenceShape: Shape { Shape([batch, time] + Array(stateShape.dimensions.dropFirst())) }

  /// Floating-point operations of the forward pass: the convolutions, and ten for each value of the state.
  package var flops: Int {
    time * (inputConvolution.flops + recurrentConvolution.flops + 10 * stateShape.count)
  }

  /// - Throws: `ShapeError` for a wrong rank, channels or filters that differ, an empty axis, a kernel larger than
  ///   the input under `valid`, a stride together with a dilation.
  package init(
    input: Shape, kernel: Shape, recurrentKernel: Shape, options: ConvLSTMOptions,
    in place: String = "ConvLSTM"
  ) throws(ShapeError) {
    let space = input.rank - 3
    guard (1...3).contains(space) else {
      throw ShapeError(
        .wrongRank, in: place,
        expected: "[batch, time, space…, channels] with one to three space axes", received: "\(input)",
        remedy: "Add the missing axis, for instance a channel axis of length 1.")
    }
    guard input[1] > 0 else {
      throw ShapeError(
        .emptyDimension, in: place, expected: "at least one time step", received: "\(input)",
        remedy: "Leave empty sequences out.")
    }
    let frame = Shape([input[0]] + input.dimensions.dropFirst(2))
    let ones = [Int](repeating: 1, count: space)
    inputConvolution = try ConvolutionGeometry(
      input: frame, kernel: kernel, strides: options.strides ?? ones, dilations: options.dilations ?? ones,
      padding: options.padding, in: place)
    let filters = kernel[-1] / 4
    let state = Shape([input[0]] + inputConvolution.outputSize + [filters])
    guard kernel[-1] == 4 * filters, recurrentKernel.rank == space + 2, recurrentKernel[-2] == filters,
      recurrentKernel[-1] == 4 * filters
    else {
      throw ShapeError(
        .wrongLength, in: place,
        expected: "kernels [kernel space…, channels, 4 filters] and [kernel space…, filters, 4 filters]",
        received: "\(kernel) and \(recurrentKernel)",
        remedy: "Build the layer anew, or load matching weights.")
    }
    recurrentConvolution = try ConvolutionGeometry(
      input: state, kernel: recurrentKernel, strides: ones, dilations: ones, padding: .same, in: place)
    time = input[1]
    self.options = options
  }
}

extension ConvLSTMGeometry: GatedGeometry {
  func withTime(_ time: Int) -> ConvLSTMGeometry {
    var copy = self
    copy.time = time
    return copy
  }

  var layout: GatedLayout {
    GatedLayout(
      batch: batch, time: time, positions: inputConvolution.outputSize.reduce(1, *), units: filters,
      inputCount: inputConvolution.inputShape.count / batch, activation: options.activation,
      recurrentActivation: options.recurrentActivation, goBackwards: options.goBackwards)
  }

  func maps(
    kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>
  ) -> (input: any StepMap, recurrent: any StepMap) {
    (
      ConvolutionMap(inputConvolution, kernel: kernel),
      ConvolutionMap(recurrentConvolution, kernel: recurrentKernel)
    )
  }

  func winograd(
    kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>, owners: [Storage]?
  ) -> WinogradConvLSTM? {
    WinogradConvLSTM(self, kernel: kernel, recurrentKernel: recurrentKernel, owners: owners)
  }

  func pointwise(
    kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>
  ) -> PointwiseConvLSTM? {
    PointwiseConvLSTM(self, kernel: kernel, recurrentKernel: recurrentKernel)
  }

  func plain<S: PlainScalar>(kernel: [S], recurrentKernel: [S]) -> PlainGatedSequence<S> {
    func map(_ kernel: [S], _ g: ConvolutionGeometry) -> PlainGatedSequence<S>.Map {
      PlainGatedSequence<S>.Map(
        apply: { PlainConvolution.forward($0, kernel: kernel, bias: nil, g) },
        inputGradient: { PlainConvolution.inputGradient($0, kernel: kernel, g) },
        kernelGradient: { PlainConvolution.kernelGradient($0, $1, g) })
    }
    return PlainGatedSequence(
      inputMap: map(kernel, inputConvolution), recurrentMap: map(recurrentKernel, recurrentConvolution),
      units: filters, activation: options.activation, recurrentActivation: options.recurrentActivation)
  }
}
