#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A complex field `[height, width]`, row-major, real and imaginary parts apart.
package struct ComplexField {
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

  var count: Int { real.count }
}

/// Two-dimensional discrete Fourier transforms of fields whose sides are powers of two (Cooley and Tukey 1965).
///
///     forward:  X(k) = Σ x(r) e^(−2πi k·r/N)         inverse:  x(r) = (1/N) Σ X(k) e^(+2πi k·r/N)
package struct FourierTransform: Sendable {
  package let height: Int
  package let width: Int
  private let rows: Line
  private let columns: Line

  /// Both sides must be powers of two.
  package init(height: Int, width: Int) {
    precondition(height.isPowerOfTwo && width.isPowerOfTwo, "\(height)×\(width) are no powers of two")
    self.height = height
    self.width = width
    rows = Line(width)
    columns = Line(height)
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
        for row in 0..<height {
          rows.transform(real + row * width, imaginary + row * width, block: 1, sign: sign)
        }
        columns.transform(real, imaginary, block: width, sign: sign)
      }
    }
  }

  /// Transforms of one length; an element may be a whole block of numbers, so that columns need no copying.
  private struct Line: Sendable {
    let count: Int
    let reversed: [Int]
    let cosines: [Double]
    let sines: [Double]

    init(_ count: Int) {
      self.count = count
      let bits = count.trailingZeroBitCount
      reversed = (0..<count).map { index in
        (0..<bits).reduce(0) { $0 | (index >> $1 & 1) << (bits - 1 - $1) }
      }
      cosines = (0..<count / 2).map { cos(2 * Double.pi * Double($0) / Double(count)) }
      sines = (0..<count / 2).map { sin(2 * Double.pi * Double($0) / Double(count)) }
    }

    func transform(
      _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>, block: Int,
      sign: Double
    ) {
      for index in 0..<count where reversed[index] > index {
        for place in 0..<block {
          let (a, b) = (index * block + place, reversed[index] * block + place)
          (real[a], real[b]) = (real[b], real[a])
          (imaginary[a], imaginary[b]) = (imaginary[b], imaginary[a])
        }
      }
      var half = 1
      while half < count {
        let step = count / (2 * half)
        for start in stride(from: 0, to: count, by: 2 * half) {
          for offset in 0..<half {
            let c = cosines[offset * step]
            let s = sign * sines[offset * step]
            let (a, b) = ((start + offset) * block, (start + offset + half) * block)
            for place in 0..<block {
              let x = real[b + place] * c - imaginary[b + place] * s
              let y = real[b + place] * s + imaginary[b + place] * c
              real[b + place] = real[a + place] - x
              imaginary[b + place] = imaginary[a + place] - y
              real[a + place] += x
              imaginary[a + place] += y
            }
          }
        }
        half *= 2
      }
    }
  }
}

extension Int {
  var isPowerOfTwo: Bool { self > 0 && self & (self - 1) == 0 }

  /// The smallest power of two that is not below.
  var roundedUpToPowerOfTwo: Int {
    var power = 1
    while power < self { power *= 2 }
    return power
  }
}
