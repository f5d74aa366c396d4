/// One step of Adam on part of a parameter, sixteen numbers at a time. Every number goes through the same operations
/// in the same order as in `updatePlainly`, so the bits are the same.
package struct AdamStep: Sendable {
  let rate: Float
  let rest1: Float
  let rest2: Float
  let epsilon: Float

  package init(rate: Float, rest1: Float, rest2: Float, epsilon: Float) {
    self.rate = rate
    self.rest1 = rest1
    self.rest2 = rest2
    self.epsilon = epsilon
  }

  /// - Parameter largest: The largest v so far where the variant AMSGrad is asked for.
  package func update(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient, _ m: UnsafeMutablePointer<Float>,
    _ v: UnsafeMutablePointer<Float>, _ largest: UnsafeMutablePointer<Float>?, _ range: Range<Int>
  ) {
    let whole = range.count / 16 * 16
    for i in stride(from: range.lowerBound, to: range.lowerBound + whole, by: 16) {
      let g = gradient.sixteen(at: i)
      var (mean, spread) = (load(m + i), load(v + i))
      mean += (g - mean) * rest1
      spread += (g * g - spread) * rest2
      store(mean, m + i)
      store(spread, v + i)
      var top = spread
      if let largest {
        let before = load(largest + i)
        top = before.replacing(with: spread, where: spread .> before)
        store(top, largest + i)
      }
      store(load(values + i) - mean * rate / (top.squareRoot() + epsilon), values + i)
    }
    updatePlainly(values, by: gradient, m, v, largest, range.lowerBound + whole..<range.upperBound)
  }

  /// The same one by one.
  package func updatePlainly(
    _ values: UnsafeMutablePointer<Float>, by gradient: ClippedGradient, _ m: UnsafeMutablePointer<Float>,
    _ v: UnsafeMutablePointer<Float>, _ largest: UnsafeMutablePointer<Float>?, _ range: Range<Int>
  ) {
    for i in range {
      let g = gradient[i]
      m[i] += (g - m[i]) * rest1
      v[i] += (g * g - v[i]) * rest2
      var top = v[i]
      if let largest {
        top = v[i] > largest[i] ? v[i] : largest[i]
        largest[i] = top
      }
      values[i] -= m[i] * rate / (top.squareRoot() + epsilon)
    }
  }

  @inline(__always)
  private func load(_ place: UnsafeMutablePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD16<Float>.self)
  }

  @inline(__always)
  private func store(_ value: SIMD16<Float>, _ place: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(place).storeBytes(of: value, as: SIMD16<Float>.self)
  }
}

extension ClippedGradient {
  /// Sixteen numbers from an index on; NaN stays NaN.
  @inline(__always)
  func sixteen(at index: Int) -> SIMD16<Float> {
    var value = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD16<Float>.self) * scale
    value.replace(with: limit, where: value .> limit)
    value.replace(with: -limit, where: value .< -limit)
    return value
  }
}
