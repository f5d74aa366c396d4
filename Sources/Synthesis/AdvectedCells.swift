import Foundation
import Readers
import TensorCore

/// Synthetic rain: cells of many sizes that drift with a wind, grow and decay. Every frame is computed when
/// asked for, from the seed alone.
///
/// A Gaussian field of unit variance is the sum of K plane waves,
///
///     g(r, t) = Σ aₖ cos(kₖ · (r − v t) + φₖ + ωₖ t)
///
/// - r in pixels, t in minutes, v the ``Options/wind``;
/// - wave numbers |kₖ| are spread evenly in log |k| between 2π / ``Options/largestScale`` and
///   2π / ``Options/smallestScale``, directions and phases φₖ evenly;
/// - amplitudes follow a power law, aₖ² ∝ |k|^(2−β), which together with the spread of the waves makes the
///   two-dimensional power spectrum fall as |k|^−β (β = ``Options/spectralSlope``);
/// - frequencies ωₖ are normal with standard deviation 1 / τₖ and τₖ = lifetime · (λₖ / largest scale)^0.6, so
///   that in the frame of the wind a wave of length λ stays correlated as exp(−t² / 2τ²): small cells live
///   shorter lives than large ones (the exponent is that of Venugopal et al. 1999, "Evidence of dynamic
///   scaling in space-time rainfall").
///
/// With a ``Options/rotation`` Ω the flow is v + Ω × (r − c), a drift and a solid turn about the centre c of the
/// frame: the argument of every wave is then the place from which the flow brought the pixel,
///
///     r₀ − c = R(−Ωt) (r − c) − ∫₀ᵗ R(−Ωs) v ds
///
/// Rain falls where g exceeds the threshold u that the stated wet fraction of the sequence exceeds:
///
///     rate [mm/h] = e^(s (g − u)) − 1  for g > u, else 0    (s = contrast)
///
/// Frames are 5 minutes apart by default and start at 2000-01-01 00:00 UTC.
public struct AdvectedCells: FrameSource {
  public let options: Options
  /// The Gaussian field above this is rain.
  public let threshold: Double
  private let waves: [Wave]

  /// - Throws: `DataError` if an option is out of its range.
  public init(_ options: Options = Options(), seed: UInt64) throws {
    try options.check()
    self.options = options
    waves = Self.waves(options, RandomStream(seed: seed).substream("waves"))
    threshold = Self.threshold(options, waves, RandomStream(seed: seed).substream("threshold"))
  }

  public var count: Int { options.frames }
  public var shape: FrameShape { FrameShape(height: options.height, width: options.width) }
  public var nominalStep: Double? { options.step }
  public var unit: PhysicalUnit { .millimetresPerHour }

  public var timestamps: [Date]? {
    (0..<count).map { Self.start.addingTimeInterval(Double($0) * options.step * 60) }
  }

  public func frame(at index: Int) throws -> Frame {
    try check(index: index)
    let minutes = Double(index) * options.step
    var values = gaussianField(minutes: minutes)
    let contrast = Float(options.contrast)
    let threshold = Float(threshold)
    for pixel in values.indices {
      values[pixel] = values[pixel] > threshold ? exp(contrast * (values[pixel] - threshold)) - 1 : 0
    }
    return try Frame(
      shape: shape, values: values, isValid: options.domain.mask(of: shape),
      time: Self.start.addingTimeInterval(minutes * 60))
  }

  /// 2000-01-01 00:00 UTC.
  private static let start = Date(timeIntervalSince1970: 946_684_800)

  // MARK: The Gaussian field

  /// One plane wave: wave numbers in 1/pixel (y down, x right), frequency in 1/minute in the frame of the flow.
  private struct Wave {
    var amplitude: Double
    var ky: Double
    var kx: Double
    var phase: Double
    var frequency: Double
  }

  private static func waves(_ options: Options, _ random: RandomStream) -> [Wave] {
    var random = random
    let shortest = log(options.smallestScale)
    let longest = log(options.largestScale)
    var waves = (0..<options.waves).map { index -> Wave in
      // Stratified, so that a few hundred waves fill the spectrum evenly.
      let place = (Double(index) + Double(random.uniform())) / Double(options.waves)
      let length = exp(shortest + place * (longest - shortest))
      let number = 2 * Double.pi / length
      let direction = 2 * Double.pi * Double(random.uniform())
      let lifetime = options.lifetime * pow(length / options.largestScale, 0.6)
      return Wave(
        amplitude: pow(number, (2 - options.spectralSlope) / 2), ky: number * sin(direction),
        kx: number * cos(direction), phase: 2 * Double.pi * Double(random.uniform()),
        frequency: Double(random.normal()) / lifetime)
    }
    let variance = waves.reduce(0) { $0 + $1.amplitude * $1.amplitude / 2 }
    for index in waves.indices { waves[index].amplitude /= variance.squareRoot() }
    return waves
  }

  /// The waves as they lie on the frame at one moment: phases hold everything that time does.
  private static func waves(_ waves: [Wave], _ options: Options, minutes: Double) -> [Wave] {
    let frames = minutes / options.step
    let omega = options.rotation * Double.pi / 180
    let angle = omega * frames
    let (turnCosine, turnSine) = (cos(angle), sin(angle))
    // ∫₀ᵗ R(−Ωs) ds = (along, across; −across, along) for (rows, columns) as the turn below has them.
    let along = omega == 0 ? frames : turnSine / omega
    let across = omega == 0 ? 0 : (1 - turnCosine) / omega
    let y = along * options.wind.rows - across * options.wind.columns
    let x = across * options.wind.rows + along * options.wind.columns
    let centreRow = Double(options.height - 1) / 2
    let centreColumn = Double(options.width - 1) / 2
    return waves.map { wave in
      guard omega != 0 else {
        var still = wave
        still.phase += wave.frequency * minutes - (wave.ky * y + wave.kx * x)
        return still
      }
      var turned = wave
      turned.ky = turnCosine * wave.ky + turnSine * wave.kx
      turned.kx = -turnSine * wave.ky + turnCosine * wave.kx
      turned.phase +=
        wave.frequency * minutes + wave.ky * (centreRow - y) + wave.kx * (centreColumn - x)
        - turned.ky * centreRow - turned.kx * centreColumn
      return turned
    }
  }

  /// The field of one moment, row-major. Each wave is separable, cos(a + b) = cos a cos b − sin a sin b, so a
  /// row costs two multiplications a pixel and wave.
  private func gaussianField(minutes: Double) -> [Float] {
    let width = options.width
    let waves = Self.waves(self.waves, options, minutes: minutes)
    var cosines = [Float](repeating: 0, count: waves.count * width)
    var sines = cosines
    for (index, wave) in waves.enumerated() {
      for column in 0..<width {
        let angle = wave.kx * Double(column)
        cosines[index * width + column] = Float(cos(angle))
        sines[index * width + column] = Float(sin(angle))
      }
    }
    var field = [Float](repeating: 0, count: options.height * width)
    field.withUnsafeMutableBufferPointer { field in
      cosines.withUnsafeBufferPointer { cosines in
        sines.withUnsafeBufferPointer { sines in
          for row in 0..<options.height {
            for (index, wave) in waves.enumerated() {
              let angle = wave.ky * Double(row) + wave.phase
              let c = Float(wave.amplitude * cos(angle))
              let s = Float(wave.amplitude * sin(angle))
              for column in 0..<width {
                field[row * width + column] +=
                  c * cosines[index * width + column] - s * sines[index * width + column]
              }
            }
          }
        }
      }
    }
    return field
  }

  /// The value that the wet fraction of the field exceeds, from points drawn all over the sequence.
  private static func threshold(_ options: Options, _ waves: [Wave], _ random: RandomStream) -> Double {
    var random = random
    let samples = (0..<8192).map { _ -> Double in
      let row = Double(random.uniform()) * Double(options.height)
      let column = Double(random.uniform()) * Double(options.width)
      let minutes = Double(random.uniform()) * Double(options.frames) * options.step
      return Self.waves(waves, options, minutes: minutes).reduce(0) {
        $0 + $1.amplitude * cos($1.ky * row + $1.kx * column + $1.phase)
      }
    }
    let place = Int((1 - options.wetFraction) * Double(samples.count))
    return samples.sorted()[min(max(0, place), samples.count - 1)]
  }
}
