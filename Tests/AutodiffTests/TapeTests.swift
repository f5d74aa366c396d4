import Autodiff
import TensorCore
import TestSupport
import Testing

@Suite struct TapeTests {
  struct Line: Parameterized {
    var slope = Parameter(Tensor([2, -1], shape: [2]))
    var offset = Parameter(Tensor(0.5), isTrainable: false)

    mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
      try visit("slope", &slope)
      try visit("offset", &offset)
    }
  }

  @Test func valueAndGradientOfAModel() throws {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
    let (value, gradient) = try valueAndGradient(at: Line()) { line in
      (x * line.slope.value + line.offset.value).sum()
    }
    #expect(value.scalar == 9)
    #expect(gradient["slope"]?.values == [9, 12])
    #expect(gradient["offset"] == nil)
  }

  @Test func controlFlowGoesOnTheTape() throws {
    let (_, gradient) = try valueAndGradient(at: [Tensor(3)]) { inputs in
      var x = inputs[0]
      for power in 1...4 where power % 2 == 0 { x = x * inputs[0] }
      return x
    }
    #expect(gradient[0]?.scalar == 27)
  }

  @Test func valuesThatDoNotMatterHaveNoGradient() throws {
    let (_, gradient) = try valueAndGradient(at: [Tensor(3), Tensor(4)]) { $0[0] * 2 }
    #expect(gradient[0]?.scalar == 2)
    #expect(gradient[1] == nil)
  }

  @Test func nothingIsKeptInInference() {
    let x = Tensor.ones([4])
    #expect(!(x * 2 + x).isTracked)
  }

  @Test func onlyScalarsAreDifferentiated() {
    #expect(throws: ShapeError.self) { try valueAndGradient(at: [Tensor.ones([2])]) { $0[0] * 2 } }
  }

  @Test func longChainsAreFreedWithoutRecursion() throws {
    let (value, gradient) = try valueAndGradient(at: [Tensor(0)]) { inputs in
      var x = inputs[0]
      for _ in 0..<200_000 { x = x + 1 }
      return x
    }
    #expect(value.scalar == 200_000)
    #expect(gradient[0]?.scalar == 1)
  }

  @Test func customGradients() throws {
    let (_, gradient) = try valueAndGradient(at: [Tensor([1, 2], shape: [2])]) { inputs in
      withCustomGradient(inputs) { inputs in
        ([Tensor(Float(Reduction.sum(inputs[0])))], { [Tensor(repeating: 7 * $0[0]!.scalar, shape: [2])] })
      }[0]
    }
    #expect(gradient[0]?.values == [7, 7])
  }

  @Test func elementaryGradients() throws {
    var random = RandomStream(seed: 4)
    let a = random.uniform(shape: [2, 3, 4], from: 0.5, to: 2)
    let b = random.uniform(shape: [3, 1], from: 0.5, to: 2)
    try checkGradient(at: [a, b], names: ["a", "b"]) { [$0[0] * $0[1] + $0[0] / $0[1] - $0[1]] }
    try checkGradient(at: [a], names: ["a"]) { [$0[0].log() + $0[0].squareRoot() + $0[0].squared()] }
    try checkGradient(at: [a], names: ["a"]) { [$0[0].softmax(), $0[0].logSoftmax()] }
    try checkGradient(at: [a], names: ["a"]) { [$0[0].sparsemax()] }
    try checkGradient(at: [a], names: ["a"]) {
      [
        $0[0].transposed([2, 0, 1]).slice(axis: 0, 1..<3), $0[0].reversed(axis: 1), $0[0].entry(1, axis: -1),
        $0[0].mean(alongAxes: [0, 2]), $0[0].maximum(alongAxes: [1]),
        Tensor.stacked([$0[0], $0[0] * 2], axis: 1),
      ]
    }
    let m = random.normal(shape: [3, 5])
    let n = random.normal(shape: [5, 2])
    try checkGradient(at: [m, n], names: ["m", "n"]) { [$0[0].matrixProduct(with: $0[1])] }
  }

  @Test(arguments: Activation.allCases.filter { ![.glu, .hardShrink, .softShrink].contains($0) })
  func activations(_ activation: Activation) throws {
    var random = RandomStream(seed: 5)
    let x = random.normal(shape: [3, 4], deviation: 1.3)
    try checkGradient(at: [x], names: ["x"], step: 1e-3, tolerance: 2e-2) {
      [$0[0].activated(by: activation)]
    }
  }
}
