/// A complex field `[height, width]`, row-major, real and imaginary parts apart.
package struct ComplexField: Sendable {
  package let height: Int
  package let width: Int
  package var real: [Double]
  package var imaginary: [Double]

  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
    real = [Double](repeating: 0, count: height * width)
    imaginary = real
  }

  package var count: Int { real.count }
}
