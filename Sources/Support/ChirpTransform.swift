#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Fourier transforms of a length with a large prime factor, as a convolution with a chirp (Bluestein 1970):
///
///     nk = (n² + k² − (k − n)²) / 2     X(k) = c(k) Σ x(n) c(n) · c*(k − n)     c(n) = e^(−πi n²/N)
///
/// The convolution is done by transforms of a longer, fast length.
struct ChirpTransform: Sendable {
  let count: Int
  /// The fast length.
  let length: Int
  private let line: FourierLine
  private let cosines: [Double]
  private let sines: [Double]
  /// The forward transform of c*, divided by the length.
  private let kernelReal: [Double]
  private let kernelImaginary: [Double]

  init(_ count: Int) {
    self.count = count
    length = FourierTransform.fastLength(2 * count - 1)
    let line = FourierLine(length)
    self.line = line
    let angles = (0..<count).map { Double.pi * Double($0 * $0 % (2 * count)) / Double(count) }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
    var real = [Double](repeating: 0, count: length)
    var imaginary = real
    for n in 0..<count {
      (real[n], imaginary[n]) = (cosines[n] / Double(length), sines[n] / Double(length))
      let opposite = (length - n) % length
      (real[opposite], imaginary[opposite]) = (real[n], imaginary[n])
    }
    var scratch = [Double](repeating: 0, count: 2 * length)
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        scratch.withUnsafeMutableBufferPointer { scratch in
          guard let real = real.baseAddress, let imaginary = imaginary.baseAddress,
            let scratch = scratch.baseAddress
          else { return }
          line.transform(real, imaginary, block: 1, sign: -1, scratch: scratch)
        }
      }
    }
    (kernelReal, kernelImaginary) = (real, imaginary)
  }

  /// Σ x(n) e^(sign · 2πi kn/N) of `count` blocks, in place.
  ///
  /// - Parameter scratch: Room for four times `length` blocks.
  func transform(
    _ real: FourierLine.Numbers, _ imaginary: FourierLine.Numbers, block: Int, sign: Double,
    scratch: FourierLine.Numbers
  ) {
    let (a, b) = (scratch, scratch + length * block)
    let rest = scratch + 2 * length * block
    // The transform with the other sign is that of the conjugate, conjugated.
    for n in 0..<count {
      let (c, s) = (cosines[n], sines[n])
      for place in n * block..<(n + 1) * block {
        let (x, y) = (real[place], -sign * imaginary[place])
        a[place] = x * c + y * s
        b[place] = y * c - x * s
      }
    }
    (a + count * block).update(repeating: 0, count: (length - count) * block)
    (b + count * block).update(repeating: 0, count: (length - count) * block)
    line.transform(a, b, block: block, sign: -1, scratch: rest)
    for k in 0..<length {
      let (c, s) = (kernelReal[k], kernelImaginary[k])
      for place in k * block..<(k + 1) * block {
        let (x, y) = (a[place], b[place])
        a[place] = x * c - y * s
        b[place] = y * c + x * s
      }
    }
    line.transform(a, b, block: block, sign: 1, scratch: rest)
    for k in 0..<count {
      let (c, s) = (cosines[k], sines[k])
      for place in k * block..<(k + 1) * block {
        let (x, y) = (a[place], b[place])
        real[place] = x * c + y * s
        imaginary[place] = -sign * (y * c - x * s)
      }
    }
  }
}
