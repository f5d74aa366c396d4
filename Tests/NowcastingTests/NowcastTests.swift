import Foundation
import Motion
import Nowcasting
import Support
import Testing

/// Nowcasts on rain that moves as one, and on fields that have no correlation, no rain or no pixels.
@Suite struct NowcastTests {
  /// Blobs at sub-pixel places, moved by (dy, dx) a frame.
  static func frames(
    _ height: Int, _ width: Int, dx: Double, dy: Double, count: Int = 3
  ) throws -> [ImageField] {
    try (0..<count).map { time in
      let values = (0..<height * width).map { pixel -> Float in
        let (y, x) = (Double(pixel / width) - dy * Double(time), Double(pixel % width) - dx * Double(time))
        let wave = sin(x / 5 + 1) * cos(y / 7) + sin((x + 2 * y) / 11) + 0.7 * cos((x - y) / 4.3)
        return Float(max(0, 4 * wave))
      }
      return try ImageField(height: height, width: width, values: values)
    }
  }

  static func field(_ height: Int, _ width: Int, _ value: (Int) -> Float) throws -> ImageField {
    try ImageField(height: height, width: width, values: (0..<height * width).map(value))
  }

  static let methods: [any NowcastMethod] = [LagrangianPersistence(), SPROG()]

  @Test(arguments: [0, 1]) func followsTheRain(method: Int) throws {
    let all = try Self.frames(96, 112, dx: 2, dy: 1, count: 6)
    let forecast = try Self.methods[method].forecast(Array(all.prefix(3)), steps: 3)
    for step in 0..<3 {
      var (error, still, pixels) = (0.0, 0.0, 0)
      for pixel in all[0].values.indices where forecast[step].isValid[pixel] {
        error += Double(abs(forecast[step].values[pixel] - all[3 + step].values[pixel]))
        still += Double(abs(all[2].values[pixel] - all[3 + step].values[pixel]))
        pixels += 1
      }
      #expect(pixels > 9000)
      #expect(error < (method == 0 ? 0.15 : 0.3) * still, "\(error / still)")
    }
  }

  /// Rain that stands still and does not change is forecast to stay, whatever the order.
  @Test(arguments: [1, 2], ProbabilityMatching.allCases) func unchangedRainStays(
    order: Int, matching: ProbabilityMatching
  ) throws {
    let field = try Self.frames(40, 53, dx: 0, dy: 0, count: 1)[0]
    var method = SPROG()
    method.order = order
    method.matching = matching
    let still = MotionField.uniform(height: 40, width: 53, dx: 0, dy: 0)
    for forecast in try method.forecast([field, field, field], along: still, steps: 3) {
      #expect(forecast.isValid == field.isValid)
      for (ours, theirs) in zip(forecast.values, field.values) where theirs > 0.11 {
        #expect(abs(ours - theirs) < 1e-3 * theirs + 1e-4)
      }
    }
  }

  @Test func scalesFade() throws {
    // Large waves last, small ones are drawn anew in each frame.
    var state: UInt64 = 9
    let frames = try (0..<3).map { _ in
      try Self.field(60, 72) { pixel in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let noise = Float(state >> 40) / Float(1 << 24)
        return pow(10, 0.5 * sin(Float(pixel % 72) / 12) * cos(Float(pixel / 72) / 10) + noise - 0.2)
      }
    }
    var method = SPROG()
    method.matching = .none
    method.masking = false
    let still = MotionField.uniform(height: 60, width: 72, dx: 0, dy: 0)
    let forecast = try method.forecast(frames, along: still, steps: 2)[1]
    func roughness(_ field: ImageField) -> Float {
      field.values.indices.dropLast().reduce(0) { $0 + abs(log(field.values[$1] / field.values[$1 + 1])) }
    }
    #expect(roughness(forecast) < 0.5 * roughness(frames[2]))
    let large = (0..<72).map { forecast.values[5 * 72 + $0] }
    #expect(large[18] > 3 * large[54])
  }

  @Test(arguments: [0, 1]) func dryStaysDry(method: Int) throws {
    let dry = try Self.field(24, 31) { _ in 0.02 }
    let wet = try Self.frames(24, 31, dx: 1, dy: 0)
    for frames in [[dry, dry, dry], [wet[0], wet[1], dry]] where method == 1 || frames[0] == dry {
      let forecast = try Self.methods[method].forecast(frames, steps: 4)
      #expect(forecast.count == 4 && forecast[3].isValid.contains(true))
      #expect(forecast.allSatisfy { $0.values.allSatisfy { $0 < 0.1 } })
    }
  }

  /// Rain that was not there before has no correlation and is extrapolated.
  @Test(arguments: ProbabilityMatching.allCases) func newRainIsExtrapolated(matching: ProbabilityMatching)
    throws
  {
    let dry = try Self.field(24, 31) { _ in 0 }
    let wet = try Self.field(24, 31) { ($0 / 31 - 10) % 24 < 5 && $0 % 31 > 12 ? Float($0 % 7) + 1 : 0 }
    let motion = MotionField.uniform(height: 24, width: 31, dx: 1, dy: -1)
    var method = SPROG()
    method.matching = matching
    let ours = try method.forecast([dry, dry, wet], along: motion, steps: 3)
    let moved = try LagrangianPersistence().forecast([wet], along: motion, steps: 3)
    for (ours, moved) in zip(ours, moved) {
      #expect(ours.isValid == moved.isValid)
      #expect(zip(ours.values, moved.values).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  @Test func constantAndMissingFields() throws {
    let still = MotionField.uniform(height: 10, width: 15, dx: 0, dy: 0)
    let constant = try Self.field(10, 15) { _ in 3 }
    for frame in try SPROG().forecast([constant, constant], along: still, steps: 2) {
      #expect(frame.values.allSatisfy { abs($0 - 3) < 1e-4 })
    }
    let missing = try Self.field(10, 15) { _ in .nan }
    for frames in [
      [missing, missing, missing], [constant, missing, constant], [constant, constant, missing],
    ] {
      for frame in try SPROG().forecast(frames, along: still, steps: 2) {
        #expect(!frame.isValid.contains(true) && frame.values.allSatisfy { $0 == 0 })
      }
    }
    var conditional = SPROG()
    conditional.conditional = true
    let one = try Self.field(10, 15) { $0 == 40 ? 5 : 0 }
    let other = try Self.field(10, 15) { $0 == 90 ? 5 : 0 }
    for frames in [[one, one, one], [one, other, one]] {
      for frame in try conditional.forecast(frames, along: still, steps: 2) {
        #expect(frame.values.allSatisfy(\.isFinite) && frame.values.contains { $0 > 0 })
        if frames[1] == one { #expect(abs(frame.values[40] - 5) < 1e-3) }
      }
    }
  }

  /// Two fields allow the first order alone.
  @Test func twoFieldsLowerTheOrder() throws {
    let frames = try Self.frames(40, 53, dx: 1, dy: 0.5)
    let motion = MotionField.uniform(height: 40, width: 53, dx: 1, dy: 0.5)
    var first = SPROG()
    first.order = 1
    let two = try SPROG().forecast(Array(frames.suffix(2)), along: motion, steps: 2)
    #expect(try first.forecast(frames, along: motion, steps: 2) == two)
    #expect(try SPROG().forecast(frames, along: motion, steps: 2) != two)
  }

  @Test func thresholdIsTheWeakestRain() throws {
    let frames = try Self.frames(40, 53, dx: 1, dy: 0.5)
    var method = SPROG()
    method.threshold = 2
    let forecast = try method.forecast(frames, steps: 2)[1]
    #expect(forecast.values.contains { $0 > 2 })
    #expect(forecast.values.allSatisfy { $0 == 0 || $0 > 1.9999 })
  }

  @Test func refusals() throws {
    let field = try Self.field(6, 9) { Float($0) }
    let other = try Self.field(9, 6) { Float($0) }
    let still = MotionField.uniform(height: 6, width: 9, dx: 0, dy: 0)
    #expect(throws: MotionError.self) { try SPROG().forecast([field], steps: 1) }
    #expect(throws: MotionError.self) { try SPROG().forecast([field], along: still, steps: 1) }
    #expect(throws: MotionError.self) { try SPROG().forecast([field, other], along: still, steps: 1) }
    #expect(throws: MotionError.self) { try SPROG().forecast([other, other], along: still, steps: 1) }
    #expect(throws: MotionError.self) { try SPROG().forecast([field, field], along: still, steps: -1) }
    #expect(throws: MotionError.self) { try LagrangianPersistence().forecast([], along: still, steps: 1) }
    for change: (inout SPROG) -> Void in [
      { $0.order = 3 }, { $0.order = 0 }, { $0.cascadeLevels = 2 }, { $0.threshold = 0 },
      { $0.threshold = .infinity },
    ] {
      var method = SPROG()
      change(&method)
      #expect(throws: MotionError.self) { try method.forecast([field, field], along: still, steps: 1) }
    }
    let tiny = try Self.field(2, 3) { Float($0) }
    #expect(throws: MotionError.self) {
      try SPROG().forecast([tiny, tiny], along: .uniform(height: 2, width: 3, dx: 0, dy: 0), steps: 1)
    }
  }

  /// The levels taken in pairs against those of one transform each.
  @Test func pairedTransformsAreSingleOnes() throws {
    let fields = try Self.frames(18, 25, dx: 1, dy: 2).map { $0.values.map(Double.init) }
    let filter = BandpassFilter(height: 18, width: 25, bands: 5)
    let transform = FourierTransform(height: 18, width: 25)
    for (cascade, field) in zip(Cascade.decomposing(fields, filter), fields) {
      for (level, weights) in filter.weights.enumerated() {
        var spectrum = ComplexField(height: 18, width: 25)
        spectrum.real = field
        transform.forward(&spectrum)
        for index in weights.indices {
          spectrum.real[index] *= weights[index]
          spectrum.imaginary[index] *= weights[index]
        }
        transform.inverse(&spectrum)
        let (mean, deviation) = (cascade.means[level], cascade.deviations[level])
        for (ours, plain) in zip(cascade.levels[level], spectrum.real) {
          #expect(abs(ours * deviation + mean - plain) < 1e-10)
        }
      }
    }
  }

  @Test func ranksAreThoseOfSorting() {
    var values = (0..<3001).map { sin(Double($0 * $0)) * pow(10, Double($0 % 11) - 5) }
    values += [0, -0.0, 1, -1, 1, .infinity, -.infinity, .leastNonzeroMagnitude]
    let order = RankOrder.ascending(Array(0..<Int32(values.count)), by: values)
    let sorted = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    #expect(order.map(Int.init) == sorted)
    let descending = values.sorted(by: >)
    for count in [1, 2, 77, 1500, values.count] {
      #expect(RankOrder.exceeded(by: count, values) == descending[count - 1])
    }
    #expect(RankOrder.exceeded(by: 0, values) == .infinity)
  }
}
