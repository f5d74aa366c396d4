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
/// the nowcast's largest amount, the next one the next, and events come as often as in the nowcast. Beyond
/// ``ceiling`` amounts stay the network's own, though not below the ceiling: strong rain at a place is hardly foreseeable,
/// and its squared error would be paid twice.
enum AmountMatching {
  /// In mm/h; above every amount that counts as an event in the scores by default.
  static let ceiling: Float = 5

  /// Matches one lead time's field, in physical units.
  ///
  /// - Parameters:
  ///   - values: Forecasts.
  ///   - range: The pixels of the field.
  ///   - background: As many pixels of the background at this lead time.
  static func match(_ values: inout [Float], _ range: Range<Int>, to background: [Float]) {
    values.withUnsafeMutableBufferPointer { values in
      background.withUnsafeBufferPointer { background in
        match(UnsafeMutableBufferPointer(rebasing: values[range]), to: background)
      }
    }
  }

  /// Matches every frame of every sample, `[batch, lead, height, width, 1]`.
  static func matched(_ forecast: Tensor, to background: Tensor) -> Tensor {
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
    for (rank, pixel) in order.enumerated() {
      let amount = rank < amounts.count ? amounts[rank] : 0
      values[pixel] = amount <= ceiling ? amount : max(ceiling, values[pixel])
    }
  }
}
