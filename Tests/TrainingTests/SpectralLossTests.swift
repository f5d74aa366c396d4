import Autodiff
import Foundation
import Support
import TensorCore
import TestSupport
import Testing
import Training

/// What the spectral loss must be by its definition, beside its golden files.
@Suite struct SpectralLossTests {
  private static func noise(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return random.uniform(shape: shape, from: -1, to: 2)
  }

  private static func frame(_ height: Int, _ width: Int, _ seed: UInt64) -> SpectralFrame {
    var frame = SpectralFrame(FourierTransform(height: height, width: width))
    frame.prediction = noise([height, width], seed: seed).values.map(Double.init)
    frame.target = noise([height, width], seed: seed + 1).values.map(Double.init)
    return frame
  }

  /// Even and odd sides, a prime among them, and single rows and columns.
  @Test(arguments: [(6, 4), (5, 7), (8, 3), (1, 6), (9, 1), (2, 2)], [0, 0.3, 1])
  func gradientAgreesWithCentralDifferences(_ size: (Int, Int), _ share: Double) {
    var frame = Self.frame(size.0, size.1, 3)
    _ = frame.loss(correlationShare: share)
    let gradient = frame.gradient
    let scale = (gradient.reduce(0) { $0 + $1 * $1 } / Double(gradient.count)).squareRoot()
    let step = 1e-6
    for index in gradient.indices {
      let value = frame.prediction[index]
      frame.prediction[index] = value + step
      let above = frame.loss(correlationShare: share, takesGradient: false)
      frame.prediction[index] = value - step
      let below = frame.loss(correlationShare: share, takesGradient: false)
      frame.prediction[index] = value
      #expect(abs((above - below) / (2 * step) - gradient[index]) < 1e-7 * max(scale, 1))
    }
  }

  @Test(arguments: [0, 0.3, 1])
  func equalFieldsHaveNoLoss(_ share: Double) {
    var frame = Self.frame(6, 5, 8)
    frame.prediction = frame.target
    #expect(abs(frame.loss(correlationShare: share)) < 1e-14)
    #expect(frame.gradient.allSatisfy { abs($0) < 1e-14 })
  }

  /// A shifted field has the same amplitudes; only the correlation sees it.
  @Test func amplitudesDoNotSeeAShift() {
    var frame = Self.frame(6, 5, 8)
    frame.prediction = (0..<30).map { frame.target[($0 / 5 + 2) % 6 * 5 + ($0 % 5 + 1) % 5] }
    #expect(frame.loss(correlationShare: 0) < 1e-14)
    #expect(frame.loss(correlationShare: 1) > 0.1)
    // The correlation in turn hardly sees a factor.
    frame.prediction = frame.target.map { 0.5 * $0 }
    #expect(frame.loss(correlationShare: 1) < 1e-3)
    #expect(frame.loss(correlationShare: 0) > 0.01)
  }

  /// With one pixel the amplitude is its size: FAL = (|p| − |t|)².
  @Test func onePixelByHand() {
    var frame = SpectralFrame(FourierTransform(height: 1, width: 1))
    (frame.prediction, frame.target) = ([-3], [1])
    #expect(abs(frame.loss(correlationShare: 0) - 4) < 1e-12)
    #expect(abs(frame.gradient[0] + 4) < 1e-12)
    // A wave of amplitude a over n pixels has |P| = a √n / 2 at two frequencies.
    frame = SpectralFrame(FourierTransform(height: 1, width: 8))
    for x in 0..<8 {
      frame.prediction[x] = 3 * cos(2 * .pi * Double(x) / 8)
      frame.target[x] = cos(2 * .pi * Double(x) / 8 + 1)
    }
    #expect(abs(frame.loss(correlationShare: 0) - 2) < 1e-12)
  }

  /// Dry frames: equal ones are equal, and rain that is not there costs a finite loss with a finite gradient.
  @Test func emptyFramesAreWellDefined() {
    var frame = SpectralFrame(FourierTransform(height: 4, width: 4))
    #expect(frame.loss(correlationShare: 0.5) == 0)
    frame.prediction[5] = 1
    let loss = frame.loss(correlationShare: 0.5)
    #expect(loss > 0 && loss < 1)
    #expect(frame.gradient.allSatisfy { $0.isFinite })
    #expect(frame.gradient[5] > 0)
  }

  /// Lead weights multiply the loss of their frames; a frame counts by its valid pixels.
  @Test(arguments: [0.0, 1.0])
  func weightsMultiplyFrames(_ share: Double) throws {
    let loss = Loss.spectral(try SpectralOptions(correlationShare: share))
    let shape: Shape = [2, 3, 4, 5, 1]
    let (prediction, target) = (Self.noise(shape, seed: 1), Self.noise(shape, seed: 2))
    let factors: [Float] = [0.5, 1, 3]
    let weights = Tensor((0..<120).map { factors[$0 / 20 % 3] }, shape: shape)
    let mask = Tensor((0..<120).map { $0 % 7 == 3 || $0 < 10 ? 0 : 1 }, shape: shape)
    let measured = try loss.measured(prediction: prediction, target: target, mask: mask, weights: weights)
    var (expected, counts) = (0.0, 0)
    for sample in 0..<2 {
      for lead in 0..<3 {
        func frame(_ all: Tensor) -> Tensor {
          Movement.slice(Movement.slice(all, axis: 0, sample..<sample + 1), axis: 1, lead..<lead + 1)
        }
        let one = try loss.measured(prediction: frame(prediction), target: frame(target), mask: frame(mask))
        expected += Double(one.value.scalar) * Double(one.validCount) * Double(factors[lead])
        counts += one.validCount
      }
    }
    #expect(measured.validCount == counts)
    #expect(abs(Double(measured.value.scalar) - expected / Double(counts)) < 1e-6 * expected)
  }

  @Test func sameBitsForAnyNumberOfThreads() throws {
    let (prediction, target) = (Self.noise([3, 4, 8, 6, 1], seed: 1), Self.noise([3, 4, 8, 6, 1], seed: 2))
    let threads = ThreadTeam.count
    defer { ThreadTeam.resize(to: threads) }
    func run(_ count: Int) throws -> (Float, [Float]?) {
      ThreadTeam.resize(to: count)
      let (value, gradient) = try valueAndGradient(at: [prediction]) {
        try Loss.spectral()(prediction: $0[0], target: target)
      }
      return (value.scalar, gradient[0]?.values)
    }
    let (one, three) = (try run(1), try run(3))
    #expect(one.0 == three.0 && one.1 == three.1)
  }

  @Test func nanIsNotSwallowed() throws {
    var prediction = Self.noise([1, 1, 4, 4, 1], seed: 1)
    prediction.withUnsafeMutableValues { $0[7] = .nan }
    let (value, gradient) = try valueAndGradient(at: [prediction]) {
      try Loss.spectral()(prediction: $0[0], target: Self.noise([1, 1, 4, 4, 1], seed: 2))
    }
    #expect(value.scalar.isNaN)
    #expect(try #require(gradient[0]).values.contains { $0.isNaN })
  }

  @Test func sumsAddValuesAndGradients() throws {
    let shape: Shape = [2, 2, 4, 5, 1]
    let (prediction, target) = (Self.noise(shape, seed: 1), Self.noise(shape, seed: 2))
    let mask = Tensor((0..<80).map { $0 % 3 == 0 ? 0 : 1 }, shape: shape)
    func run(_ name: String) throws -> (Tensor, Tensor) {
      let (value, gradient) = try valueAndGradient(at: [prediction]) {
        try Loss(named: name)(prediction: $0[0], target: target, mask: mask)
      }
      return (value, try #require(gradient[0]))
    }
    let (sum, mse, facl) = (try run("mse + 0.1*facl"), try run("mse"), try run("facl"))
    assertClose(sum.0, mse.0 + facl.0 * 0.1, tolerance: 1e-6)
    assertClose(sum.1, mse.1 + facl.1 * 0.1, tolerance: 1e-6)
  }

  @Test(arguments: ["facl", "spectral", "mse+0.1*facl", "2*mae", "balanced_rain+facl+huber"])
  func survivesJSON(_ name: String) throws {
    let loss = try Loss(named: name)
    #expect(try JSONDecoder().decode(Loss.self, from: JSONEncoder().encode(loss)) == loss)
  }

  @Test(arguments: [
    "mse+", "+facl", "0*mse", "-1*mse", "x*mse", "inf*mse", "2*3*mse", "mse+nothing", "mse*2",
  ])
  func sumsThatMakeNoSenseAreErrors(_ name: String) {
    #expect(throws: LossError.self) { try Loss(named: name) }
  }

  @Test func foreignShapesAndOptionsAreErrors() throws {
    #expect(throws: ShapeError.self) {
      try Loss.spectral()(prediction: .ones([4, 4]), target: .ones([4, 4]))
    }
    #expect(throws: ShapeError.self) {
      try Loss.spectral()(prediction: .ones([2, 4, 3, 1]), target: .ones([2, 3, 4, 1]))
    }
    for mask in [nil, Tensor.zeros([2, 4, 3, 1])] {
      let shape: Shape = mask == nil ? [0, 4, 3, 1] : [2, 4, 3, 1]
      let error = #expect(throws: LossError.self) {
        try Loss.spectral()(prediction: .ones(shape), target: .ones(shape), mask: mask)
      }
      #expect(error?.kind == .nothingValid)
    }
    #expect(throws: LossError.self) { try SpectralOptions(correlationShare: 1.5) }
    #expect(throws: LossError.self) { try LossSum([]) }
    let names = #expect(throws: LossError.self) { try Loss(named: "nothing") }
    #expect(names?.description.contains("facl") == true)
  }
}
