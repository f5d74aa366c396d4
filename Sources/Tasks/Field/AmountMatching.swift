import TensorCore

/// What becomes of the amounts that a model forecasts.
public enum ForecastCalibration: String, CaseIterable, Codable, Sendable {
  /// They stay as they are.
  case none
  /// Probability matching with the background; see ``AmountMatching``.
  case matching
}

/// Gives a forecast the amounts of its background, so that it rains as much and as often as in the nowcast.
///
/// A network that minimises squared errors forecasts the conditional mean: too little strong rain, and weak rain over too
/// large an area. The nowcast that it improves has the amounts of the observed event. So a pixel gets
///
///     (1 − s) g x + s m
///
/// - x, the network's amount, times the factor g that gives the field the nowcast's sum of rain;
/// - m, the nowcast's amount of the same rank (probability matching, Ebert 2001): the pixel with the most rain gets its
///   largest amount, the next one the next;
/// - s, the ``share`` of m. Events then come as often as in the nowcast, but their squared error is that of the nowcast too.
package enum AmountMatching {
  package static let share: Float = 0.5
  /// What g may be.
  package static let factors: ClosedRange<Double> = 1.0 / 3...3

  /// Matches one lead time's field, in physical units.
  ///
  /// - Parameters:
  ///   - values: Forecasts.
  ///   - range: The pixels of the field.
  ///   - background: As many pixels of the background at this lead time.
  ///   - isValid: Which pixels were measured last. The others are multiplied, but have no part in sums and ranks: nothing
  ///     taught the network what to forecast there.
  package static func match(
    _ values: inout [Float], _ range: Range<Int>, to background: [Float], where isValid: [Bool]
  ) {
    values.withUnsafeMutableBufferPointer { values in
      background.withUnsafeBufferPointer { background in
        match(UnsafeMutableBufferPointer(rebasing: values[range]), to: background) { isValid[$0] }
      }
    }
  }

  /// Matches every frame of every sample, `[batch, lead, height, width, 1]`.
  ///
  /// - Parameter mask: `[batch, 1, height, width, 1]`, 1 where a pixel was measured last.
  package static func matched(_ forecast: Tensor, to background: Tensor, mask: Tensor) -> Tensor {
    var values = forecast.values
    let (leads, size) = (forecast.shape[1], forecast.shape[2] * forecast.shape[3])
    values.withUnsafeMutableBufferPointer { values in
      background.withUnsafeValues { background in
        mask.withUnsafeValues { mask in
          for start in stride(from: 0, to: values.count, by: size) {
            let sample = start / (leads * size)
            match(
              UnsafeMutableBufferPointer(rebasing: values[start..<start + size]),
              to: UnsafeBufferPointer(rebasing: background[start..<start + size])
            ) { mask[sample * size + $0] > 0 }
          }
        }
      }
    }
    return Tensor(values, shape: forecast.shape)
  }

  private static func match(
    _ values: UnsafeMutableBufferPointer<Float>, to background: UnsafeBufferPointer<Float>,
    where isValid: (Int) -> Bool
  ) {
    let valid = values.indices.filter(isValid)
    let sums = valid.reduce(into: (own: 0.0, background: 0.0)) { sums, pixel in
      sums.own += Double(values[pixel])
      sums.background += Double(background[pixel])
    }
    let factor =
      sums.own > 0
      ? Float(min(max(sums.background / sums.own, factors.lowerBound), factors.upperBound)) : 1
    let amounts = valid.lazy.map { background[$0] }.filter { $0 > 0 }.sorted(by: >)
    // Equal forecasts, such as dry ones, come in the order of the background, then of their pixels.
    let order = valid.filter { values[$0] > 0 || background[$0] > 0 }.sorted { a, b in
      if values[a] != values[b] { return values[a] > values[b] }
      return background[a] != background[b] ? background[a] > background[b] : a < b
    }
    for pixel in values.indices { values[pixel] *= factor }
    for (rank, pixel) in order.enumerated() {
      let own = values[pixel]
      // A forecast that is its background stays so to the bit.
      values[pixel] = own + share * ((rank < amounts.count ? amounts[rank] : 0) - own)
    }
  }
}
