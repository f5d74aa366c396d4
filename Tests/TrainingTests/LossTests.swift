import Autodiff
import Foundation
import TensorCore
import TestSupport
import Testing
import Training

@Suite struct LossTests {
  static let losses: [Loss] = [
    .meanSquaredError, .meanAbsoluteError, .balancedRain(.shi2017), .huber(delta: 5), .logCosh,
    .meanAbsolutePercentageError, .meanSquaredLogarithmicError, .poisson, .hinge, .squaredHinge,
    .categoricalHinge, .klDivergence, .cosineSimilarity, .binaryCrossentropy(),
    .binaryCrossentropy(fromLogits: true, labelSmoothing: 0.1),
    .binaryFocalCrossentropy(), .binaryFocalCrossentropy(FocalOptions(gamma: 1.5, fromLogits: true)),
    .categoricalCrossentropy(), .categoricalCrossentropy(fromLogits: true, labelSmoothing: 0.2),
    .categoricalFocalCrossentropy(), .categoricalFocalCrossentropy(FocalOptions(fromLogits: true)),
    .sparseCategoricalCrossentropy(), .sparseCategoricalCrossentropy(fromLogits: true),
    .custom(AnyLoss(QuantileLoss(quantile: 0.9))),
  ]

  /// A prediction, a target and a mask with which a loss is at ease, shapes `[2, 3, 5]`.
  static func example(_ loss: Loss) -> (prediction: Tensor, target: Tensor, mask: Tensor) {
    var random = RandomStream(seed: 4)
    let shape: Shape = [2, 3, 5]
    let elements: Shape = loss.isCategorical ? [2, 3] : shape
    let mask = Tensor([1, 1, 0, 1, 0, 1] + (0..<24).map { $0 % 3 == 0 ? 0 : 1 }, shape: [30])
    let prediction: Tensor
    let target: Tensor
    switch loss {
    case .meanSquaredError, .meanAbsoluteError, .balancedRain, .huber, .logCosh, .poisson,
      .meanAbsolutePercentageError, .meanSquaredLogarithmicError, .spectral, .sum, .custom:
      (prediction, target) = (random.uniform(shape: shape, to: 40), random.uniform(shape: shape, to: 40))
    case .hinge, .squaredHinge:
      prediction = random.uniform(shape: shape, from: -0.9, to: 0.9)
      target = Elementwise.map(random.uniform(shape: shape)) { $0 < 0.5 ? 0 : 1 }
    case .binaryCrossentropy, .categoricalCrossentropy, .binaryFocalCrossentropy, .categoricalHinge,
      .categoricalFocalCrossentropy, .klDivergence, .cosineSimilarity:
      (prediction, target) = (random.uniform(shape: shape, from: 0.1, to: 0.9), random.uniform(shape: shape))
    case .sparseCategoricalCrossentropy:
      prediction = random.uniform(shape: shape, from: 0.1, to: 0.9)
      target = Tensor([0, 4, 2, 3, 1, 4], shape: elements)
    }
    return (prediction, target, Tensor(Array(mask.values.prefix(elements.count)), shape: elements))
  }

  @Test(arguments: losses)
  func gradientAgreesWithCentralDifferences(_ loss: Loss) throws {
    let (prediction, target, mask) = Self.example(loss)
    for mask in [nil, mask] {
      try checkGradient(at: [prediction], names: ["prediction"], step: 3e-3) {
        [try loss(prediction: $0[0], target: target, mask: mask)]
      }
    }
  }

  @Test func gradientIsScaledByWhatFollows() throws {
    let (prediction, target, _) = Self.example(.meanSquaredError)
    func gradient(_ factor: Float) throws -> Tensor {
      let (_, gradient) = try valueAndGradient(at: [prediction]) {
        try Loss.meanSquaredError(prediction: $0[0], target: target) * factor
      }
      return try #require(gradient[0])
    }
    assertClose(try gradient(3), try gradient(1) * 3, tolerance: 1e-6)
  }

  @Test(arguments: losses)
  func nothingValidIsAnError(_ loss: Loss) throws {
    let (prediction, target, mask) = Self.example(loss)
    let error = #expect(throws: LossError.self) {
      try loss(prediction: prediction, target: target, mask: .zeros(mask.shape))
    }
    #expect(error?.kind == .nothingValid)
  }

  @Test(arguments: losses)
  func shapesThatDoNotFitAreErrors(_ loss: Loss) throws {
    let (prediction, target, mask) = Self.example(loss)
    #expect(throws: ShapeError.self) { try loss(prediction: prediction, target: .zeros([2, 5, 3])) }
    #expect(throws: ShapeError.self) { try loss(prediction: prediction, target: .zeros([30])) }
    #expect(throws: ShapeError.self) { try loss(prediction: Tensor(1), target: target) }
    #expect(throws: ShapeError.self) {
      try loss(prediction: prediction, target: target, mask: .ones(Shape(mask.shape.dimensions + [1])))
    }
    #expect(throws: (any Error).self) { try loss(prediction: .zeros([0, 5]), target: .zeros([0, 5])) }
    #expect(throws: (any Error).self) { try loss(prediction: .zeros([2, 0]), target: .zeros([2])) }
  }

  @Test(arguments: [-1, 5, 1.5, Float.nan, .infinity])
  func foreignClassesAreErrors(_ index: Float) throws {
    let error = #expect(throws: LossError.self) {
      try Loss.sparseCategoricalCrossentropy()(
        prediction: .ones([2, 5]), target: Tensor([0, index], shape: [2]))
    }
    #expect(error?.kind == .noSuchClass)
  }

  @Test func probabilitiesAreKeptFromZeroAndOne() throws {
    let value = try Loss.binaryCrossentropy()(prediction: .zeros([3]), target: .ones([3])).scalar
    #expect(abs(value - 16.118) < 1e-3)  // −log 1e-7
    let (_, gradient) = try valueAndGradient(at: [Tensor([0, 1, 0.5], shape: [3])]) {
      try Loss.binaryCrossentropy()(prediction: $0[0], target: .ones([3]))
    }
    #expect(gradient[0]?.values == [0, 0, Float(-2) / 3])
    let sparse = try Loss.sparseCategoricalCrossentropy()(
      prediction: Tensor([1, 0], shape: [1, 2]), target: Tensor([1], shape: [1]))
    #expect(abs(sparse.scalar - 16.118) < 1e-3)
  }

  @Test func logitsDoNotOverflow() throws {
    let far = Tensor([200, -200, 0], shape: [1, 3])
    for loss in [Loss.categoricalCrossentropy(fromLogits: true), .binaryCrossentropy(fromLogits: true)] {
      let (value, gradient) = try valueAndGradient(at: [far]) {
        try loss(prediction: $0[0], target: Tensor([0, 1, 0], shape: [1, 3]))
      }
      #expect(value.scalar > 100 && value.scalar.isFinite)
      #expect(gradient[0]!.values.allSatisfy { $0.isFinite })
    }
  }

  /// NaN must reach the loss, so that training notices it.
  @Test(arguments: losses)
  func nanIsNotSwallowed(_ loss: Loss) throws {
    var (prediction, target, _) = Self.example(loss)
    prediction.withUnsafeMutableValues { $0[7] = .nan }
    let (value, gradient) = try valueAndGradient(at: [prediction]) {
      try loss(prediction: $0[0], target: target)
    }
    #expect(value.scalar.isNaN)
    // What a loss of one's own makes of NaN on the way back is its own affair.
    if case .custom = loss { return }
    #expect(gradient[0]!.values.contains { $0.isNaN })
  }

  @Test(arguments: losses)
  func survivesJSON(_ loss: Loss) throws {
    LossRegistry.register(QuantileLoss.self)
    let copy = try JSONDecoder().decode(Loss.self, from: JSONEncoder().encode(loss))
    #expect(copy == loss)
  }

  @Test func namesAreKeras() throws {
    #expect(try Loss(named: "mse") == .meanSquaredError)
    #expect(try Loss(named: "sparse_categorical_crossentropy") == .sparseCategoricalCrossentropy())
    #expect(try Loss(named: "kl_divergence") == .klDivergence)
    let error = #expect(throws: LossError.self) { try Loss(named: "ctc") }
    #expect(error?.kind == .unknownName)
    #expect(error?.description.contains("mean_absolute_error") == true)
  }

  /// Weights multiply each element's loss; the mean stays that over the number of valid elements.
  @Test(arguments: losses)
  func weightsMultiplyElements(_ loss: Loss) throws {
    let (prediction, target, mask) = Self.example(loss)
    var random = RandomStream(seed: 12)
    let weights = random.uniform(shape: mask.shape, from: 0.5, to: 2)
    let (weighted, gradient) = try valueAndGradient(at: [prediction]) {
      try loss(prediction: $0[0], target: target, mask: mask, weights: weights)
    }
    var expected = 0.0
    var slopes = Tensor.zeros(prediction.shape)
    for i in mask.values.indices where mask.values[i] != 0 {
      let one = Tensor(mask.values.indices.map { $0 == i ? 1 : 0 }, shape: mask.shape)
      let (value, slope) = try valueAndGradient(at: [prediction]) {
        try loss(prediction: $0[0], target: target, mask: one)
      }
      // The smallest and simplest mask: one element. Hinge targets keep their meaning, since all are 0 and 1.
      expected += Double(value.scalar * weights.values[i])
      slopes = slopes + slope[0]! * weights.values[i]
    }
    let count = mask.values.reduce(0, +)
    #expect(abs(Double(weighted.scalar) - expected / Double(count)) < 1e-4 * max(abs(expected), 1))
    assertClose(gradient[0]!, slopes * (1 / count), tolerance: 1e-4)
    #expect(throws: ShapeError.self) {
      try loss(prediction: prediction, target: target, weights: .ones([7]))
    }
  }

  @Test func optionsThatAreMissingAreErrors() throws {
    for text in [
      #"{"class_name": "Huber", "config": {"reduction": "sum"}}"#,
      #"{"class_name": "CosineSimilarity", "config": {"axis": 1}}"#,
      #"{"class_name": "BinaryCrossentropy", "config": {"label_smoothing": 1.5}}"#,
      #"{"class_name": "Mine", "config": {}}"#,
    ] {
      #expect(throws: (any Error).self) { try JSONDecoder().decode(Loss.self, from: Data(text.utf8)) }
    }
  }

  // MARK: Rain weights

  /// Normalised targets exactly on a rate stay in its class: value and gradient are those of the same errors with
  /// weights from mm/h.
  @Test func weightsTravelIntoTheNetworksUnits() throws {
    func normalised(_ rate: Float) -> Float { (Float.logarithmOfOnePlus(rate) - 0.3) / 1.7 }
    let rates: [Float] = [0, 1.9, 2, 4.9, 5, 9.9, 10, 29, 30, 80]
    let weights: [Float] = [1, 1, 2, 2, 5, 5, 10, 10, 30, 30]
    let loss = Loss.balancedRain(try .shi2017.transformed(normalised))
    let target = Tensor(rates.map(normalised), shape: [10])
    let (value, gradient) = try valueAndGradient(at: [target + 0.5]) {
      try loss(prediction: $0[0], target: target)
    }
    #expect(abs(value.scalar - weights.reduce(0, +) * 0.75 / 10) < 1e-4)
    assertClose(try #require(gradient[0]).values, weights.map { $0 * 2 / 10 }, tolerance: 1e-5)
  }

  @Test func ratesMustAscend() throws {
    #expect(throws: LossError.self) { try RainWeights(rates: [0, 5, 2], weights: [1, 2, 3]) }
    #expect(throws: LossError.self) { try RainWeights(rates: [0, 5], weights: [1]) }
    #expect(throws: LossError.self) { try RainWeights(rates: [], weights: []) }
    #expect(throws: LossError.self) { try RainWeights.shi2017.transformed { -$0 } }
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(
        Loss.self,
        from: Data(#"{"class_name": "RainWeighted", "config": {"rates": [1, 0], "weights": [1, 1]}}"#.utf8))
    }
  }
}

/// A loss of one's own in a few lines: it trains, saves and loads like the others.
struct QuantileLoss: CustomLoss {
  static let typeName = "Quantile"
  var quantile: Float
  func elements(prediction: Tensor, target: Tensor) throws -> Tensor {
    guard prediction.shape == target.shape else {
      throw ShapeError(
        .wrongLength, in: Self.typeName, expected: "\(prediction.shape)", received: "\(target.shape)",
        remedy: "Reshape the target.")
    }
    let error = target - prediction
    return Tensor.maximum(error * quantile, error * (quantile - 1))
  }
}

extension Loss {
  var isCategorical: Bool {
    switch self {
    case .categoricalCrossentropy, .sparseCategoricalCrossentropy, .categoricalHinge,
      .klDivergence, .cosineSimilarity, .categoricalFocalCrossentropy:
      true
    default: false
    }
  }
}
