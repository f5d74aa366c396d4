/// The sizes of one LSTM over a sequence: input `[batch, time, channels]`, kernel `[channels, 4 units]`, recurrent
/// kernel `[units, 4 units]`, bias `[4 units]`, states `[batch, units]`, gates in the order i, f, c, o.
package struct LSTMGeometry: Hashable, Sendable {
  package let batch: Int
  package private(set) var time: Int
  package let channels: Int
  package let units: Int
  /// Of the candidate g and of the cell state on its way out.
  package let activation: Activation
  /// Of the gates i, f and o.
  package let recurrentActivation: Activation
  /// Takes the time steps from the last to the first; outputs are in the order taken.
  package let goBackwards: Bool

  package var inputShape: Shape { [batch, time, channels] }
  package var kernelShape: Shape { [channels, 4 * units] }
  package var recurrentKernelShape: Shape { [units, 4 * units] }
  package var biasShape: Shape { [4 * units] }
  /// Of the hidden and the cell state.
  package var stateShape: Shape { [batch, units] }
  /// Of all hidden states.
  package var sequenceShape: Shape { [batch, time, units] }

  /// Floating-point operations of the forward pass: the products, and ten for each value of the state.
  package var flops: Int { batch * time * units * (8 * (channels + units) + 10) }

  /// - Throws: `ShapeError` for a wrong rank, channels or units that differ, an empty axis.
  package init(
    input: Shape, kernel: Shape, recurrentKernel: Shape, activation: Activation = .tanh,
    recurrentActivation: Activation = .sigmoid, goBackwards: Bool = false, in place: String = "LSTM"
  ) throws(ShapeError) {
    guard input.rank == 3, kernel.rank == 2, recurrentKernel.rank == 2 else {
      throw ShapeError(
        .wrongRank, in: place, expected: "[batch, time, channels]", received: "\(input)",
        remedy: "Flatten each time step first, with TimeDistributed.")
    }
    guard input.dimensions.allSatisfy({ $0 > 0 }) else {
      throw ShapeError(
        .emptyDimension, in: place, expected: "at least one element along every axis", received: "\(input)",
        remedy: "Leave empty batches and sequences out.")
    }
    guard input[2] == kernel[0] else {
      throw ShapeError(
        .wrongChannels, in: place, expected: "\(kernel[0]) input channels, as the kernel \(kernel) has",
        received: "\(input[2]) channels in \(input)",
        remedy: "Build the layer for \(input[2]) channels, or give it what it was built for.")
    }
    units = recurrentKernel[0]
    guard units > 0, kernel[1] == 4 * units, recurrentKernel[1] == 4 * units else {
      throw ShapeError(
        .wrongLength, in: place, expected: "kernels [channels, 4 units] and [units, 4 units]",
        received: "\(kernel) and \(recurrentKernel)",
        remedy: "Build the layer anew, or load matching weights.")
    }
    batch = input[0]
    time = input[1]
    channels = input[2]
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.goBackwards = goBackwards
  }
}

extension LSTMGeometry: GatedGeometry {
  func withTime(_ time: Int) -> LSTMGeometry {
    var copy = self
    copy.time = time
    return copy
  }

  var layout: GatedLayout {
    GatedLayout(
      batch: batch, time: time, positions: 1, units: units, inputCount: channels, activation: activation,
      recurrentActivation: recurrentActivation, goBackwards: goBackwards)
  }

  func maps(
    kernel: UnsafePointer<Float>, recurrentKernel: UnsafePointer<Float>
  ) -> (input: any StepMap, recurrent: any StepMap) {
    (
      MatrixMap(rows: batch, inputs: channels, outputs: 4 * units, kernel: kernel),
      MatrixMap(rows: batch, inputs: units, outputs: 4 * units, kernel: recurrentKernel)
    )
  }

  func plain<S: PlainScalar>(kernel: [S], recurrentKernel: [S]) -> PlainGatedSequence<S> {
    let rows = batch
    let outputs = 4 * units
    func map(_ kernel: [S], _ inputs: Int) -> PlainGatedSequence<S>.Map {
      PlainGatedSequence<S>.Map(
        apply: { PlainMatrixProduct.multiply($0, kernel, m: rows, n: outputs, k: inputs) },
        inputGradient: {
          PlainMatrixProduct.multiply($0, kernel, m: rows, n: inputs, k: outputs, transposingB: true)
        },
        kernelGradient: {
          PlainMatrixProduct.multiply($0, $1, m: inputs, n: outputs, k: rows, transposingA: true)
        })
    }
    return PlainGatedSequence(
      inputMap: map(kernel, channels), recurrentMap: map(recurrentKernel, units), units: units,
      activation: activation, recurrentActivation: recurrentActivation)
  }
}
