import Support

/// The stationary lag covariance of a sequence,
///
///     C[h, τ] = 1/N(h, τ) Σ x(s, t) x(s + h, t + τ),   h = (rows, columns) with sign, τ = 0, 1, …
///
/// over the N(h, τ) pairs of pixels that exist, x the deviation from the mean. Negative τ follow by C[−h,
/// −τ] = C[h, τ].
public struct LagCovariance: Sendable {
  /// Lags go from −`rows` to `rows`, −`columns` to `columns` and 0 to `frames`.
  public let rows: Int
  public let columns: Int
  public let frames: Int
  /// C, `[τ, rows, columns]` with h = 0 in the middle; 0 where there is no pair.
  public private(set) var values: [Double]
  /// N, in the order of `values`.
  public private(set) var counts: [Double]

  /// C at a lag.
  ///
  /// - Precondition: the lag is within the limits.
  public func value(rows: Int, columns: Int, frames: Int) -> Double {
    values[place(rows, columns, frames)]
  }

  private func place(_ row: Int, _ column: Int, _ frame: Int) -> Int {
    (frame * (2 * rows + 1) + row + rows) * (2 * columns + 1) + column + columns
  }

  /// The number of spatial lags.
  var spatialLags: Int { (2 * rows + 1) * (2 * columns + 1) }

  package init(_ field: SpaceTimeField, anomalies: [Double], rows: Int, columns: Int, frames: Int) {
    self.rows = min(rows, field.height - 1)
    self.columns = min(columns, field.width - 1)
    self.frames = min(frames, field.frames - 1)
    let size = (2 * self.rows + 1) * (2 * self.columns + 1) * (self.frames + 1)
    values = [Double](repeating: 0, count: size)
    counts = values
    let height = FourierTransform.fastLength(field.height + self.rows)
    let width = FourierTransform.fastLength(field.width + self.columns)
    // Values in the real and the mask in the imaginary part of one transform.
    let spectra = (0..<field.frames).map { frame -> Spectrum in
      var (real, imaginary) = ([Double](repeating: 0, count: height * width), [Double]())
      imaginary = real
      for row in 0..<field.height {
        for column in 0..<field.width {
          let source = (frame * field.height + row) * field.width + column
          real[row * width + column] = anomalies[source]
          if let valid = field.isValid, valid[source] { imaginary[row * width + column] = 1 }
        }
      }
      let result = FourierTransform.transformed(real: real, imaginary: imaginary, height, width)
      return Spectrum(result.real, result.imaginary, height, width, isPacked: field.isValid != nil)
    }
    for lag in 0...self.frames {
      let sums = Spectrum.correlation(spectra.map(\.values), lag, height, width)
      let pairs =
        field.isValid == nil ? nil : Spectrum.correlation(spectra.map(\.mask), lag, height, width)
      for row in -self.rows...self.rows {
        for column in -self.columns...self.columns {
          let source = (row + height) % height * width + (column + width) % width
          let complete =
            (field.height - abs(row)) * (field.width - abs(column)) * (field.frames - lag)
          let count = pairs.map { $0[source].rounded() } ?? Double(complete)
          let target = place(row, column, lag)
          counts[target] = count
          values[target] = count > 0 ? sums[source] / count : 0
        }
      }
    }
  }

  /// The transforms of a frame's values and of its mask.
  private struct Spectrum {
    typealias Complex = (real: [Double], imaginary: [Double])
    var values: Complex
    var mask: Complex = ([], [])

    init(_ real: [Double], _ imaginary: [Double], _ height: Int, _ width: Int, isPacked: Bool) {
      guard isPacked else {
        values = (real, imaginary)
        return
      }
      values = (real, imaginary)
      mask = (real, imaginary)
      for row in 0..<height {
        for column in 0..<width {
          let here = row * width + column
          let mirror = (height - row) % height * width + (width - column) % width
          let (a, b, c, d) = (real[here], imaginary[here], real[mirror], imaginary[mirror])
          (values.real[here], values.imaginary[here]) = ((a + c) / 2, (b - d) / 2)
          (mask.real[here], mask.imaginary[here]) = ((b + d) / 2, (c - a) / 2)
        }
      }
    }

    /// Σ over t and s of x(s, t) x(s + h, t + lag), for all h around the circle.
    static func correlation(_ spectra: [Complex], _ lag: Int, _ height: Int, _ width: Int) -> [Double] {
      let count = height * width
      var (real, imaginary) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
      for time in 0..<spectra.count - lag {
        let (a, b) = (spectra[time], spectra[time + lag])
        for index in 0..<count {
          real[index] += a.real[index] * b.real[index] + a.imaginary[index] * b.imaginary[index]
          // The conjugate, so that the forward transform inverts.
          imaginary[index] -= a.real[index] * b.imaginary[index] - a.imaginary[index] * b.real[index]
        }
      }
      let result = FourierTransform.transformed(real: real, imaginary: imaginary, height, width)
      return result.real.map { $0 / Double(count) }
    }
  }
}

extension LagCovariance {
  /// What part of the covariance its best separable approximation misses, and how much of it is transport.
  ///
  /// The matrix C[h, τ], rows h and columns τ, is weighted by the roots of the pair counts (their separable
  /// part, so that a separable covariance has rank one with any mask). With its singular values σ the first
  /// is 1 − σ₁² / Σ σᵢ², the second the share of the squares of (C[h, τ] − C[−h, τ]) / 2. nil without
  /// variance.
  public var interaction: (nonseparable: Double, transport: Double)? {
    let (lags, times) = (spatialLags, frames + 1)
    var (byLag, byTime) = ([Double](repeating: 0, count: lags), [Double](repeating: 0, count: times))
    for time in 0..<times {
      for lag in 0..<lags {
        byLag[lag] += counts[time * lags + lag]
        byTime[time] += counts[time * lags + lag]
      }
    }
    let total = byTime.reduce(0, +)
    guard total > 0 else { return nil }
    var weighted = [Double](repeating: 0, count: lags * times)
    var (all, odd) = (0.0, 0.0)
    for time in 0..<times {
      for lag in 0..<lags {
        let weight = byLag[lag] * byTime[time] / total
        let here = time * lags + lag
        weighted[here] = weight.squareRoot() * values[here]
        let mirrored = (values[here] - values[time * lags + lags - 1 - lag]) / 2
        all += weight * values[here] * values[here]
        odd += weight * mirrored * mirrored
      }
    }
    guard all > 0, all.isFinite else { return nil }
    var gram = [Double](repeating: 0, count: times * times)
    for a in 0..<times {
      for b in a..<times {
        var sum = 0.0
        for lag in 0..<lags { sum += weighted[a * lags + lag] * weighted[b * lags + lag] }
        gram[a * times + b] = sum
        gram[b * times + a] = sum
      }
    }
    return (max(0, 1 - symmetricEigenvalues(gram, order: times)[0] / all), odd / all)
  }

  /// How far structures move in a frame: the lag at which C[h, 1] is largest, rows and columns.
  public var displacement: (rows: Int, columns: Int)? {
    guard frames > 0 else { return nil }
    let lags = values[spatialLags..<2 * spatialLags]
    guard let largest = lags.max(), largest > 0, let place = lags.firstIndex(of: largest) else { return nil }
    let index = place - spatialLags
    return (index / (2 * columns + 1) - rows, index % (2 * columns + 1) - columns)
  }
}

/// The eigenvalues of a small symmetric matrix, the largest first (Jacobi's rotations).
package func symmetricEigenvalues(_ matrix: [Double], order n: Int) -> [Double] {
  var a = matrix
  for _ in 0..<60 {
    var off = 0.0
    for i in 0..<n { for j in 0..<n where i != j { off += a[i * n + j] * a[i * n + j] } }
    let size = (0..<n).reduce(0) { $0 + a[$1 * n + $1] * a[$1 * n + $1] }
    if off <= 1e-28 * size { break }
    for p in 0..<n {
      for q in (p + 1)..<max(n, p + 1) where a[p * n + q] != 0 {
        let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<n {
          let (x, y) = (a[k * n + p], a[k * n + q])
          (a[k * n + p], a[k * n + q]) = (c * x - s * y, s * x + c * y)
        }
        for k in 0..<n {
          let (x, y) = (a[p * n + k], a[q * n + k])
          (a[p * n + k], a[q * n + k]) = (c * x - s * y, s * x + c * y)
        }
      }
    }
  }
  return (0..<n).map { a[$0 * n + $0] }.sorted(by: >)
}
