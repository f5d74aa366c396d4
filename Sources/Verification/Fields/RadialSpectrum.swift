import Foundation
import Support

/// Radially averaged power spectra of forecast and observation, and their ratio: how sharp a forecast is.
///
/// A blurred forecast has less power than the observation at short wavelengths, whatever its other scores
/// say. The spectrum of a field is |FFT|² / n, averaged over rings of whole wave numbers 0, 1, … below half
/// the longer side, as pysteps' `rapsd`. Spectra of fields are averaged. Pixels missing in either are 0 in
/// both.
public struct RadialSpectrum: FieldScore {
  public let height: Int
  public let width: Int
  /// Σ over the fields, for each wave number.
  public private(set) var forecastSums: [Double]
  public private(set) var observationSums: [Double]
  public private(set) var fields = 0
  /// Fields in which a pixel was missing.
  public private(set) var fieldsWithMissing = 0

  /// - Throws: ``VerificationError`` for an empty field.
  public init(height: Int, width: Int) throws(VerificationError) {
    guard height > 1, width > 1 else {
      throw VerificationError(
        expected: "fields of at least 2 × 2 pixels", received: "\(height) × \(width)",
        remedy: "A spectrum needs more than one pixel.")
    }
    self.height = height
    self.width = width
    let longer = max(height, width)
    forecastSums = [Double](repeating: 0, count: (longer + 1) / 2)
    observationSums = forecastSums
  }

  /// Power of the forecast by wave number (waves along the longer side); nil without a field.
  public var forecast: [Double]? { mean(forecastSums) }
  /// Power of the observation by wave number; nil without a field.
  public var observation: [Double]? { mean(observationSums) }

  /// The wavelength of each wave number in pixels; infinite for the first, which is the mean of the field.
  public var wavelengths: [Double] {
    forecastSums.indices.map { Double(max(height, width)) / Double($0) }
  }

  /// Forecast power over observed power at wavelengths from `shortest` to `longest` pixels: 1 is as sharp as
  /// the observation, below 1 blurred. nil where nothing is observed at these wavelengths.
  public func sharpness(from shortest: Double, to longest: Double) -> Double? {
    let waves = wavelengths
    let chosen = waves.indices.filter { waves[$0] >= shortest && waves[$0] <= longest }
    let observed = chosen.reduce(0) { $0 + observationSums[$1] }
    return ratio(chosen.reduce(0) { $0 + forecastSums[$1] }, observed)
  }

  /// - Throws: ``VerificationError`` for a field of another size.
  public mutating func add(_ field: FieldPair) throws(VerificationError) {
    guard field.height == height, field.width == width else {
      throw VerificationError(
        expected: "a field of \(height) × \(width)", received: "\(field.height) × \(field.width)",
        remedy: "Keep one spectrum a size.")
    }
    let (forecast, observation, valid) = field.copies()
    // Two real fields in one complex transform.
    let spectrum = FourierTransform.transformed(real: forecast, imaginary: observation, height, width)
    var (sumsF, sumsO) = (forecastSums.map { _ in 0.0 }, forecastSums.map { _ in 0.0 })
    var counts = [Int](repeating: 0, count: sumsF.count)
    for row in 0..<height {
      let y = row < (height + 1) / 2 ? row : row - height
      for column in 0..<width {
        let x = column < (width + 1) / 2 ? column : column - width
        let ring = Int(Double(y * y + x * x).squareRoot().rounded())
        guard ring < counts.count else { continue }
        let here = row * width + column
        let mirror = (height - row) % height * width + (width - column) % width
        let (a, b) = (spectrum.real[here], spectrum.imaginary[here])
        let (c, d) = (spectrum.real[mirror], -spectrum.imaginary[mirror])
        sumsF[ring] += ((a + c) * (a + c) + (b + d) * (b + d)) / 4
        sumsO[ring] += ((a - c) * (a - c) + (b - d) * (b - d)) / 4
        counts[ring] += 1
      }
    }
    let pixels = Double(height * width)
    for ring in counts.indices where counts[ring] > 0 {
      forecastSums[ring] += sumsF[ring] / (pixels * Double(counts[ring]))
      observationSums[ring] += sumsO[ring] / (pixels * Double(counts[ring]))
    }
    fields += 1
    if valid.contains(false) { fieldsWithMissing += 1 }
  }

  /// - Precondition: the same size.
  public mutating func merge(_ other: RadialSpectrum) {
    precondition(height == other.height && width == other.width, "Spectra of other sizes do not mix.")
    for index in forecastSums.indices {
      forecastSums[index] += other.forecastSums[index]
      observationSums[index] += other.observationSums[index]
    }
    fields += other.fields
    fieldsWithMissing += other.fieldsWithMissing
  }

  private func mean(_ sums: [Double]) -> [Double]? { fields > 0 ? sums.map { $0 / Double(fields) } : nil }
}
