#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Fourier transforms of one length, split by its prime factors (Cooley & Tukey 1965) in Stockham's order, which needs
/// no reordering. An element may be a whole block of numbers, so that columns need no copying.
struct FourierLine: Sendable {
  let count: Int
  private let factors: [Int]
  private let cosines: [Double]
  private let sines: [Double]

  init(_ count: Int) {
    self.count = count
    var (factors, rest, divisor) = ([Int](), count, 2)
    while rest > 1 {
      while rest.isMultiple(of: divisor) {
        factors.append(divisor)
        rest /= divisor
      }
      divisor += 1
    }
    self.factors = factors
    cosines = (0..<count).map { cos(2 * Double.pi * Double($0) / Double(count)) }
    sines = (0..<count).map { sin(2 * Double.pi * Double($0) / Double(count)) }
  }

  /// The largest prime factor, to which the work is proportional.
  var largestFactor: Int { factors.last ?? 1 }

  typealias Numbers = UnsafeMutablePointer<Double>

  /// Σ x(n) e^(sign · 2πi kn/N) of `count` blocks, in place.
  ///
  /// - Parameter scratch: Room for twice the numbers of one part.
  func transform(_ real: Numbers, _ imaginary: Numbers, block: Int, sign: Double, scratch: Numbers) {
    var input = (real, imaginary)
    var output = (scratch, scratch + count * block)
    // After each factor p the data are `rest` times fewer transforms of p times the length.
    var (done, rest) = (1, count)
    for p in factors {
      rest /= p
      if p == 2 {
        pairs(done, rest, block, sign, from: input, to: output)
      } else {
        stage(p, done, rest, block, sign, from: input, to: output)
      }
      swap(&input, &output)
      done *= p
    }
    guard input.0 != real else { return }
    real.update(from: input.0, count: count * block)
    imaginary.update(from: input.1, count: count * block)
  }

  /// The stage of a factor 2: a ± b e^(iφ).
  private func pairs(
    _ done: Int, _ rest: Int, _ block: Int, _ sign: Double, from input: (Numbers, Numbers),
    to output: (Numbers, Numbers)
  ) {
    let half = done * rest * block
    for group in 0..<rest {
      for k in 0..<done {
        let (c, s) = (cosines[k * rest], sign * sines[k * rest])
        let a = (group * done + k) * block
        let first = (2 * group * done + k) * block
        let second = first + done * block
        for place in 0..<block {
          let (br, bi) = (input.0[a + half + place], input.1[a + half + place])
          let (ar, ai) = (input.0[a + place], input.1[a + place])
          let x = br * c - bi * s
          let y = br * s + bi * c
          output.0[first + place] = ar + x
          output.1[first + place] = ai + y
          output.0[second + place] = ar - x
          output.1[second + place] = ai - y
        }
      }
    }
  }

  /// The stage of any factor.
  private func stage(
    _ p: Int, _ done: Int, _ rest: Int, _ block: Int, _ sign: Double, from input: (Numbers, Numbers),
    to output: (Numbers, Numbers)
  ) {
    for group in 0..<rest {
      for q in 0..<p {
        for k in 0..<done {
          let step = (k + q * done) * rest
          let source = (group * done + k) * block
          let target = (group * done * p + q * done + k) * block
          var place = 0
          // Sums stay in registers, in the order of the definition.
          while place + 4 <= block {
            sum(p, step, source + place, rest * done * block, from: input, to: output, target + place, sign)
            place += 4
          }
          while place < block {
            var (real, imaginary) = (input.0[source + place], input.1[source + place])
            var (turn, next) = (0, source + place)
            for _ in 1..<p {
              turn += step
              if turn >= count { turn %= count }
              next += rest * done * block
              let (c, s) = (cosines[turn], sign * sines[turn])
              let (x, y) = (input.0[next], input.1[next])
              real += x * c - y * s
              imaginary += x * s + y * c
            }
            output.0[target + place] = real
            output.1[target + place] = imaginary
            place += 1
          }
        }
      }
    }
  }

  /// Four neighbouring sums of a stage at once.
  @inline(__always)
  private func sum(
    _ p: Int, _ step: Int, _ source: Int, _ stride: Int, from input: (Numbers, Numbers),
    to output: (Numbers, Numbers), _ target: Int, _ sign: Double
  ) {
    @inline(__always) func load(_ numbers: Numbers, _ place: Int) -> SIMD4<Double> {
      UnsafeRawPointer(numbers + place).loadUnaligned(as: SIMD4<Double>.self)
    }
    var (real, imaginary) = (load(input.0, source), load(input.1, source))
    var (turn, next) = (0, source)
    for _ in 1..<p {
      turn += step
      if turn >= count { turn %= count }
      next += stride
      let (c, s) = (cosines[turn], sign * sines[turn])
      let (x, y) = (load(input.0, next), load(input.1, next))
      real += x * c - y * s
      imaginary += x * s + y * c
    }
    UnsafeMutableRawPointer(output.0 + target).storeBytes(of: real, as: SIMD4<Double>.self)
    UnsafeMutableRawPointer(output.1 + target).storeBytes(of: imaginary, as: SIMD4<Double>.self)
  }
}
