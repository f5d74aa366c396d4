/// Two-dimensional discrete Fourier transforms of fields of any size.
///
///     forward:  X(k) = Σ x(r) e^(−2πi k·r/N)         inverse:  x(r) = (1/N) Σ X(k) e^(+2πi k·r/N)
package struct FourierTransform: Sendable {
  package let height: Int
  package let width: Int
  private let rows: FourierAxis
  private let columns: FourierAxis

  package init(height: Int, width: Int) {
    precondition(height > 0 && width > 0, "an empty field of \(height)×\(width)")
    self.height = height
    self.width = width
    rows = FourierAxis(width)
    columns = height == width ? rows : FourierAxis(height)
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
        let block = Self.block
        let longer = max(height, width)
        let room = 2 * longer + max(rows.scratch, columns.scratch)
        let scratch = UnsafeMutablePointer<Double>.allocate(capacity: room * block)
        defer { scratch.deallocate() }
        let (partReal, partImaginary) = (scratch, scratch + longer * block)
        let rest = scratch + 2 * longer * block
        for start in stride(from: 0, to: height, by: block) {
          let lines = min(block, height - start)
          let offset = start * width
          for column in 0..<width {
            for line in 0..<lines {
              partReal[column * lines + line] = real[offset + line * width + column]
              partImaginary[column * lines + line] = imaginary[offset + line * width + column]
            }
          }
          rows.transform(partReal, partImaginary, block: lines, sign: sign, scratch: rest)
          for column in 0..<width {
            for line in 0..<lines {
              real[offset + line * width + column] = partReal[column * lines + line]
              imaginary[offset + line * width + column] = partImaginary[column * lines + line]
            }
          }
        }
        for start in stride(from: 0, to: width, by: block) {
          let lines = min(block, width - start)
          for row in 0..<height {
            (partReal + row * lines).update(from: real + row * width + start, count: lines)
            (partImaginary + row * lines).update(from: imaginary + row * width + start, count: lines)
          }
          columns.transform(partReal, partImaginary, block: lines, sign: sign, scratch: rest)
          for row in 0..<height {
            (real + row * width + start).update(from: partReal + row * lines, count: lines)
            (imaginary + row * width + start).update(from: partImaginary + row * lines, count: lines)
          }
        }
      }
    }
  }

  /// How many lines are transformed at a time: enough for vectors, few enough for the cache.
  private static let block = 16
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
