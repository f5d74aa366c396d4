import Foundation
import Testing
import Verification

@Suite struct InteractionIndexTests {
  static func normal(_ random: inout SplitMix64) -> Double {
    let radius = (-2 * log(Double.random(in: 1e-300..<1, using: &random))).squareRoot()
    return radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &random))
  }

  /// A torus of blurred noise.
  static func smooth(_ height: Int, _ width: Int, _ random: inout SplitMix64) -> [Double] {
    var values = (0..<height * width).map { _ in normal(&random) }
    for _ in 0..<2 {
      values = (0..<height * width).map { index in
        let (row, column) = (index / width, index % width)
        var sum = 0.0
        for y in -1...1 {
          for x in -1...1 {
            sum += values[(row + y + height) % height * width + (column + x + width) % width]
          }
        }
        return sum / 3
      }
    }
    return values
  }

  /// √(1−θ) of a separable and √θ of a moving field, both of one spatial covariance.
  static func event(
    theta: Double, rows: Int, columns: Int, seed: UInt64, frames: Int = 12, height: Int = 18, width: Int = 21
  ) throws -> SpaceTimeField {
    var random = SplitMix64(seed: seed)
    let (tall, wide) = (height + 24, width + 24)
    let moving = smooth(tall, wide, &random)
    var separable = smooth(height, width, &random)
    var values: [Float] = []
    for frame in 0..<frames {
      let fresh = smooth(height, width, &random)
      separable = zip(separable, fresh).map { 0.6 * $0 + 0.8 * $1 }
      for pixel in 0..<height * width {
        let (row, column) = (pixel / width - rows * frame, pixel % width - columns * frame)
        let moved = moving[(row + 40 * tall) % tall * wide + (column + 40 * wide) % wide]
        values.append(Float((1 - theta).squareRoot() * separable[pixel] + theta.squareRoot() * moved))
      }
    }
    return try SpaceTimeField(frames: frames, height: height, width: width, values: values)
  }

  static func measurement(
    theta: Double, velocities: [(Int, Int)], mask: Bool = false
  ) throws -> InteractionMeasurement {
    var options = InteractionIndex.Options()
    options.spatialLag = 6
    options.temporalLag = 4
    options.surrogates = 4
    let index = InteractionIndex(options)
    return try index.measure(
      velocities.enumerated().map { number, velocity in
        var field = try event(theta: theta, rows: velocity.0, columns: velocity.1, seed: UInt64(number + 1))
        if mask {
          field = try SpaceTimeField(
            frames: field.frames, height: field.height, width: field.width, values: field.values,
            isValid: field.values.indices.map { $0 % field.width > 2 && $0 % 17 != 0 })
        }
        return ("event \(number)", try index.event(field, number: number))
      })
  }

  /// Ten, the fewest that have an interval.
  static let winds = [
    (1, 2), (-1, -2), (2, -1), (0, 2), (-2, 0), (1, 1), (-1, 1), (0, -2), (2, 1), (-2, -1),
  ]

  @Test(arguments: [false, true]) func separableIsNearZero(mask: Bool) throws {
    let found = try Self.measurement(theta: 0, velocities: Self.winds, mask: mask)
    let interval = try #require(found.index.interval)
    #expect(abs(found.index.value ?? 1) < 0.03, "\(found.index.value ?? 1)")
    #expect(interval.upper - interval.lower < 0.08)
    #expect(found.byChance > 0.005)
  }

  @Test func risesWithTheta() throws {
    let values = try [0, 0.3, 0.6, 1].map { theta in
      try #require(try Self.measurement(theta: theta, velocities: Array(Self.winds.prefix(5))).index.value)
    }
    #expect(values == values.sorted(), "\(values)")
    #expect(values[3] > 0.25 && values[1] > values[0] + 0.02, "\(values)")
  }

  @Test func oppositeWindsDoNotCancel() throws {
    let one = try Self.measurement(theta: 1, velocities: [(1, 2), (1, 2), (1, 2), (1, 2)])
    let both = try Self.measurement(theta: 1, velocities: [(1, 2), (-1, -2), (1, 2), (-1, -2)])
    #expect(abs((one.index.value ?? 0) - (both.index.value ?? 1)) < 0.05)
    #expect((both.transport.value ?? 0) > 0.15)
    #expect(abs(one.medianSpeed - 5.0.squareRoot()) < 1e-12)
  }

  @Test func covarianceCountsPairsThatExist() throws {
    let (frames, height, width) = (3, 4, 5)
    var random = SplitMix64(seed: 9)
    let values = (0..<frames * height * width).map { _ in Float(Self.normal(&random)) }
    let valid = values.indices.map { $0 % 7 != 3 }
    let field = try SpaceTimeField(
      frames: frames, height: height, width: width, values: values, isValid: valid)
    let anomalies = field.anomalies(.sequence)
    let covariance = LagCovariance(field, anomalies: anomalies, rows: 2, columns: 3, frames: 2)
    for (rows, columns, lag) in [(0, 0, 0), (1, -2, 1), (-2, 3, 2), (2, 0, 0)] {
      var (sum, count) = (0.0, 0.0)
      for t in 0..<frames - lag {
        for y in 0..<height where (0..<height).contains(y + rows) {
          for x in 0..<width where (0..<width).contains(x + columns) {
            let (a, b) = ((t * height + y) * width + x, ((t + lag) * height + y + rows) * width + x + columns)
            guard valid[a], valid[b] else { continue }
            sum += anomalies[a] * anomalies[b]
            count += 1
          }
        }
      }
      let ours = covariance.value(rows: rows, columns: columns, frames: lag)
      #expect(abs(ours - sum / count) < 1e-12)
    }
  }

  @Test func stillBackgroundIsTakenOff() throws {
    let (frames, height, width) = (10, 16, 18)
    var random = SplitMix64(seed: 5)
    let background = (0..<height * width).map { _ in Float(10 * Self.normal(&random)) }
    let values = (0..<frames).flatMap { _ in background.map { $0 } }
    let still = try SpaceTimeField(frames: frames, height: height, width: width, values: values)
    var options = InteractionIndex.Options()
    options.mean = .pixel
    #expect(try InteractionIndex(options).event(still) == nil)
  }

  @Test func sameSeedSameBitsAndRefusals() throws {
    let field = try Self.event(theta: 0.5, rows: 1, columns: 0, seed: 3, frames: 6, height: 12, width: 14)
    let index = InteractionIndex()
    #expect(try index.event(field, number: 4) == index.event(field, number: 4))
    #expect(try index.event(field, number: 4) != index.event(field, number: 5))
    let constant = try SpaceTimeField(
      frames: 3, height: 4, width: 4, values: [Float](repeating: 2, count: 48))
    #expect(try index.event(constant) == nil)
    #expect(throws: VerificationError.self) { try index.measure([("a", nil)]) }
    #expect(throws: VerificationError.self) {
      try SpaceTimeField(frames: 2, height: 2, width: 2, values: [1])
    }
    var options = InteractionIndex.Options()
    options.surrogates = 0
    #expect(throws: VerificationError.self) { try InteractionIndex(options).event(field) }
  }

  @Test func eigenvalues() {
    let values = symmetricEigenvalues([4, 1, 0, 1, 3, 1, 0, 1, 2], order: 3)
    #expect(abs(values.reduce(0, +) - 9) < 1e-12)
    #expect(abs(values[0] * values[1] * values[2] - 18) < 1e-10)
    #expect(abs(values[0] - 4.732050807568877) < 1e-12)
  }
}
