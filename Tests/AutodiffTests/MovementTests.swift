import Autodiff
import TensorCore
import TestSupport
import Testing

/// Every operation that moves, resamples or pools values has a differentiable form that anyone can call.
@Suite struct MovementTests {
  static let maps: Tensor = {
    var random = RandomStream(seed: 6)
    return random.uniform(shape: [2, 5, 6, 3], from: 0.5, to: 2)
  }()

  @Test func bordersAndResampling() throws {
    try checkGradient(at: [Self.maps], names: ["x"]) {
      [
        $0[0].padded(before: [0, 1, 2, 0], after: [0, 0, 1, 0]),
        $0[0].cropped(before: [0, 1, 0, 0], after: [1, 1, 2, 0]),
        $0[0].repeated(axis: 1, factor: 2), $0[0].interpolated(axis: 2, factor: 2),
      ]
    }
  }

  /// Larger maps come out on all threads as their rows do one by one, forwards and backwards.
  @Test(arguments: [1, 2]) func interpolationOnAllThreads(_ axis: Int) throws {
    var random = RandomStream(seed: 8)
    let maps = random.normal(shape: [48, 24, 20, 8])
    func both(_ maps: Tensor) throws -> (Tensor, Tensor?) {
      let larger = maps.interpolated(axis: axis, factor: 2)
      let (_, gradient) = try valueAndGradient(at: [maps]) {
        let larger = $0[0].interpolated(axis: axis, factor: 2)
        return (larger * larger).sum()
      }
      return (larger, gradient[0])
    }
    let (all, gradient) = try both(maps)
    for row in [0, 23, 24, 47] {
      let (one, its) = try both(maps.slice(axis: 0, row..<row + 1).detached)
      #expect(all.slice(axis: 0, row..<row + 1).values == one.values)
      #expect(gradient?.slice(axis: 0, row..<row + 1).values == its?.values)
    }
  }

  @Test func partsAndOrder() throws {
    try checkGradient(at: [Self.maps, Self.maps * 2], names: ["x", "y"]) {
      [
        $0[0].split(axis: -1, into: 3)[1], $0[0].unstacked(axis: 0)[1], $0[0].reshaped(to: [10, 18]),
        Tensor.concatenated([$0[0], $0[1]], axis: -1), $0[0].slice(axis: 1, 1..<4),
      ]
    }
  }

  @Test func windows() throws {
    try checkGradient(at: [Self.maps], names: ["x"]) {
      [
        try $0[0].averagePooled(window: [2, 3], padding: .same),
        try $0[0].averagePooled(window: [2, 2], strides: [1, 2]),
        try $0[0].maximumPooled(window: [2, 2]),
      ]
    }
    #expect(throws: ShapeError.self) { try Self.maps.maximumPooled(window: [6, 2]) }
    #expect(throws: ShapeError.self) { try Self.maps.averagePooled(window: [2]) }
  }

  @Test func convolutions() throws {
    var random = RandomStream(seed: 7)
    let upwards = random.normal(shape: [3, 2, 4, 3], deviation: 0.3)
    let each = random.normal(shape: [2, 3, 3, 2], deviation: 0.3)
    let bias = random.normal(shape: [4])
    try checkGradient(at: [Self.maps, upwards, bias, each], names: ["x", "transposed", "bias", "depthwise"]) {
      [
        try $0[0].transposedConvolved(with: $0[1], bias: $0[2], strides: [2, 1], padding: .same),
        try $0[0].depthwiseConvolved(with: $0[3], strides: [1, 2]),
      ]
    }
    #expect(
      try Self.maps.transposedConvolved(with: upwards, strides: [2, 1], padding: .same).shape == [
        2, 10, 6, 4,
      ])
    #expect(throws: ShapeError.self) { try Self.maps.depthwiseConvolved(with: upwards) }
  }

  // MARK: Bounds

  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func entriesOutside() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Tensor.zeros([2, 3, 4]).entry(9, axis: 1))
    }
    #expect(text(result).contains("expected an entry in 0..<3 of axis 1 of the shape [2, 3, 4]; found 9"))
  }

  @Test func entriesBelowZero() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Tensor.zeros([2, 3, 4]).entry(-5, axis: 1))
    }
    #expect(text(result).contains("expected an entry in 0..<3 of axis 1 of the shape [2, 3, 4]; found -5"))
  }

  @Test func slicesOutside() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Tensor.zeros([2, 3, 4]).slice(axis: 1, 2..<5).slice(axis: 0, 1..<2).values.suffix(4))
    }
    #expect(
      text(result).contains("expected a range within 0..<3, axis 1 of the shape [2, 3, 4]; found 2..<5"))
  }

  @Test func cotangentsOfAnotherShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try valueAndGradient(at: [Tensor.ones([2, 3])]) { inputs in
        withCustomGradient([inputs[0].slice(axis: 1, 0..<2)]) { _ in
          ([Tensor(1)], { _ in [Tensor.ones([7])] })
        }[0]
      }
    }
    #expect(text(result).contains("expected a cotangent of an input of shape [2, 2]; found [7]"))
  }
}
