/// Two-dimensional discrete Fourier transforms of fields of any size.
///
///     forward:  X(k) = Σ x(r) e^(−2πi k·r/N)         inverse:  x(r) = (1/N) Σ X(k) e^(+2πi k·r/N)
package struct FourierTransform: Sendable {
  package let height: Int
  package let width: Int
  private let rows: FourierLine
  private let columns: FourierLine

  package init(height: Int, width: Int) {
    precondition(height > 0 && width > 0, "an empty field of \(height)×\(width)")
    self.height = height
    self.width = width
    rows = FourierLine(width)
    columns = height == width ? rows : FourierLine(height)
  }

  package func forward(_ field: inout ComplexField) { transform(&field, sign: -1) }

  package func inverse(_ field: inout ComplexField) {
    transform(&field, sign: 1)
    let scale = 1 / Double(field.count)
    for index in field.real.indices {
      field.real[index] *= scale
      field.imaginary[index] *= scale
    }
  }

  private func transform(_ field: inout ComplexField, sign: Double) {
    precondition(field.height == height && field.width == width, "a field of another size")
    field.real.withUnsafeMutableBufferPointer { real in
      field.imaginary.withUnsafeMutableBufferPointer { imaginary in
        guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
        let scratch = UnsafeMutablePointer<Double>.allocate(capacity: 2 * height * width)
        defer { scratch.deallocate() }
        for row in 0..<height {
          rows.transform(
            real + row * width, imaginary + row * width, block: 1, sign: sign, scratch: scratch)
        }
        columns.transform(real, imaginary, block: width, sign: sign, scratch: scratch)
      }
    }
  }
}

extension FourierTransform {
  /// The forward transform of a field `[height, width]` of any size.
  package static func transformed(
    real: [Double], imaginary: [Double], _ height: Int, _ width: Int
  ) -> (real: [Double], imaginary: [Double]) {
    var field = ComplexField(height: height, width: width)
    (field.real, field.imaginary) = (real, imaginary)
    FourierTransform(height: height, width: width).forward(&field)
    return (field.real, field.imaginary)
  }

  /// The smallest length of at least `count` whose prime factors are 2, 3 and 5: those are fast.
  package static func fastLength(_ count: Int) -> Int {
    var length = max(count, 1)
    while true {
      var rest = length
      for factor in [2, 3, 5] { while rest.isMultiple(of: factor) { rest /= factor } }
      if rest == 1 { return length }
      length += 1
    }
  }
}
