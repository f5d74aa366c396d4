import Foundation
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
  private let factors: [SemidefiniteCholesky]
  private let power: [Double]

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
    power = small.power.map { max($0, floor) * Double(rows * columns) }
    factors = (0..<rows * columns).map { index in
      forecast.factor(
        phase: small.phase(
          row: index / columns, column: index % columns, rows: options.velocity.rows,
          columns: options.velocity.columns), ridge: 1e-3)
    }
  }

  private func covariance(rows: Int, columns: Int, lag: Int) -> Double {
    let (y, x) = (
      (rows % tableHeight + tableHeight) % tableHeight, (columns % tableWidth + tableWidth) % tableWidth
    )
    return tables[lag][y * tableWidth + x]
  }

  /// Cov(p, o) Cov(o, o)⁻¹ Cov(o, p): what the observed frames tell of one pixel of a later one. Every step of the
  /// iteration makes it larger, so stopping early never promises too much.
  func knownVariance(row: Int, column: Int, lead: Int, most: Int = 200, tolerance: Double = 1e-5) -> Double {
    let pixels = height * width
    var residual = [Double](repeating: 0, count: frames * pixels)
    for frame in 0..<frames {
      for y in 0..<height {
        for x in 0..<width {
          residual[frame * pixels + y * width + x] = covariance(
            rows: row - y, columns: column - x, lag: frames - 1 + lead - frame)
        }
      }
    }
    var known = 0.0
    var direction = preconditioned(residual)
    var rho = dot(residual, direction)
    var quiet = 0
    for _ in 0..<most where rho > 0 {
      let image = product(direction)
      let curvature = dot(direction, image)
      guard curvature > 0 else { break }
      let gain = rho * rho / curvature
      known += gain
      let step = rho / curvature
      for index in residual.indices { residual[index] -= step * image[index] }
      quiet = gain < tolerance * max(1 - known, 1e-3) ? quiet + 1 : 0
      if quiet == 5 { break }
      let next = preconditioned(residual)
      let newRho = dot(residual, next)
      let ratio = newRho / rho
      for index in direction.indices { direction[index] = next[index] + ratio * direction[index] }
      rho = newRho
    }
    return known
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  /// Cov(o, o) x.
  private func product(_ x: [Double]) -> [Double] {
    filtered(x) { spectra, index, real, imaginary in
      for t in 0..<frames {
        var (sumReal, sumImaginary) = (0.0, 0.0)
        for s in 0..<frames {
          let kernel = kernels[abs(t - s)]
          let (a, b) = (kernel.real[index], t >= s ? kernel.imaginary[index] : -kernel.imaginary[index])
          sumReal += a * spectra[s].real[index] - b * spectra[s].imaginary[index]
          sumImaginary += a * spectra[s].imaginary[index] + b * spectra[s].real[index]
        }
        real[t] = sumReal
        imaginary[t] = sumImaginary
      }
    }
  }

  private func preconditioned(_ x: [Double]) -> [Double] {
    filtered(x) { spectra, index, real, imaginary in
      var values = [Double](repeating: 0, count: 2 * frames)
      for t in 0..<frames {
        values[t] = spectra[t].real[index]
        values[frames + t] = -spectra[t].imaginary[index]
      }
      let solution = factors[index].solved(values)
      for t in 0..<frames {
        real[t] = solution[t] / power[index]
        imaginary[t] = -solution[frames + t] / power[index]
      }
    }
  }

  /// Each frame of x put on the small torus, every wave of all frames changed together, and the window taken back.
  private func filtered(
    _ x: [Double],
    _ change: (_ spectra: [ComplexField], _ index: Int, _ real: inout [Double], _ imaginary: inout [Double])
      -> Void
  ) -> [Double] {
    let pixels = height * width
    let columns = transform.width
    let spectra = (0..<frames).map { frame in
      var field = ComplexField(height: transform.height, width: columns)
      for y in 0..<height {
        for column in 0..<width {
          field.real[y * columns + column] = x[frame * pixels + y * width + column]
        }
      }
      transform.forward(&field)
      return field
    }
    var changed = spectra
    var real = [Double](repeating: 0, count: frames)
    var imaginary = real
    for index in 0..<transform.height * columns {
      change(spectra, index, &real, &imaginary)
      for t in 0..<frames {
        changed[t].real[index] = real[t]
        changed[t].imaginary[index] = imaginary[t]
      }
    }
    var result = [Double](repeating: 0, count: x.count)
    for frame in 0..<frames {
      transform.inverse(&changed[frame])
      for y in 0..<height {
        for column in 0..<width {
          result[frame * pixels + y * width + column] = changed[frame].real[y * columns + column]
        }
      }
    }
    return result
  }
}

/// Numbers that many threads write, each its own.
final class LockedResults: Sendable {
  private let storage: Mutex<[Double]>

  init(_ count: Int) { storage = Mutex([Double](repeating: 0, count: count)) }

  func set(_ index: Int, _ value: Double) { storage.withLock { $0[index] = value } }

  var values: [Double] { storage.withLock { $0 } }
}
