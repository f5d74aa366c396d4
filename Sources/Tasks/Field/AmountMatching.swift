import TensorCore

/// What becomes of the amounts that a model forecasts.
public enum ForecastCalibration: String, CaseIterable, Codable, Sendable {
  /// They stay as they are.
  case none
  /// Probability matching with the background; see ``AmountMatching``.
  case matching
}

/// Probability matching (Ebert 2001): a forecast keeps its pattern and takes the distribution of its background.
///
/// A network that minimises squared errors forecasts the conditional mean: too little strong rain, and weak rain over too
/// large an area. The nowcast that it improves has the amounts of the observed event. So the pixel with the most rain gets
/// the nowcast's largest amount, the next one the next, and events come as often as in the nowcast.
///
/// Where that would be more than ``ceiling``, a pixel gets the mean of two amounts, each at least the ceiling: the
/// network's own, and the same times the factor that keeps the nowcast's sum of rain there. Strong rain is hardly foreseeable
/// at a place, and to paint it doubles its squared error; to leave it out loses water.
package enum AmountMatching {
  /// In mm/h.
  package static let ceiling: Float = 2.5
  /// By what amounts beyond the ceiling may be multiplied.
  private static let factors: ClosedRange<Float> = 0...50

  /// Matches one lead time's field, in physical units.
  ///
  /// - Parameters:
  ///   - values: Forecasts.
  ///   - range: The pixels of the field.
  ///   - background: As many pixels of the background at this lead time.
  package static func match(_ values: inout [Float], _ range: Range<Int>, to background: [Float]) {
    values.withUnsafeMutableBufferPointer { values in
      background.withUnsafeBufferPointer { background in
        match(UnsafeMutableBufferPointer(rebasing: values[range]), to: background)
      }
    }
  }

  /// Matches every frame of every sample, `[batch, lead, height, width, 1]`.
  package static func matched(_ forecast: Tensor, to background: Tensor) -> Tensor {
    var values = forecast.values
    let size = forecast.shape[2] * forecast.shape[3]
    values.withUnsafeMutableBufferPointer { values in
      background.withUnsafeValues { background in
        for start in stride(from: 0, to: values.count, by: size) {
          match(
            UnsafeMutableBufferPointer(rebasing: values[start..<start + size]),
            to: UnsafeBufferPointer(rebasing: background[start..<start + size]))
        }
      }
    }
    return Tensor(values, shape: forecast.shape)
  }

  private static func match(
    _ values: UnsafeMutableBufferPointer<Float>, to background: UnsafeBufferPointer<Float>
  ) {
    let amounts = background.filter { $0 > 0 }.sorted(by: >)
    // Equal forecasts, such as dry ones, come in the order of the background, then of their pixels.
    let order = values.indices.filter { values[$0] > 0 || background[$0] > 0 }.sorted { a, b in
      if values[a] != values[b] { return values[a] > values[b] }
      return background[a] != background[b] ? background[a] > background[b] : a < b
    }
    let strong = amounts.firstIndex { $0 <= ceiling } ?? amounts.count
    let sum = amounts[..<strong].reduce(0) { $0 + Double($1) }
    let factor = factor(of: order[..<strong].map { values[$0] }, sum: sum)
    for (rank, pixel) in order.enumerated() {
      if rank < strong {
        values[pixel] = (max(ceiling, values[pixel]) + max(ceiling, factor * values[pixel])) / 2
      } else {
        values[pixel] = rank < amounts.count ? amounts[rank] : 0
      }
    }
  }

  /// By what strong amounts are multiplied so that, each at least the ceiling, they add up to a sum.
  private static func factor(of amounts: [Float], sum: Double) -> Float {
    var (low, high) = (factors.lowerBound, factors.upperBound)
    for _ in 0..<24 {
      let middle = (low + high) / 2
      if amounts.reduce(0, { $0 + Double(max(ceiling, middle * $1)) }) < sum { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
