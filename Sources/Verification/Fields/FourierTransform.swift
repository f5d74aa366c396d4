import Foundation

/// The discrete Fourier transform of any length, X[k] = Σ x[n] e^(−2πi kn / N): split by the prime factors
/// of the length (Cooley & Tukey 1965), so that lengths of small factors are fast and all are right.
package enum FourierTransform {
  /// Of a complex field `[height, width]`, along both axes.
  package static func transformed(
    real: [Double], imaginary: [Double], _ height: Int, _ width: Int
  ) -> (real: [Double], imaginary: [Double]) {
    var (real, imaginary) = (real, imaginary)
    var plan = Plan(width)
    for row in 0..<height { plan.run(&real, &imaginary, from: row * width, step: 1) }
    if height != width { plan = Plan(height) }
    for column in 0..<width { plan.run(&real, &imaginary, from: column, step: width) }
    return (real, imaginary)
  }

  /// The smallest length of at least `count` whose prime factors are 2, 3 and 5.
  package static func fastLength(_ count: Int) -> Int {
    var length = max(count, 1)
    while true {
      var rest = length
      for factor in [2, 3, 5] { while rest.isMultiple(of: factor) { rest /= factor } }
      if rest == 1 { return length }
      length += 1
    }
  }

  /// Factors, twiddles and scratch memory of one length.
  private struct Plan {
    let count: Int
    let factors: [Int]
    let cosines: [Double]
    let sines: [Double]
    var re: [Double]
    var im: [Double]
    var scratchRe: [Double]
    var scratchIm: [Double]

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
      cosines = (0..<count).map { cos(-2 * Double.pi * Double($0) / Double(count)) }
      sines = (0..<count).map { sin(-2 * Double.pi * Double($0) / Double(count)) }
      re = [Double](repeating: 0, count: count)
      (im, scratchRe, scratchIm) = (re, re, re)
    }

    mutating func run(_ real: inout [Double], _ imaginary: inout [Double], from start: Int, step: Int) {
      for index in 0..<count {
        re[index] = real[start + index * step]
        im[index] = imaginary[start + index * step]
      }
      // Stockham's order: after each factor p the data are `blocks` transforms of p times the length.
      var (done, blocks) = (1, count)
      for p in factors {
        blocks /= p
        stage(p, done, blocks)
        swap(&re, &scratchRe)
        swap(&im, &scratchIm)
        done *= p
      }
      for index in 0..<count {
        real[start + index * step] = re[index]
        imaginary[start + index * step] = im[index]
      }
    }

    private mutating func stage(_ p: Int, _ done: Int, _ blocks: Int) {
      let count = count
      let (inRe, inIm) = (re, im)
      cosines.withUnsafeBufferPointer { cosines in
        sines.withUnsafeBufferPointer { sines in
          inRe.withUnsafeBufferPointer { re in
            inIm.withUnsafeBufferPointer { im in
              scratchRe.withUnsafeMutableBufferPointer { outRe in
                scratchIm.withUnsafeMutableBufferPointer { outIm in
                  for q in 0..<p {
                    for k in 0..<done {
                      let step = (k + q * done) * blocks
                      for block in 0..<blocks {
                        var source = block * done + k
                        var (sumRe, sumIm) = (re[source], im[source])
                        var turn = 0
                        for _ in 1..<p {
                          turn += step
                          if turn >= count { turn %= count }
                          source += blocks * done
                          sumRe += re[source] * cosines[turn] - im[source] * sines[turn]
                          sumIm += re[source] * sines[turn] + im[source] * cosines[turn]
                        }
                        let target = block * done * p + q * done + k
                        outRe[target] = sumRe
                        outIm[target] = sumIm
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
