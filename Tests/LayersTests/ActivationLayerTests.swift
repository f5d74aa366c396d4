import Layers
import TensorCore
import TestSupport
import Testing

/// Activations with options, normalisation without a batch, and noise.
@Suite struct ActivationLayerTests {
  @Test func rectifiers() throws {
    try checkLayer(ReLU(maxValue: 1, negativeSlope: 0.2), inputs: [[3, 5]], step: 1e-3)
    try checkLayer(LeakyReLU(), inputs: [[3, 5]], step: 1e-3)
    try checkLayer(ELU(alpha: 0.6), inputs: [[3, 5]], step: 1e-3)
    try checkLayer(PReLU(sharedAxes: [1, 2]), inputs: [[2, 3, 4, 5]], step: 1e-3)
    try checkLayer(PReLU(), inputs: [[3, 4, 2]], step: 1e-3)
    try checkLayer(Softmax(axes: [1, -1]), inputs: [[3, 4, 2, 5]])
    #expect(try ReLU(maxValue: 2)(Tensor([.nan, 3, -1], shape: [1, 3])).values[1...] == [2, 0])
    #expect(try ReLU()(Tensor([.nan], shape: [1, 1])).values[0].isNaN)
  }

  @Test func normalization() throws {
    try checkLayer(GroupNormalization(groups: 2), inputs: [[3, 4, 5, 6]])
    try checkLayer(GroupNormalization(groups: -1, axis: 1, scale: false), inputs: [[2, 3, 4, 5]])
    try checkLayer(UnitNormalization(axes: [1, -1]), inputs: [[3, 4, 2, 5]])
  }

  @Test func noise() throws {
    for isTraining in [false, true] {
      try checkLayer(
        Dropout(rate: 0.4, noiseShape: [nil, 1, nil]), inputs: [[4, 3, 6]], isTraining: isTraining)
      try checkLayer(SpatialDropout1D(rate: 0.4), inputs: [[3, 4, 5]], isTraining: isTraining)
      try checkLayer(SpatialDropout2D(rate: 0.4), inputs: [[3, 4, 2, 5]], isTraining: isTraining)
      try checkLayer(SpatialDropout3D(rate: 0.4), inputs: [[3, 4, 2, 3, 5]], isTraining: isTraining)
      try checkLayer(GaussianDropout(rate: 0.4), inputs: [[4, 6]], isTraining: isTraining)
      try checkLayer(GaussianNoise(deviation: 0.4), inputs: [[4, 6]], isTraining: isTraining)
      try checkLayer(
        AlphaDropout(rate: 0.4, noiseShape: [nil, nil, 1]), inputs: [[4, 6, 2]], isTraining: isTraining)
    }
  }

  /// Mean and variance of what each kind of noise makes of normal numbers, against their formulas.
  @Test func noiseHasItsMoments() throws {
    var random = RandomStream(seed: 8)
    let input = random.normal(shape: [200, 500])
    let ones = Tensor.ones([200, 500])
    func moments(_ layer: some Layer, _ input: Tensor) throws -> (mean: Double, variance: Double) {
      var context = Context(isTraining: true, random: RandomStream(seed: 2))
      let values = try layer(input, context: &context).values.map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
    }
    func expect(
      _ layer: some Layer, _ input: Tensor, _ mean: Double, _ variance: Double,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let found = try moments(layer, input)
      #expect(abs(found.mean - mean) < 0.02, sourceLocation: sourceLocation)
      #expect(abs(found.variance - variance) < 0.03, sourceLocation: sourceLocation)
    }
    try expect(Dropout(rate: 0.25), ones, 1, 1 / 3)
    try expect(GaussianDropout(rate: 0.25), ones, 1, 1 / 3)
    try expect(GaussianNoise(deviation: 0.5), ones, 1, 0.25)
    try expect(AlphaDropout(rate: 0.25), input, 0, 1)
  }

  /// Whole channels are dropped, or steps of a noise shape.
  @Test func spatialDropoutDropsWholeChannels() throws {
    var context = Context(isTraining: true, random: RandomStream(seed: 1))
    let output = try SpatialDropout2D(rate: 0.5)(.ones([3, 4, 5, 6]), context: &context)
    let means = Reduction.sum(output, axes: [1, 2]).values
    #expect(means.allSatisfy { $0 == 0 || $0 == 40 })
    #expect(means.contains(0) && means.contains(40))
    #expect(throws: ShapeError.self) {
      try Dropout(rate: 0.5, noiseShape: [nil, 2])(.ones([3, 4]), context: &context)
    }
    #expect(throws: ShapeError.self) { try GaussianDropout(rate: 1)(.ones([3, 4]), context: &context) }
  }
}
