import Foundation
import Support

/// How much patches or a checkerboard show in fields: the power at wavelengths of a patch over that of its neighbours.
///
/// Networks that make several pixels of one vector (patches, transposed convolutions) may leave a pattern that repeats
/// with the patch (Odena et al. 2016, "Deconvolution and Checkerboard Artifacts"). It shows as peaks in the spectrum at
/// the wavelength of the patch and at its harmonics: for 8 pixels those of 8, 4, 8/3 and 2.
///
/// The power of a field along one axis is Σ |FFT|² over the other axis, after taking off the mean of the valid pixels and
/// a Hann window. It is summed over fields. At a harmonic k the background is a straight line in log power against log k
/// through the wave numbers k ± 2 and k ± 3 that are not beside another harmonic; at the shortest wavelength, which has
/// neighbours on one side only, their geometric mean. Both axes count alike. 1 means that nothing shows. Pixels missing
/// in either field are 0 in both, after the mean was taken off.
public struct PatchArtifacts: FieldScore {
  public let height: Int
  public let width: Int
  /// Σ over the fields by wave number from 0 to half the side, along rows (waves in x) and columns (waves in y).
  private var forecast: Axes
  private var observation: Axes
  public private(set) var fields = 0

  private struct Axes: Codable, Hashable, Sendable {
    var rows: [Double]
    var columns: [Double]

    mutating func merge(_ other: Axes) {
      for k in rows.indices { rows[k] += other.rows[k] }
      for k in columns.indices { columns[k] += other.columns[k] }
    }
  }

  /// - Throws: ``VerificationError`` for an empty field.
  public init(height: Int, width: Int) throws(VerificationError) {
    guard height > 0, width > 0 else {
      throw VerificationError(
        expected: "fields of at least one pixel", received: "\(height) × \(width)",
        remedy: "Name the size of the fields.")
    }
    (self.height, self.width) = (height, width)
    forecast = Axes(
      rows: [Double](repeating: 0, count: width / 2 + 1),
      columns: [Double](repeating: 0, count: height / 2 + 1))
    observation = forecast
  }

  /// The largest ratio of power to background among the harmonics of patches of `patch` pixels, in the forecast. nil
  /// without power, or where the side is no multiple of the patch or less than four times as long.
  public func forecast(patch: Int) -> Double? { ratio(forecast, patch) }

  /// The same in the observation, where it says how much chance alone makes of it.
  public func observation(patch: Int) -> Double? { ratio(observation, patch) }

  /// The ratio in the forecast at one wavelength in pixels, which is a whole share of both sides.
  public func forecast(wavelength: Int) -> Double? {
    ratio(forecast, wavelength, harmonics: 1...1)
  }

  /// The ratio in the observation at one wavelength in pixels, which is a whole share of both sides.
  public func observation(wavelength: Int) -> Double? {
    ratio(observation, wavelength, harmonics: 1...1)
  }

  private func ratio(_ axes: Axes, _ patch: Int, harmonics: ClosedRange<Int>? = nil) -> Double? {
    guard patch >= 2, height.isMultiple(of: patch), width.isMultiple(of: patch) else { return nil }
    // Both fields went through one transform, whose rounding is that of the stronger one.
    let rounding = 1e-20 * ((forecast.rows + observation.rows).max() ?? 0)
    let ratios = (harmonics ?? 1...patch / 2).compactMap { harmonic -> Double? in
      guard let rows = Self.ratio(axes.rows, width / patch, harmonic, rounding: rounding),
        let columns = Self.ratio(axes.columns, height / patch, harmonic, rounding: rounding)
      else { return nil }
      return (rows + columns) / 2
    }
    return ratios.max()
  }

  /// The power at `harmonic` times the wave number `base` over the background there.
  private static func ratio(
    _ power: [Double], _ base: Int, _ harmonic: Int, rounding: Double
  ) -> Double? {
    let k = base * harmonic
    guard base >= 4, k < power.count else { return nil }
    let neighbours = [k - 3, k - 2, k + 2, k + 3].filter { other in
      let beside = other % base
      return other > 1 && other < power.count && beside > 1 && beside < base - 1 && power[other] > rounding
    }
    guard neighbours.count > 1 else { return nil }
    let (x, y) = (neighbours.map { log(Double($0)) }, neighbours.map { log(power[$0]) })
    let count = Double(neighbours.count)
    let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    var slope = 0.0
    if neighbours[0] < k, neighbours[neighbours.count - 1] > k {
      slope =
        zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    }
    return power[k] / exp(meanY + slope * (log(Double(k)) - meanX))
  }

  /// - Throws: ``VerificationError`` for a field of another size.
  public mutating func add(_ field: FieldPair) throws(VerificationError) {
    guard field.height == height, field.width == width else {
      throw VerificationError(
        expected: "a field of \(height) × \(width)", received: "\(field.height) × \(field.width)",
        remedy: "Keep one score a size.")
    }
    var (f, o, valid) = field.copies()
    let count = valid.reduce(0) { $0 + ($1 ? 1 : 0) }
    guard count > 0 else { return }
    let (meanF, meanO) = (f.reduce(0, +) / Double(count), o.reduce(0, +) / Double(count))
    let (windowY, windowX) = (Self.window(height), Self.window(width))
    for index in valid.indices where valid[index] {
      let factor = windowY[index / width] * windowX[index % width]
      f[index] = (f[index] - meanF) * factor
      o[index] = (o[index] - meanO) * factor
    }
    // Two real fields in one complex transform.
    let spectrum = FourierTransform.transformed(real: f, imaginary: o, height, width)
    for row in 0..<height {
      for column in 0..<width {
        let here = row * width + column
        let mirror = (height - row) % height * width + (width - column) % width
        let (a, b) = (spectrum.real[here], spectrum.imaginary[here])
        let (c, d) = (spectrum.real[mirror], -spectrum.imaginary[mirror])
        let powerF = ((a + c) * (a + c) + (b + d) * (b + d)) / 4
        let powerO = ((a - c) * (a - c) + (b - d) * (b - d)) / 4
        if column < forecast.rows.count {
          forecast.rows[column] += powerF
          observation.rows[column] += powerO
        }
        if row < forecast.columns.count {
          forecast.columns[row] += powerF
          observation.columns[row] += powerO
        }
      }
    }
    fields += 1
  }

  /// - Precondition: the same size.
  public mutating func merge(_ other: PatchArtifacts) {
    precondition(height == other.height && width == other.width, "Scores of other sizes do not mix.")
    forecast.merge(other.forecast)
    observation.merge(other.observation)
    fields += other.fields
  }

  private static func window(_ count: Int) -> [Double] {
    (0..<count).map { 0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(count)) }
  }
}
