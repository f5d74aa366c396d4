import Foundation

/// Gaussian bands in the logarithm of the wavenumber, which split a field into levels of scale (Pulkkinen, Chandrasekar
/// & Harri 2018).
///
///     q = (L/2)^(1/n)     c(k) = log_q((q^(k−1) + q^k) / 2)     w(k, r) ∝ exp(−(log_q r − c(k))² / 2s²)
///
/// with L the longer side, n bands and s = ½. At each wavenumber r, the distance from the mean in cycles a side, the
/// weights sum to 1; the mean belongs to the first band. The weights are those of pysteps' `filter_gaussian`.
package struct BandpassFilter: Sendable {
  package let height: Int
  package let width: Int
  /// A weight for each wavenumber of the transform, `[band][height, width]`.
  package let weights: [[Double]]

  /// - Precondition: three bands or more, and a side of at least four pixels.
  package init(height: Int, width: Int, bands: Int, deviation: Double = 0.5) {
    precondition(bands > 2 && max(height, width) > 3 && min(height, width) > 0)
    self.height = height
    self.width = width
    let step = log(0.5 * Double(max(height, width))) / Double(bands)
    let centres = (0..<bands).map { log(0.5 * (exp(step * Double($0)) + exp(step * Double($0 + 1)))) / step }
    var weights = [[Double]](repeating: [Double](repeating: 0, count: height * width), count: bands)
    var here = [Double](repeating: 0, count: bands)
    for row in 0...height / 2 {
      for column in 0...width / 2 {
        let radius = Double(row * row + column * column).squareRoot()
        let place = radius > 0 ? log(radius) / step : 0
        for band in 0..<bands {
          let distance = (place - centres[band]) / deviation
          here[band] = exp(-distance * distance / 2)
        }
        let sum = here.reduce(0, +)
        for band in 0..<bands {
          let weight = radius > 0 ? here[band] / sum : (band == 0 ? 1 : 0)
          // A real field's transform holds each wavenumber and its opposites.
          let (below, beyond) = ((height - row) % height, (width - column) % width)
          weights[band][row * width + column] = weight
          weights[band][below * width + column] = weight
          weights[band][row * width + beyond] = weight
          weights[band][below * width + beyond] = weight
        }
      }
    }
    self.weights = weights
  }
}
