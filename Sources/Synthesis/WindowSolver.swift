import Foundation
import Support
import Synchronization

/// Solves Cov(o, o) x = Cov(o, p) for one pixel p and all observed pixels o of a frame's window by conjugate
/// gradients: products with the covariance are convolutions over a torus of twice the window, and the waves of that
/// torus, each solved alone, are the preconditioner (Chan and Ng 1996, "Conjugate gradient methods for Toeplitz
/// systems").
struct WindowSolver: Sendable {
  private let height: Int
  private let width: Int
  private let frames: Int
  private let tableHeight: Int
  private let tableWidth: Int
  /// Cov X(d, τ) on the dial's torus, for τ from 0 on.
  private let tables: [[Double]]
  private let transform: FourierTransform
  /// The transforms of the covariances at τ = 0, 1, … on the small torus.
  private let kernels: [ComplexField]
  /// The inverse of the covariances of every wave of the small torus, row by row: element (t, s) for all waves.
  private let inverses: [ComplexField]
  /// The factor of Cov(o, o) where the window is small enough for elimination, which is exact.
  private var factor: SemidefiniteCholesky?
  private static let mostForElimination = 768

  init(_ forecast: WienerForecast, _ maker: DialMaker) {
    let options = forecast.options
    let (height, width) = (options.height, options.width)
    self.height = height
    self.width = width
    frames = forecast.inputFrames
    let (tableHeight, tableWidth) = (maker.fields.height, maker.fields.width)
    self.tableHeight = tableHeight
    self.tableWidth = tableWidth
    let still = maker.fields.covariances(shiftedBy: 0, 0)
    let tables = (0..<forecast.inputFrames + forecast.forecastFrames).map { lag in
      let moving = maker.fields.covariances(
        shiftedBy: options.velocity.rows * Double(lag), options.velocity.columns * Double(lag))
      return zip(still, moving).map {
        (1 - options.theta) * maker.autocorrelation[lag] * $0 + options.theta * $1
      }
    }
    self.tables = tables
    let (rows, columns) = ((2 * height).roundedUpToPowerOfTwo, (2 * width).roundedUpToPowerOfTwo)
    let transform = FourierTransform(height: rows, width: columns)
    self.transform = transform
    kernels = (0..<forecast.inputFrames).map { lag in
      var kernel = ComplexField(height: rows, width: columns)
      for y in 1 - height..<height {
        for x in 1 - width..<width {
          kernel.real[(y + rows) % rows * columns + (x + columns) % columns] =
            tables[lag][
              (y + tableHeight) % tableHeight * tableWidth + (x + tableWidth) % tableWidth]
        }
      }
      transform.forward(&kernel)
      return kernel
    }
    let small = GaussianFields(
      height: rows, width: columns, slope: options.slope, largestScale: options.largestScale)
    let floor = 1e-3 / Double(rows * columns)
    let power = small.power.map { max($0, floor) * Double(rows * columns) }
    let n = forecast.inputFrames
    var inverses = [ComplexField](repeating: ComplexField(height: rows, width: columns), count: n * n)
    for index in 0..<rows * columns {
      let factor = forecast.factor(
        phase: small.phase(
          row: index / columns, column: index % columns, rows: options.velocity.rows,
          columns: options.velocity.columns), ridge: 1e-3)
      for s in 0..<n {
        var unit = [Double](repeating: 0, count: 2 * n)
        unit[s] = 1
        // The factor is that of the conjugated matrix.
        let column = factor.solved(unit)
        for t in 0..<n {
          inverses[t * n + s].real[index] = column[t] / power[index]
          inverses[t * n + s].imaginary[index] = -column[n + t] / power[index]
        }
      }
    }
    self.inverses = inverses
    let count = frames * height * width
    if count <= Self.mostForElimination { factor = SemidefiniteCholesky(covariances(), order: count) }
  }

  /// Cov(o, o), row by row.
  private func covariances() -> [Double] {
    let pixels = height * width
    return (0..<frames * pixels).flatMap { i in
      (0..<frames * pixels).map { j in
        let (earlier, later) = i / pixels <= j / pixels ? (i, j) : (j, i)
        return covariance(
          rows: later % pixels / width - earlier % pixels / width,
          columns: later % width - earlier % width, lag: later / pixels - earlier / pixels)
      }
    }
  }

  private func covariance(rows: Int, columns: Int, lag: Int) -> Double {
    let (y, x) = (
      (rows % tableHeight + tableHeight) % tableHeight, (columns % tableWidth + tableWidth) % tableWidth
    )
    return tables[lag][y * tableWidth + x]
  }

  /// A pixel of a later frame.
  struct Place {
    var row: Int
    var column: Int
    var lead: Int
  }

  /// Cov(p, o) Cov(o, o)⁻¹ Cov(o, p): what the observed frames tell of two pixels of later ones. Every step of the
  /// iteration makes it larger, so stopping early never promises too much.
  ///
  /// All operators are real, so two systems share every transform: one is the real part, the other the imaginary one.
  func knownVariances(
    _ first: Place, _ second: Place, most: Int = 200, tolerance: Double = 1e-5
  ) -> (Double, Double) {
    if let factor {
      return (
        factor.quadraticForm(covariances(with: first)), factor.quadraticForm(covariances(with: second))
      )
    }
    var residual = [covariances(with: first), covariances(with: second)]
    var known = [0.0, 0.0]
    var direction = preconditioned(residual)
    var rho = (0..<2).map { dot(residual[$0], direction[$0]) }
    var quiet = [0, 0]
    for _ in 0..<most where quiet.contains(where: { $0 < 5 }) {
      let image = product(direction)
      for system in 0..<2 where quiet[system] < 5 {
        let curvature = dot(direction[system], image[system])
        guard curvature > 0, rho[system] > 0 else {
          quiet[system] = 5
          continue
        }
        let step = rho[system] / curvature
        let gain = rho[system] * step
        known[system] += gain
        for index in image[system].indices { residual[system][index] -= step * image[system][index] }
        quiet[system] = gain < tolerance * max(1 - known[system], 1e-3) ? quiet[system] + 1 : 0
      }
      let next = preconditioned(residual)
      for system in 0..<2 where quiet[system] < 5 {
        let newRho = dot(residual[system], next[system])
        let ratio = newRho / rho[system]
        for index in next[system].indices {
          direction[system][index] = next[system][index] + ratio * direction[system][index]
        }
        rho[system] = newRho
      }
    }
    return (known[0], known[1])
  }

  private func covariances(with place: Place) -> [Double] {
    var values = [Double](repeating: 0, count: frames * height * width)
    for frame in 0..<frames {
      for y in 0..<height {
        for x in 0..<width {
          values[(frame * height + y) * width + x] = covariance(
            rows: place.row - y, columns: place.column - x, lag: frames - 1 + place.lead - frame)
        }
      }
    }
    return values
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  /// Cov(o, o) x of both systems.
  private func product(_ x: [[Double]]) -> [[Double]] {
    filtered(x) { spectra in
      (0..<frames).map { t in
        var sum = ComplexField(height: transform.height, width: transform.width)
        for s in 0..<frames {
          let kernel = kernels[abs(t - s)]
          sum.add(kernel, times: spectra[s], conjugated: t < s)
        }
        return sum
      }
    }
  }

  private func preconditioned(_ x: [[Double]]) -> [[Double]] {
    filtered(x) { spectra in
      (0..<frames).map { t in
        var sum = ComplexField(height: transform.height, width: transform.width)
        for s in 0..<frames { sum.add(inverses[t * frames + s], times: spectra[s], conjugated: false) }
        return sum
      }
    }
  }

  /// Each frame of both systems put on the small torus as one complex field, all waves changed, and the window taken
  /// back.
  private func filtered(_ x: [[Double]], _ change: ([ComplexField]) -> [ComplexField]) -> [[Double]] {
    let pixels = height * width
    let columns = transform.width
    let spectra = (0..<frames).map { frame in
      var field = ComplexField(height: transform.height, width: columns)
      for y in 0..<height {
        for column in 0..<width {
          let from = frame * pixels + y * width + column
          field.real[y * columns + column] = x[0][from]
          field.imaginary[y * columns + column] = x[1][from]
        }
      }
      transform.forward(&field)
      return field
    }
    var result = [[Double]](repeating: [Double](repeating: 0, count: frames * pixels), count: 2)
    for (frame, field) in change(spectra).enumerated() {
      var field = field
      transform.inverse(&field)
      for y in 0..<height {
        for column in 0..<width {
          let to = frame * pixels + y * width + column
          result[0][to] = field.real[y * columns + column]
          result[1][to] = field.imaginary[y * columns + column]
        }
      }
    }
    return result
  }
}

extension ComplexField {
  /// Adds a product, wave by wave.
  fileprivate mutating func add(_ factor: ComplexField, times field: ComplexField, conjugated: Bool) {
    let sign = conjugated ? -1.0 : 1.0
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        factor.real.withUnsafeBufferPointer { a in
          factor.imaginary.withUnsafeBufferPointer { b in
            field.real.withUnsafeBufferPointer { x in
              field.imaginary.withUnsafeBufferPointer { y in
                for index in real.indices {
                  let imaginaryFactor = sign * b[index]
                  real[index] += a[index] * x[index] - imaginaryFactor * y[index]
                  imaginary[index] += a[index] * y[index] + imaginaryFactor * x[index]
                }
              }
            }
          }
        }
      }
    }
  }
}

/// Results that many threads write, each its own.
final class LockedResults: Sendable {
  private let storage: Mutex<[(Double, Double)]>

  init(_ count: Int) { storage = Mutex([(Double, Double)](repeating: (0, 0), count: count)) }

  func set(_ index: Int, _ value: (Double, Double)) { storage.withLock { $0[index] = value } }

  var values: [(Double, Double)] { storage.withLock { $0 } }
}
