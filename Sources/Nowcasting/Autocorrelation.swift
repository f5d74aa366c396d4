/// How like itself a level was some frames ago.
package enum Autocorrelation {
  /// Correlations of the last field with the ones 1, 2, … frames before it; nil where one of the two is constant.
  ///
  /// - Parameters:
  ///   - series: Fields in order of time, `[time][height, width]`.
  ///   - mask: The pixels that count; all by default.
  package static func lags(_ series: [[Double]], mask: [Bool]? = nil) -> [Double?] {
    guard let last = series.last else { return [] }
    return series.dropLast().reversed().map { correlation(last, $0, mask) }
  }

  private static func correlation(_ a: [Double], _ b: [Double], _ mask: [Bool]?) -> Double? {
    let (first, second) = (Moments(a, mask), Moments(b, mask))
    var (sum, count) = (0.0, 0)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        for index in a.indices where mask?[index] ?? true {
          sum += (a[index] - first.mean) * (b[index] - second.mean)
          count += 1
        }
      }
    }
    let product = first.deviation * second.deviation
    guard count > 0, product > 0 else { return nil }
    return min(max(sum / Double(count) / product, -1), 1)
  }
}
