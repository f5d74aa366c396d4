import Support

/// A field split into levels of scale, each with mean 0 and deviation 1.
///
/// The levels, their means and deviations are those of pysteps' `decomposition_fft` in the spatial domain.
package struct Cascade: Sendable {
  /// Normalised levels, the largest scale first, `[level][height, width]`.
  package var levels: [[Double]]
  package let means: [Double]
  /// Standard deviations; 1 for a level that is constant where pixels count.
  package let deviations: [Double]

  /// The levels of several fields `[height, width]`, two of them in one transform.
  ///
  /// - Parameter mask: The pixels that count for means and deviations; all by default.
  package static func decomposing(
    _ fields: [[Double]], _ filter: BandpassFilter, mask: [Bool]? = nil
  ) -> [Cascade] {
    let transform = FourierTransform(height: filter.height, width: filter.width)
    let empty = ComplexField(height: filter.height, width: filter.width)
    var result: [Cascade] = []
    for start in stride(from: 0, to: fields.count, by: 2) {
      var spectrum = empty
      spectrum.real = fields[start]
      let isPair = start + 1 < fields.count
      if isPair { spectrum.imaginary = fields[start + 1] }
      transform.forward(&spectrum)
      var levels: [[[Double]]] = [[], []]
      // Weights are real and even: the levels of the first field stay real, those of the second imaginary. A field
      // alone takes two levels at once.
      for band in stride(from: 0, to: filter.weights.count, by: isPair ? 1 : 2) {
        var part = empty
        let next = isPair || band + 1 == filter.weights.count ? nil : filter.weights[band + 1]
        weigh(spectrum, by: filter.weights[band], next, into: &part)
        transform.inverse(&part)
        levels[0].append(part.real)
        if isPair { levels[1].append(part.imaginary) }
        if next != nil { levels[0].append(part.imaginary) }
      }
      result.append(Cascade(raw: levels[0], mask))
      if isPair { result.append(Cascade(raw: levels[1], mask)) }
    }
    return result
  }

  private init(raw: [[Double]], _ mask: [Bool]?) {
    let moments = raw.map { Moments($0, mask) }
    let whole = mask == nil ? moments : raw.map { Moments($0, nil) }
    // What is smaller than this is nothing but rounding errors.
    let least = 1e-12 * whole.reduce(0) { $0 + abs($1.mean) + $1.deviation }
    means = moments.map(\.mean)
    deviations = moments.map { $0.deviation > least ? $0.deviation : 1 }
    levels = raw
    for level in levels.indices {
      let (mean, deviation, isConstant) = (means[level], deviations[level], whole[level].deviation <= least)
      levels[level].withUnsafeMutableBufferPointer { values in
        for index in values.indices { values[index] = isConstant ? 0 : (values[index] - mean) / deviation }
      }
    }
  }

  /// The field that these levels make together.
  package func recomposed() -> [Double] {
    var sum = [Double](repeating: means.reduce(0, +), count: levels.first?.count ?? 0)
    sum.withUnsafeMutableBufferPointer { sum in
      for (level, deviation) in zip(levels, deviations) {
        level.withUnsafeBufferPointer { level in
          for index in sum.indices { sum[index] += level[index] * deviation }
        }
      }
    }
    return sum
  }

  /// The spectrum times a, or times a + ib: the level of a becomes real and that of b imaginary.
  private static func weigh(
    _ spectrum: ComplexField, by a: [Double], _ b: [Double]? = nil, into part: inout ComplexField
  ) {
    spectrum.real.withUnsafeBufferPointer { x in
      spectrum.imaginary.withUnsafeBufferPointer { y in
        part.real.withUnsafeMutableBufferPointer { real in
          part.imaginary.withUnsafeMutableBufferPointer { imaginary in
            a.withUnsafeBufferPointer { a in
              guard let b else {
                for index in real.indices {
                  real[index] = x[index] * a[index]
                  imaginary[index] = y[index] * a[index]
                }
                return
              }
              b.withUnsafeBufferPointer { b in
                for index in real.indices {
                  real[index] = x[index] * a[index] - y[index] * b[index]
                  imaginary[index] = y[index] * a[index] + x[index] * b[index]
                }
              }
            }
          }
        }
      }
    }
  }
}

/// Mean and standard deviation of the pixels that count.
struct Moments {
  var mean = 0.0
  var deviation = 0.0

  init(_ values: [Double], _ mask: [Bool]?) {
    let counted = mask.map { mask in values.indices.filter { mask[$0] }.map { values[$0] } } ?? values
    guard !counted.isEmpty else { return }
    let count = Double(counted.count)
    mean = counted.reduce(0, +) / count
    let centre = mean
    deviation = (counted.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / count).squareRoot()
  }
}
