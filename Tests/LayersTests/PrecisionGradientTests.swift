import Autodiff
import Layers
import TensorCore
import Testing

/// Gradients of whole models in bfloat16: those of float32 but for 8 bits of precision, from half the memory.
@Suite struct PrecisionGradientTests {
  /// Σ w · f(x) of a small model with every kind of layer that keeps operands.
  private func loss(_ model: ModelGraph, _ input: Tensor) throws -> (value: Float, gradients: Gradients) {
    let (value, gradients) = try valueAndGradient(at: model) { model in
      let output = try model(input)
      return (output * output).mean()
    }
    return (value.scalar, gradients)
  }

  @Test func gradientsOfAModelAreThoseOfFloat32() throws {
    let model = try Sequential(input: [nil, 4, 9, 8, 2], seed: 3) {
      ConvLSTM2D(filters: 5, kernelSize: 3, padding: .same, returnSequences: true)
      TimeDistributed(Conv2D(filters: 6, kernelSize: 3, padding: .same, activation: .tanh))
      TimeDistributed(Flatten())
      LSTM(units: 7)
      Dense(units: 3, activation: .sigmoid)
    }
    let input = Tensor((0..<576).map { Float(($0 * 37) % 101) / 101 - 0.4 }, shape: [1, 4, 9, 8, 2])
    let whole = try loss(model, input)
    let halves = try Precision.using(.bfloat16) { try loss(model, input) }
    #expect(halves.value != whole.value && abs(halves.value - whole.value) < 0.02 * abs(whole.value))
    for name in whole.gradients.names {
      let (a, b) = (whole.gradients[name]!.values, halves.gradients[name]!.values)
      let rms = (a.reduce(0) { $0 + $1 * $1 } / Float(a.count)).squareRoot()
      let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= 0.1 * rms, "\(name): \(worst) against \(rms)")
    }
    let again = try Precision.using(.bfloat16) { try loss(model, input) }
    #expect(again.gradients.names.allSatisfy { again.gradients[$0] == halves.gradients[$0] }, "same bits")
  }
}
