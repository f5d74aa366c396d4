import Autodiff
import Layers
import TensorCore
import Testing

/// Gradients of whole models in bfloat16: those of float32 but for 8 bits of precision.
@Suite struct PrecisionGradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Of the root mean square of a parameter's gradient.
    var tolerance: Float = 0.1
    let model: @Sendable () throws -> ModelGraph
  }

  /// Layers that keep operands, states or outputs of activations, and recurrent ones that go step by step.
  static let cases = [
    Case(testDescription: "whole sequences") {
      try Sequential(input: [nil, 4, 9, 8, 2], seed: 3) {
        ConvLSTM2D(filters: 5, kernelSize: 3, padding: .same, returnSequences: true)
        TimeDistributed(Conv2D(filters: 6, kernelSize: 3, padding: .same, activation: .tanh))
        TimeDistributed(Flatten())
        LSTM(units: 7)
        Dense(units: 3, activation: .sigmoid)
      }
    },
    Case(testDescription: "pooled, transposed and depthwise convolutions") {
      try Sequential(input: [nil, 4, 9, 8, 2], seed: 4) {
        TimeDistributed(Conv2D(filters: 6, kernelSize: 3, padding: .same, activation: .relu))
        TimeDistributed(MaxPooling2D())
        TimeDistributed(DepthwiseConv2D(kernelSize: 3, padding: .same, activation: .gelu))
        TimeDistributed(Conv2DTranspose(filters: 3, kernelSize: 2, strides: 2))
        TimeDistributed(Flatten())
        GRU(units: 5)
      }
    },
    Case(testDescription: "peepholes") {
      try Sequential(input: [nil, 4, 9, 8, 2], seed: 5) {
        ConvLSTM2D(filters: 4, kernelSize: 3, padding: .same, peepholes: .perChannel, returnSequences: true)
        ConvLSTM2D(filters: 3, kernelSize: 3, padding: .same, peepholes: .perChannel)
        Flatten()
        Dense(units: 3)
      }
    },
    // To divide by the deviation of four small numbers makes their rounding errors large.
    Case(testDescription: "layer normalisation", tolerance: 0.3) {
      try Sequential(input: [nil, 4, 9, 8, 2], seed: 5) {
        ConvLSTM2D(filters: 4, kernelSize: 3, padding: .same, layerNormalization: true)
        Flatten()
        Dense(units: 3)
      }
    },
  ]

  /// The mean square of the output.
  private func loss(_ model: ModelGraph, _ input: Tensor) throws -> (value: Float, gradients: Gradients) {
    let (value, gradients) = try valueAndGradient(at: model) { model in
      let output = try model(input)
      return (output * output).mean()
    }
    return (value.scalar, gradients)
  }

  @Test(arguments: cases) func gradientsOfAModelAreThoseOfFloat32(_ example: Case) throws {
    let model = try example.model()
    let input = Tensor((0..<576).map { Float(($0 * 37) % 101) / 101 - 0.4 }, shape: [1, 4, 9, 8, 2])
    let whole = try loss(model, input)
    let halves = try Precision.using(.bfloat16) { try loss(model, input) }
    #expect(halves.value != whole.value && abs(halves.value - whole.value) < 0.02 * abs(whole.value))
    for name in whole.gradients.names {
      let (a, b) = (whole.gradients[name]!.values, halves.gradients[name]!.values)
      let rms = (a.reduce(0) { $0 + $1 * $1 } / Float(a.count)).squareRoot()
      let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= example.tolerance * rms, "\(name): \(worst) against \(rms)")
    }
    let again = try Precision.using(.bfloat16) { try loss(model, input) }
    #expect(again.gradients.names.allSatisfy { again.gradients[$0] == halves.gradients[$0] }, "same bits")
  }

  /// Rounded to 8 bits, these outputs would be their bounds and have no derivative, which a loss that divides by the
  /// distance from the bound must have.
  @Test(arguments: [Activation.sigmoid, .tanh, .hardSigmoid])
  func outputsNearABoundKeepTheirDerivative(_ activation: Activation) throws {
    let x: Float = activation == .hardSigmoid ? 2.997 : activation == .tanh ? 4 : 8
    func derivative() throws -> Float {
      let (_, gradient) = try valueAndGradient(at: [Tensor([-x, x], shape: [2])]) {
        $0[0].activated(by: activation).sum()
      }
      return try #require(gradient[0]).values[1]
    }
    let expected = try derivative()
    #expect(expected > 0)
    #expect(try Precision.using(.bfloat16) { try derivative() } == expected)
  }
}
