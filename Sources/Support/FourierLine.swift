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
          var source = (group * done + k) * block
          let target = (group * done * p + q * done + k) * block
          for place in 0..<block {
            output.0[target + place] = input.0[source + place]
            output.1[target + place] = input.1[source + place]
          }
          var turn = 0
          for _ in 1..<p {
            turn += step
            if turn >= count { turn %= count }
            source += rest * done * block
            let (c, s) = (cosines[turn], sign * sines[turn])
            for place in 0..<block {
              let (x, y) = (input.0[source + place], input.1[source + place])
              output.0[target + place] += x * c - y * s
              output.1[target + place] += x * s + y * c
            }
          }
        }
      }
    }
  }
}
