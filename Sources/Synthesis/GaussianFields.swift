import Support
import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Gaussian random fields of mean 0 and variance 1 on a torus, with a power law for a spectrum:
///
///     S(k) ∝ (1/L² + |k|²)^(−β/2)
///
/// with k in waves a pixel, L the ``largestScale`` beyond which the spectrum is flat, and β the ``slope``. In the
/// plane β = 3 has the covariance e^(−2π|d|/L). The highest frequency of each axis is left out, so that a field can
/// be moved by a part of a pixel.
struct GaussianFields: Sendable {
  let height: Int
  let width: Int
  /// The variance of each wave, row-major as a Fourier transform orders them; the sum is 1.
  let power: [Double]
  let transform: FourierTransform

  /// Both sides must be powers of two.
  init(height: Int, width: Int, slope: Double, largestScale: Double) {
    self.height = height
    self.width = width
    transform = FourierTransform(height: height, width: width)
    var power = [Double](repeating: 0, count: height * width)
    for row in 0..<height where row != height / 2 || height == 1 {
      for column in 0..<width where column != width / 2 || width == 1 {
        let ky = Double(Self.signed(row, height)) / Double(height)
        let kx = Double(Self.signed(column, width)) / Double(width)
        power[row * width + column] = pow(1 / (largestScale * largestScale) + ky * ky + kx * kx, -slope / 2)
      }
    }
    let total = power.reduce(0, +)
    self.power = power.map { $0 / total }
  }

  /// Wave numbers above half the length are negative ones.
  private static func signed(_ index: Int, _ count: Int) -> Int { index > count / 2 ? index - count : index }

  /// The phase 2π k·d of a wave over a distance d in pixels.
  func phase(row: Int, column: Int, rows: Double, columns: Double) -> Double {
    2 * Double.pi
      * (Double(Self.signed(row, height)) * rows / Double(height)
        + Double(Self.signed(column, width)) * columns / Double(width))
  }

  /// C(d), the covariance of two pixels of a field at a distance d.
  func covariance(rows: Double, columns: Double) -> Double {
    var sum = 0.0
    for row in 0..<height {
      for column in 0..<width {
        sum +=
          power[row * width + column] * cos(phase(row: row, column: column, rows: rows, columns: columns))
      }
    }
    return sum
  }

  /// C(d − s) for every whole d of the torus, row-major: d = (row, column) modulo the sides.
  func covariances(shiftedBy rows: Double, _ columns: Double) -> [Double] {
    var field = ComplexField(height: height, width: width)
    for row in 0..<height {
      for column in 0..<width {
        let index = row * width + column
        let angle = phase(row: row, column: column, rows: rows, columns: columns)
        field.real[index] = power[index] * cos(angle) * Double(field.count)
        field.imaginary[index] = -power[index] * sin(angle) * Double(field.count)
      }
    }
    transform.inverse(&field)
    return field.real
  }

  /// Two independent fields, as the real and the imaginary part.
  func pair(_ random: inout RandomStream) -> ComplexField {
    var field = ComplexField(height: height, width: width)
    for index in 0..<field.count {
      field.real[index] = Double(random.normal())
      field.imaginary[index] = Double(random.normal())
    }
    filter(&field)
    transform.inverse(&field)
    return field
  }

  /// The Fourier transform of one field.
  func spectrum(_ random: inout RandomStream) -> ComplexField {
    var field = ComplexField(height: height, width: width)
    for index in 0..<field.count { field.real[index] = Double(random.normal()) }
    filter(&field)
    return field
  }

  /// White noise to the transform of fields with this spectrum.
  private func filter(_ field: inout ComplexField) {
    transform.forward(&field)
    for index in 0..<field.count {
      let gain = (power[index] * Double(field.count)).squareRoot()
      field.real[index] *= gain
      field.imaginary[index] *= gain
    }
  }

  /// Two moments of a field that moves rigidly: the real part is moved by the first distance, the imaginary part
  /// by the second.
  func moved(
    _ spectrum: ComplexField, by first: (rows: Double, columns: Double),
    and second: (rows: Double, columns: Double)
  ) -> ComplexField {
    var field = ComplexField(height: height, width: width)
    for row in 0..<height {
      for column in 0..<width {
        let index = row * width + column
        let (a, b) = (
          phase(row: row, column: column, rows: first.rows, columns: first.columns),
          phase(row: row, column: column, rows: second.rows, columns: second.columns)
        )
        // e^(−ia) + i e^(−ib): a sum of two transforms whose fields are real and imaginary.
        let (x, y) = (cos(a) + sin(b), cos(b) - sin(a))
        field.real[index] = spectrum.real[index] * x - spectrum.imaginary[index] * y
        field.imaginary[index] = spectrum.real[index] * y + spectrum.imaginary[index] * x
      }
    }
    transform.inverse(&field)
    return field
  }
}
